using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace IuCutter.Configuration;

/// <summary>
/// Writes an enum as the lower-case word that iucutter.yaml uses, and reads nothing but those words. The framework's own converter also
/// takes "t1, t2" and makes it t3.
/// </summary>
public sealed class WordConverter<TEnum> : JsonConverter<TEnum>
    where TEnum : struct, Enum
{
    private static readonly FrozenDictionary<string, TEnum> Values =
        Enum.GetValues<TEnum>().ToFrozenDictionary(value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()), StringComparer.Ordinal);

    private static readonly FrozenDictionary<TEnum, string> Words = Values.ToFrozenDictionary(word => word.Value, word => word.Key);

    public override TEnum Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType is JsonTokenType.String && Values.TryGetValue(reader.GetString()!, out var value)
            ? value
            : throw new JsonException($"expected one of {string.Join(", ", Values.Keys.Order(StringComparer.Ordinal))}");

    public override void Write(Utf8JsonWriter writer, TEnum value, JsonSerializerOptions options) => writer.WriteStringValue(Words[value]);
}
