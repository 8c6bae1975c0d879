using IuCutter.Digests;

namespace IuCutter.Manifests;

/// <summary>What must hold for a manifest however it came to be, made here or received.</summary>
internal static class ManifestRules
{
    // The last second of the year 9999: what every calendar can print.
    private const long LatestCommitTime = 253_402_300_799;
    private const int LongestLink = 4095;

    /// <exception cref="ManifestException">The header cannot be one.</exception>
    public static void Check(ManifestHeader header)
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

    /// <exception cref="ManifestException">The entry, or its place among the others, cannot be.</exception>
    public static void Check(ref ManifestLines lines, EntryKind kind, long size, scoped ReadOnlySpan<byte> path, ref PathOrder order)
    {
        if (path.Length > PathOrder.LongestPath)
        {
            throw lines.Error($"a path of {path.Length} bytes", $"at most {PathOrder.LongestPath}");
        }

        if (TreePath.Refusal(path) is { } why)
        {
            throw lines.Error($"'{TreePath.FromBytes(path)}': {why}", "a path inside a tree");
        }

        if (order.Refusal(path) is var (what, want))
        {
            throw lines.Error(what, want);
        }

        if (kind == EntryKind.Link && size is 0 or > LongestLink)
        {
            throw lines.Error($"'{TreePath.FromBytes(path)}' is a link with a target of {size} bytes", $"1 to {LongestLink}");
        }
    }

    private static bool IsObjectId(string id) => id is { Length: 40 or 64 } && LowerHex.Is(id);
}
