using System.Text.Json;
using System.Text.Json.Serialization;

namespace IuCutter.Configuration;

/// <summary>A <see cref="TargetAddress"/> is its text in JSON.</summary>
public sealed class TargetAddressConverter : JsonConverter<TargetAddress>
{
    public override TargetAddress Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TargetAddress.TryParse(reader.GetString() ?? "", out var address, out var refusal) ? address : throw new JsonException(refusal);

    public override void Write(Utf8JsonWriter writer, TargetAddress value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
