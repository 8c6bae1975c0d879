using System.Collections;
using IuCutter.Digests;

namespace IuCutter.Manifests;

/// <summary>
/// A manifest's entries, read anew from its text whenever one is asked for: beside the text an entry costs eight bytes and its share of the
/// distinct contents, so that a million of them fit a small process.
/// </summary>
internal sealed class ManifestTable : IReadOnlyList<ManifestEntry>
{
    private readonly ReadOnlyMemory<byte> _text;
    private readonly int[] _lines;
    private readonly int[] _contentOf;
    private readonly ManifestContent[] _contents;

    /// <param name="text">The canonical bytes.</param>
    /// <param name="lines">Where each entry's line begins.</param>
    /// <param name="contentOf">The number of each entry's content.</param>
    /// <param name="contents">In order of first appearance.</param>
    public ManifestTable(ReadOnlyMemory<byte> text, int[] lines, int[] contentOf, ManifestContent[] contents)
    {
        (_text, _lines, _contentOf, _contents) = (text, lines, contentOf, contents);
    }

    public int Count => _lines.Length;

    public IReadOnlyList<ManifestContent> Contents => _contents;

    public ManifestEntry this[int index]
    {
        get
        {
            var content = _contents[_contentOf[index]];
            var kind = KindAndPath(index, out var path);
            return new ManifestEntry(ManifestText.Unescape(path), kind, content.Size, content.Digest);
        }
    }

    public int ContentOf(int index) => _contentOf[index];

    public EntryKind KindOf(int index) => KindAndPath(index, out _);

    /// <summary>The entry at a path; where there is none, the complement of the index at which it would stand.</summary>
    public int Find(TreePath path)
    {
        var (low, high) = (0, _lines.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            KindAndPath(middle, out var escaped);
            var order = ManifestText.Compare(escaped, path.Raw);
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
        for (var i = 0; i < _lines.Length; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private EntryKind KindAndPath(int index, out ReadOnlySpan<byte> escapedPath)
    {
        var line = _text.Span[(_lines[index] + (Sha256Digest.Bytes * 2) + 1)..];
        line = line[..line.IndexOf((byte)'\n')];
        line = line[(line.IndexOf((byte)' ') + 1)..];
        return ManifestText.Kind(line, out escapedPath)!.Value;
    }
}
