using System.Collections;

namespace IuCutter.Manifests;

/// <summary>
/// A manifest's entries, read anew from its text whenever one is asked for: beside the text an entry costs eight bytes and its share of the
/// distinct contents, so that a million of them fit a small process.
/// </summary>
internal sealed class ManifestTable : IReadOnlyList<ManifestEntry>
{
    private readonly ReadOnlyMemory<byte> _text;
    private readonly int[] _paths;
    private readonly int[] _contentOf;
    private readonly ManifestContent[] _contents;

    /// <param name="text">The canonical bytes.</param>
    /// <param name="paths">Where each entry's path begins.</param>
    /// <param name="contentOf">The number of each entry's content.</param>
    /// <param name="contents">In order of first appearance.</param>
    public ManifestTable(ReadOnlyMemory<byte> text, int[] paths, int[] contentOf, ManifestContent[] contents)
    {
        (_text, _paths, _contentOf, _contents) = (text, paths, contentOf, contents);
    }

    public int Count => _paths.Length;

    public IReadOnlyList<ManifestContent> Contents => _contents;

    public ManifestEntry this[int index]
    {
        get
        {
            var content = _contents[_contentOf[index]];
            return new ManifestEntry(ManifestText.Unescape(EscapedPath(index)), KindOf(index), content.Size, content.Digest);
        }
    }

    public int ContentOf(int index) => _contentOf[index];

    public EntryKind KindOf(int index) => ManifestText.KindBefore(_text.Span[.._paths[index]]);

    public ReadOnlySpan<byte> EscapedPath(int index)
    {
        var rest = _text.Span[_paths[index]..];
        return rest[..rest.IndexOf((byte)'\n')];
    }

    public ReadOnlySpan<byte> PathBytes(int index)
    {
        var escaped = EscapedPath(index);
        return escaped.Contains((byte)'\\') ? ManifestText.Unescape(escaped).ToBytes() : escaped;
    }

    /// <summary>Whether there is an entry of that number, and it has that path.</summary>
    public bool IsAt(int index, ReadOnlySpan<byte> path) =>
        (uint)index < (uint)_paths.Length && ManifestText.CompareBegin(_text.Span[_paths[index]..], path) == 0;

    /// <summary>The entry at a path; where there is none, the complement of the index at which it would stand.</summary>
    public int Find(ReadOnlySpan<byte> path)
    {
        var (low, high) = (0, _paths.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = ManifestText.CompareBegin(_text.Span[_paths[middle]..], path);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return ~low;
    }

    public IEnumerator<ManifestEntry> GetEnumerator()
    {
        for (var i = 0; i < _paths.Length; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
