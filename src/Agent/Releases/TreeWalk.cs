using IuCutter.Agent.Posix;
using IuCutter.Manifests;

namespace IuCutter.Agent.Releases;

/// <summary>Goes through a release's directories level by level, those of each on all cores.</summary>
internal static class TreeWalk
{
    /// <summary>The permission bits of a release's directories.</summary>
    public const uint FolderMode = 0x1ED;

    /// <summary>So many are given to the caller, and forgotten, before more are read.</summary>
    private const int DirectoriesAtOnce = 256;

    [ThreadStatic]
    private static DirectoryReading? _atHand;

    /// <param name="askAll">As of <see cref="DirectoryReading.Take"/>.</param>
    /// <param name="judge">What to make of each; from several threads, and the reading is another's when it returns.</param>
    public static IEnumerable<T> Directories<T>(
        DirectoryHandle tree, Manifest manifest, bool askAll, Func<DirectoryReading, T> judge, CancellationToken cancellationToken)
    {
        for (List<string> level = [""]; level.Count > 0;)
        {
            var below = new List<string>();
            foreach (var some in level.Chunk(DirectoriesAtOnce))
            {
                var judged = new (List<string> Folders, T Judgement)[some.Length];
                AllCores.For(
                    some.Length,
                    i =>
                    {
                        var reading = _atHand ?? new DirectoryReading();
                        reading.Take(tree, manifest, some[i], askAll);
                        judged[i] = ([.. reading.Folders], judge(reading));
                        _atHand = reading.IsLarge ? null : reading;
                    },
                    cancellationToken);
                foreach (var (folders, judgement) in judged)
                {
                    below.AddRange(folders);
                    yield return judgement;
                }
            }

            level = below;
        }
    }

    /// <summary>Makes all of a manifest's directories that are not there yet.</summary>
    /// <param name="inPlace">The entries that lie there already, and with them their directories.</param>
    /// <param name="there">Directories that are known to be there.</param>
    public static void MakeDirectories(DirectoryHandle tree, Manifest manifest, IReadOnlyList<bool>? inPlace = null, IReadOnlySet<string>? there = null)
    {
        var made = "";
        for (var entry = 0; entry < manifest.Entries.Count; entry++)
        {
            if (inPlace?[entry] is true)
            {
                continue;
            }

            var path = manifest.Entries[entry].Path.Raw;
            for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = path.IndexOf('/', slash + 1))
            {
                // In path order all that lies in a folder stands together.
                if (IsWithin(made, path.AsSpan(0, slash)))
                {
                    continue;
                }

                made = path[..slash];
                if (there?.Contains(made) is not true)
                {
                    tree.MakeDirectory(TreePath.FromRaw(made).ToBytes(), FolderMode);
                }
            }
        }
    }

    private static bool IsWithin(ReadOnlySpan<char> made, ReadOnlySpan<char> folder) =>
        made.StartsWith(folder, StringComparison.Ordinal) && (made.Length == folder.Length || made[folder.Length] == '/');
}
