using System.Text.Json;
using System.Text.Json.Serialization;

namespace IuCutter.Configuration;

/// <summary>A <see cref="VersionRequirement"/> is its text in JSON.</summary>
public sealed class VersionRequirementConverter : JsonConverter<VersionRequirement>
{
    public override VersionRequirement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        VersionRequirement.TryParse(reader.GetString() ?? "") ?? throw new JsonException("expected a version requirement such as \">= 2.30\"");

    public override void Write(Utf8JsonWriter writer, VersionRequirement value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Text);
}
