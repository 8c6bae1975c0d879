using System.Runtime.InteropServices;
using System.Text;
using IuCutter.Digests;

namespace IuCutter.Manifests;

/// <summary>What must hold for a manifest however it came to be, made here or received.</summary>
internal static class ManifestRules
{
    // The last second of the year 9999: what every calendar can print.
    private const long LatestCommitTime = 253_402_300_799;
    private const int LongestLink = 4095;

    /// <summary>The distinct contents in order of first appearance.</summary>
    /// <exception cref="ManifestException">A rule does not hold.</exception>
    public static ManifestContent[] Check(ManifestHeader header, ManifestEntry[] entries, out long contentBytes)
    {
        CheckHeader(header);
        CheckPaths(header, entries);

        contentBytes = 0;
        var contents = new List<ManifestContent>(entries.Length);
        var sizes = new Dictionary<Sha256Digest, long>(entries.Length);
        for (var i = 0; i < entries.Length; i++)
        {
            var entry = entries[i];
            CheckSize(header, entry, i);
            contentBytes = entry.Size <= long.MaxValue - contentBytes
                ? contentBytes + entry.Size
                : throw At(header, i, "the sizes add up to more than 2^63 bytes", "a release that fits a disk");
            ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(sizes, entry.Content, out var exists);
            if (!exists)
            {
                known = entry.Size;
                contents.Add(new ManifestContent(entry.Content, entry.Size));
            }
            else if (known != entry.Size)
            {
                throw At(header, i, $"content {entry.Content.Short} has {entry.Size} bytes here and {known} above", "one size a content");
            }
        }

        return [.. contents];
    }

    private static void CheckHeader(ManifestHeader header)
    {
        if (ReleaseName.Refusal(header.Name) is { } why)
        {
            throw new ManifestException(2, why, "a name of [a-z0-9][a-z0-9._-]{0,63}");
        }

        if (!IsObjectId(header.Commit))
        {
            throw new ManifestException(3, $"'{header.Commit}' is no full commit id", "40 or 64 lower-case hex digits");
        }

        if (!IsObjectId(header.Tree) || header.Tree.Length != header.Commit.Length)
        {
            throw new ManifestException(4, $"'{header.Tree}' is no full tree id", $"{header.Commit.Length} lower-case hex digits");
        }

        if (header.CommitTimeUnix is < 0 or > LatestCommitTime)
        {
            throw new ManifestException(5, $"commit time {header.CommitTimeUnix}", $"0 to {LatestCommitTime} seconds");
        }
    }

    private static bool IsObjectId(string id) => id is { Length: 40 or 64 } && LowerHex.Is(id);

    // All paths that begin with P stand together, right after P: a stack of such Ps finds a path below a file ("a", "a-b", "a/c").
    private static void CheckPaths(ManifestHeader header, ManifestEntry[] entries)
    {
        var above = new Stack<string>();
        Span<byte> bytes = stackalloc byte[4096];
        for (var i = 0; i < entries.Length; i++)
        {
            var path = entries[i].Path.Raw;
            if (path.Length >= bytes.Length)
            {
                throw At(header, i, $"a path of {path.Length} bytes", "at most 4095");
            }

            Encoding.Latin1.GetBytes(path, bytes);
            if (TreePath.Refusal(bytes[..path.Length]) is { } why)
            {
                throw At(header, i, $"'{entries[i].Path}': {why}", "a path inside a tree");
            }

            if (i > 0 && entries[i - 1].Path.CompareTo(entries[i].Path) >= 0)
            {
                throw At(header, i, $"'{entries[i].Path}' stands after '{entries[i - 1].Path}'", "each path once, sorted by bytes");
            }

            while (above.TryPeek(out var top) && !path.StartsWith(top, StringComparison.Ordinal))
            {
                above.Pop();
            }

            if (above.FirstOrDefault(file => path[file.Length] == '/') is { } parent)
            {
                throw At(header, i, $"'{entries[i].Path}' lies below '{parent}', which is no folder", "a path that is a file or a folder");
            }

            above.Push(path);
        }
    }

    private static void CheckSize(ManifestHeader header, ManifestEntry entry, int index)
    {
        if (entry.Size < 0)
        {
            throw At(header, index, $"size {entry.Size}", "zero or more bytes");
        }

        if (entry.Kind == EntryKind.Link && entry.Size is 0 or > LongestLink)
        {
            throw At(header, index, $"'{entry.Path}' is a link with a target of {entry.Size} bytes", $"1 to {LongestLink}");
        }
    }

    private static ManifestException At(ManifestHeader header, int entry, string what, string want) => new(header.Lines + 1 + entry, what, want);
}
