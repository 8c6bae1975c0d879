using IuCutter.Agent.Posix;
using IuCutter.Configuration;
using IuCutter.Digests;
using IuCutter.Manifests;

namespace IuCutter.Agent.Releases;

/// <summary>
/// Takes what a new release needs from releases that lie on the target: they themselves are the store. What their manifests say is not believed:
/// whatever is copied is hashed on the way, and what has changed is taken from the next release, or over the wire.
/// </summary>
public sealed class ReleaseReuse(DeployRoot root, Staging staging, TimeProvider time)
{
    private const int None = -1;

    /// <param name="release">One whose manifest or tree cannot be opened is passed over.</param>
    /// <param name="progress">Is told how many contents were taken so far; from several threads.</param>
    /// <param name="cancellationToken">Ends the taking.</param>
    /// <param name="known">Files of it that were read before; this adds to them.</param>
    /// <returns>Which of the release's files were read for it, and found right; null when none was.</returns>
    public TreeMarks? TakeFrom(ReleaseId release, Action<int> progress, CancellationToken cancellationToken, TreeMarks? known = null)
    {
        if (staging.MissingCount == 0 || ReleaseFolder.TryReadManifest(root, release) is not { } manifest)
        {
            return null;
        }

        using var tree = TryOpenTree(release);
        if (tree is null)
        {
            return null;
        }

        using var files = new TreeFiles(tree);
        var isReadOnly = staging.Link == LinkRule.Hard && ReleaseFolder.LinkOf(root, release) == LinkRule.Hard;
        var numbers = Numbers(manifest);
        var entries = Places(manifest, numbers);
        var marks = known ?? new TreeMarks(manifest.Entries.Count, time);
        Footprint.Settle(manifest.Entries.Count);
        AllCores.ForFiles(
            entries.Count,
            i => manifest.DistinctContents[manifest.ContentOf(entries[i])].Size,
            i =>
            {
                var content = numbers[manifest.ContentOf(entries[i])];
                if (staging.TakeFrom(new ReusableFile(files, manifest.Entries[entries[i]].Path, entries[i], isReadOnly, marks), content))
                {
                    progress(staging.Reused);
                }
            },
            cancellationToken);
        return marks;
    }

    private DirectoryHandle? TryOpenTree(ReleaseId release)
    {
        try
        {
            using var folder = root.OpenRelease(release);
            return folder.OpenDirectory("tree"u8);
        }
        catch (PosixException)
        {
            return null;
        }
    }

    /// <summary>For each content of a manifest its number in ours; <see cref="None"/> where it is not wanted.</summary>
    private int[] Numbers(Manifest manifest)
    {
        var wanted = new Dictionary<Sha256Digest, int>((int)staging.MissingCount);
        for (var i = 0; i < staging.Manifest.DistinctContents.Count; i++)
        {
            if (!staging.Has(i))
            {
                wanted.Add(staging.Manifest.DistinctContents[i].Digest, i);
            }
        }

        return [.. manifest.DistinctContents.Select(c => wanted.GetValueOrDefault(c.Digest, None))];
    }

    /// <summary>One entry a content that is wanted and not there yet.</summary>
    private List<int> Places(Manifest manifest, int[] numbers)
    {
        var places = new List<int>();
        var isPlaced = new bool[numbers.Length];
        for (var entry = 0; entry < manifest.Entries.Count; entry++)
        {
            var content = manifest.ContentOf(entry);
            if (numbers[content] is not None and var wanted && !isPlaced[content]
                && staging.IsFile(wanted) == (manifest.KindOf(entry) != EntryKind.Link))
            {
                isPlaced[content] = true;
                places.Add(entry);
            }
        }

        return places;
    }
}
