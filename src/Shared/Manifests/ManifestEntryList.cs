using System.Buffers.Text;
using System.Collections;
using System.Runtime.InteropServices;
using IuCutter.Digests;

namespace IuCutter.Manifests;

/// <summary>Entries of a manifest to be, in the order in which they are added. They are kept as the manifest's own lines, which a list of entries outweighs twice.</summary>
public sealed class ManifestEntryList : IReadOnlyList<ManifestEntry>
{
    private const int DigestLength = Sha256Digest.Bytes * 2;

    private readonly ByteChunks _lines = new();
    private readonly List<int> _places = [];
    private byte[] _last = [];
    private int _lastLength;

    public int Count => _places.Count;

    internal bool IsSorted { get; private set; } = true;

    /// <summary>All lines together, in bytes.</summary>
    internal long TextLength { get; private set; }

    /// <summary>The sum of all sizes; one that overflows is refused when the manifest is read back.</summary>
    internal long ContentBytes { get; private set; }

    public ManifestEntry this[int index]
    {
        get
        {
            var line = LineAt(_places[index]);
            var blank = DigestLength + 1 + line[(DigestLength + 1)..].IndexOf((byte)' ');
            var isRead = Sha256Digest.TryParse(line[..DigestLength], out var digest)
                & Utf8Parser.TryParse(line[(DigestLength + 1)..blank], out long size, out _);
            var kind = ManifestText.Kind(line[(blank + 1)..^1], out var path);
            return isRead && kind is { } known
                ? new ManifestEntry(ManifestText.Unescape(path), known, size, digest)
                : throw new InvalidOperationException("A line that was written here cannot be read.");
        }
    }

    /// <exception cref="ArgumentOutOfRangeException">The path is longer than any that a manifest can hold.</exception>
    public void Add(ManifestEntry entry) => Add(entry.Path.ToBytes(), entry.Kind, new ManifestContent(entry.Content, entry.Size));

    /// <exception cref="ArgumentOutOfRangeException">The path is longer than any that a manifest can hold.</exception>
    public void Add(ReadOnlySpan<byte> path, EntryKind kind, ManifestContent content)
    {
        var length = ManifestText.LengthOf(path, kind, content.Size);
        ManifestText.WriteEntry(_lines.Reserve(length), path, kind, content);
        _places.Add(_lines.Commit(length));
        TextLength += length;
        IsSorted &= _last.AsSpan(0, _lastLength).SequenceCompareTo(path) <= 0;
        ContentBytes = unchecked(ContentBytes + content.Size);
        if (_last.Length < path.Length)
        {
            _last = new byte[2 * path.Length];
        }

        path.CopyTo(_last);
        _lastLength = path.Length;
    }

    public IEnumerator<ManifestEntry> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal void CopyTo(Span<byte> text)
    {
        foreach (var place in CollectionsMarshal.AsSpan(_places))
        {
            var line = LineAt(place);
            line.CopyTo(text);
            text = text[line.Length..];
        }
    }

    private ReadOnlySpan<byte> LineAt(int place)
    {
        var line = _lines.From(place);
        return line[..(line.IndexOf((byte)'\n') + 1)];
    }
}
