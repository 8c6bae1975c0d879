using System.Text;
using IuCutter.Manifests;

namespace IuCutter.Packager.Source;

/// <summary>Lists a tree's files and links, sorted by path bytes, with everything refused that a release cannot hold.</summary>
internal static class TreeListing
{
    /// <exception cref="SourceException">EMPTY_TREE, SUBMODULES, UNSAFE_PATHS or OBJECT_MISSING.</exception>
    public static async Task<TreeItemList> ReadAsync(GitProgram git, string tree, CancellationToken cancellation)
    {
        using var process = git.Start("ls-tree", "-r", "-z", "--full-tree", tree);
        try
        {
            process.StandardInput.Close();
            var complaints = GitProgram.ReadComplaintsAsync(process, cancellation);
            var found = new TreeFindings();
            var feed = new ByteFeed(process.StandardOutput.BaseStream);
            while (await feed.LineAsync((byte)0, cancellation) is { } line)
            {
                found.Add(line.Span);
            }

            var errors = await complaints;
            await process.WaitForExitAsync(cancellation);
            if (process.ExitCode != 0 || !feed.IsAtEnd)
            {
                throw new SourceException(
                    SourceCodes.ObjectMissing,
                    $"The tree {tree} cannot be read whole: {GitAnswer.ComplaintOf(errors)}.",
                    "Fetch what is missing (a partial clone: 'git fetch --refetch --no-filter'), or run 'git fsck'.");
            }

            return found.Judge();
        }
        finally
        {
            GitProgram.End(process);
        }
    }

    private sealed class TreeFindings
    {
        private readonly TreeItemList _items = [];
        private readonly List<string> _submodules = [];
        private readonly List<string> _refused = [];

        // "<mode> <type> <id>\t<path>"
        public void Add(ReadOnlySpan<byte> line)
        {
            var tab = line.IndexOf((byte)'\t');
            var head = tab < 0 ? [] : line[..tab];
            var path = line[(tab + 1)..];
            if (head.StartsWith("160000 "u8))
            {
                _submodules.Add(TreePath.FromBytes(path).ToString());
            }
            else if (TreePath.Refusal(path) is { } why)
            {
                _refused.Add($"'{TreePath.FromBytes(path)}' ({why})");
            }
            else if (KindOf(head) is { } kind && GitObjectId.TryParse(head[12..], out var id))
            {
                _items.Add(path, kind, id);
            }
            else
            {
                _refused.Add($"'{TreePath.FromBytes(path)}' (mode {Encoding.Latin1.GetString(head[..Math.Min(6, head.Length)])})");
            }
        }

        public TreeItemList Judge()
        {
            if (_submodules.Count > 0)
            {
                throw new SourceException(
                    SourceCodes.Submodules,
                    $"The commit holds {_submodules.Count} submodules, whose files it does not hold: {SourceException.List(_submodules)}.",
                    "Release a commit that has the files themselves ('git subtree', or vendoring).");
            }

            _refused.AddRange(_items.SortAndFindTwins().Select(path => $"'{path}' (twice)"));
            if (_refused.Count > 0)
            {
                throw new SourceException(
                    SourceCodes.UnsafePaths, $"The commit holds {_refused.Count} paths that no target can hold: {SourceException.List(_refused)}.", "Rename or remove them, and commit.");
            }

            return _items.Count > 0
                ? _items
                : throw new SourceException(SourceCodes.EmptyTree, "The commit holds no files.", "Name a commit that holds some.");
        }

        private static EntryKind? KindOf(ReadOnlySpan<byte> head) => head switch
        {
            _ when head.StartsWith("100644 blob "u8) || head.StartsWith("100664 blob "u8) => EntryKind.File,
            _ when head.StartsWith("100755 blob "u8) => EntryKind.Executable,
            _ when head.StartsWith("120000 blob "u8) => EntryKind.Link,
            _ => null,
        };
    }
}
