namespace IuCutter.Configuration;

/// <summary>What is asked of the source host's repository.</summary>
public sealed record SourceRules
{
    public CleanTreeRule Clean { get; init; }

    /// <summary>True: export-ignore and export-subst of .gitattributes apply, so the artifact is no longer the commit's exact tree.</summary>
    public bool ExportAttributes { get; init; }
}
