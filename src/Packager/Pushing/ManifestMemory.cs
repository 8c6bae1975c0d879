using IuCutter.Digests;
using IuCutter.Manifests;

namespace IuCutter.Packager.Pushing;

/// <summary>
/// The manifests that this user sent last, so that the next one can be told as an edit of one that the target has. Files of this user's in the cache; one that
/// is not the manifest that its name says counts for nothing, and one that cannot be written is no failure.
/// </summary>
internal sealed class ManifestMemory(string? folder)
{
    private const string Ending = ".manifest";
    private const int MostKept = 24;
    private const long LargestKept = 64 << 20;

    public static ManifestMemory Of(Surroundings here) => new(UserFolders.Cache(here) is { } cache ? Path.Combine(cache, "manifests") : null);

    /// <summary>The first release of which the manifest is here; null where it is none's.</summary>
    /// <param name="releases">As the target says them: what is no release's id is passed over.</param>
    public (ReleaseId Release, byte[] Manifest)? Find(IEnumerable<string> releases)
    {
        foreach (var release in releases)
        {
            if (folder is not null && ReleaseId.TryParse(release, out var id) && CacheFile.TryRead(PathOf(id), LargestKept) is { } manifest && Sha256Digest.Of(manifest).Short == id.Manifest)
            {
                return (id, manifest);
            }
        }

        return null;
    }

    /// <summary>Keeps one that the target has taken; the oldest go.</summary>
    public void Keep(Manifest manifest)
    {
        if (folder is null || manifest.CanonicalBytes.Length > LargestKept || File.Exists(PathOf(manifest.ReleaseId)))
        {
            return;
        }

        if (CacheFile.TryReplace(PathOf(manifest.ReleaseId), manifest.CanonicalBytes.Span))
        {
            foreach (var old in new DirectoryInfo(folder).GetFiles("*" + Ending).OrderByDescending(f => f.LastWriteTimeUtc).Skip(MostKept))
            {
                CacheFile.TryDelete(old.FullName);
            }
        }
    }

    private string PathOf(ReleaseId release) => Path.Combine(folder!, release + Ending);
}
