using System.Text.Json.Serialization;

namespace IuCutter.Configuration;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 20)]
[JsonSerializable(typeof(ReleaseConfiguration))]
[JsonSerializable(typeof(IReadOnlyList<ConfiguredGap>))]
[JsonSerializable(typeof(IReadOnlyList<Condition>))]
internal sealed partial class ConfigurationJsonContext : JsonSerializerContext;
