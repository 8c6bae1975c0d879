using System.Text.Json.Serialization;

namespace IuCutter.Configuration;

/// <summary>What the scan refuses in the commit and in the artifact, beyond what it always refuses.</summary>
public sealed record ForbidRules
{
    /// <summary>Path globs: <c>*</c> and <c>?</c> stay inside a component, <c>**</c> crosses them.</summary>
    [JsonRequired]
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Literal texts. A hit is reported by rule and path, never by the text.</summary>
    [JsonRequired]
    public IReadOnlyList<string> Texts { get; init; } = [];

    /// <summary>Path globs of files that the scan lets pass.</summary>
    [JsonRequired]
    public IReadOnlyList<string> Allow { get; init; } = [];
}
