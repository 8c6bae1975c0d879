using System.Text.Json.Serialization;

namespace IuCutter.Configuration;

/// <summary>What is asked of the source host's repository.</summary>
public sealed record SourceRules
{
    [JsonRequired]
    public CleanTreeRule Clean { get; init; }

    /// <summary>True: export-ignore and export-subst of .gitattributes apply, so the artifact is no longer the commit's exact tree.</summary>
    [JsonRequired]
    public bool ExportAttributes { get; init; }
}
