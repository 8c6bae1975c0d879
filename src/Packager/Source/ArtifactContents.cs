using IuCutter.Manifests;
using IuCutter.Packager.Scan;

namespace IuCutter.Packager.Source;

/// <summary>What a finished artifact holds, as it was read back: entries sorted by path, the time of all of them, its size in bytes, and the scan's findings.</summary>
public sealed record ArtifactContents(IReadOnlyList<ManifestEntry> Entries, long CommitTimeUnix, long TarSize, ScanFindings Findings)
{
    /// <exception cref="SourceException">ARTIFACT_DIFFERS, with the first entry that does.</exception>
    public void MustEqual(Manifest manifest)
    {
        var wanted = manifest.Entries;
        for (var i = 0; i < Math.Max(Entries.Count, wanted.Count); i++)
        {
            var (seen, want) = (i < Entries.Count ? Entries[i] : (ManifestEntry?)null, i < wanted.Count ? wanted[i] : (ManifestEntry?)null);
            if (seen != want)
            {
                throw Differs((seen?.Path, want?.Path) switch
                {
                    ({ } there, { } meant) when there == meant => $"'{meant}' differs",
                    ({ } there, var meant) when meant is null || there <= meant => $"'{there}' is there, and not in the manifest",
                    (_, var meant) => $"'{meant}' is missing",
                });
            }
        }

        if (CommitTimeUnix != manifest.CommitTimeUnix)
        {
            throw Differs($"its time is {CommitTimeUnix}, the commit's {manifest.CommitTimeUnix}");
        }
    }

    private static SourceException Differs(string what) =>
        new(SourceCodes.ArtifactDiffers, $"It is not what the manifest says: {what}.", "It was changed, or the manifest is another's: take the one that belongs to it, or bring it here again.");
}
