using System.Text.Json;
using System.Text.Json.Serialization;

namespace IuCutter.Configuration;

/// <summary>Writes an enum as the lower-case word that iucutter.yaml uses, and refuses numbers.</summary>
public sealed class WordConverter<TEnum>() : JsonStringEnumConverter<TEnum>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where TEnum : struct, Enum;
