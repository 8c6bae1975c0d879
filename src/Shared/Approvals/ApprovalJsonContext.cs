using System.Text.Json.Serialization;

namespace IuCutter.Approvals;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    WriteIndented = true,
    IndentSize = 2,
    NewLine = "\n",
    MaxDepth = 2)]
[JsonSerializable(typeof(ReleaseApproval))]
internal sealed partial class ApprovalJsonContext : JsonSerializerContext;
