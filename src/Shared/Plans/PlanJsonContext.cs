using System.Text.Json.Serialization;

namespace IuCutter.Plans;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    WriteIndented = true,
    IndentSize = 2,
    NewLine = "\n",
    MaxDepth = 12)]
[JsonSerializable(typeof(ReleasePlan))]
internal sealed partial class PlanJsonContext : JsonSerializerContext;
