using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace IuCutter.Gates;

/// <summary>
/// Writes an enum by its name, and reads nothing but those names, spelt as they are. The framework's own converter takes numbers too, and any number: one that is
/// no member stands in no rule.
/// </summary>
public sealed class NameConverter<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] TEnum> : JsonConverter<TEnum>
    where TEnum : struct, Enum
{
    private static readonly FrozenDictionary<string, TEnum> Values = typeof(TEnum).GetFields(BindingFlags.Public | BindingFlags.Static)
        .ToFrozenDictionary(f => f.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? f.Name, f => Enum.Parse<TEnum>(f.Name), StringComparer.Ordinal);

    private static readonly FrozenDictionary<TEnum, string> Names = Values.ToFrozenDictionary(name => name.Value, name => name.Key);

    public override TEnum Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType is JsonTokenType.String && Values.TryGetValue(reader.GetString()!, out var value)
            ? value
            : throw new JsonException($"expected one of {string.Join(", ", Values.Keys.Order(StringComparer.Ordinal))}");

    public override void Write(Utf8JsonWriter writer, TEnum value, JsonSerializerOptions options) => writer.WriteStringValue(Names[value]);
}
