using IuCutter.Packager.Scan;

namespace IuCutter.Packager.Source;

/// <summary>What to make an artifact of, and how.</summary>
/// <param name="Name">The release's name (see <see cref="Manifests.ReleaseName"/>).</param>
/// <param name="Commit">The commit, as <see cref="GitRepository.ResolveAsync"/> gave it.</param>
public sealed record ArtifactRequest(string Name, SourceCommit Commit)
{
    /// <summary>Honour export-ignore and export-subst, as <c>git archive</c> does. The manifest says so, and its entries are then not the commit's tree.</summary>
    public bool ExportAttributes { get; init; }

    /// <summary>Scans paths and contents on their way; null for no scan.</summary>
    public ContentScan? Scan { get; init; }

    /// <summary>Where the archive shall stay; null for nowhere. It appears there whole or not at all.</summary>
    public string? OutputPath { get; init; }

    /// <summary>Told now and then, from the building task.</summary>
    public Action<ArtifactProgress>? Progress { get; init; }
}
