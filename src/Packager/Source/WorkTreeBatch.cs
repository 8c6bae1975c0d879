using System.Globalization;
using IuCutter.Digests;
using IuCutter.Manifests;

namespace IuCutter.Packager.Source;

/// <summary>
/// Some files and links of the work tree, each taken only where its bytes are the very ones that the commit's object id names: reading a file is ten
/// times cheaper than having git unpack its object. What is not equal, missing or too large is left to git.
/// </summary>
internal sealed class WorkTreeBatch(byte[] root)
{
    private const int LongestHeader = 32;
    private const int LongestPath = 4096;
    private const int LargestFile = 4 << 20;
    private const int FirstBytes = 256 << 10;

    private readonly List<ProvenContent> _proven = [];
    private readonly byte[] _path = new byte[LongestPath];
    private byte[] _buffer = FreshPages.Array<byte>(FirstBytes);
    private int _filled;

    /// <summary>What is equal to its object, in the order asked for.</summary>
    public IReadOnlyList<ProvenContent> Proven => _proven;

    public ReadOnlySpan<byte> Content(ProvenContent proven) => _buffer.AsSpan(proven.At, proven.Length);

    /// <param name="items">The commit's files.</param>
    /// <param name="numbers">Which of them.</param>
    public void Read(TreeItemList items, ReadOnlySpan<int> numbers)
    {
        _proven.Clear();
        _filled = 0;
        foreach (var number in numbers)
        {
            if (TryRead(items.PathBytesAt(number), items.KindAt(number) == EntryKind.Link, out var length) && IsObject(items.ObjectAt(number), length))
            {
                var at = _filled + LongestHeader;
                _proven.Add(new ProvenContent(number, at, length, Sha256Digest.Of(_buffer.AsSpan(at, length))));
                _filled = at + length;
            }
        }
    }

    /// <summary>Puts the file's content, or the link's text, behind room for its header.</summary>
    private bool TryRead(ReadOnlySpan<byte> path, bool isLink, out int length)
    {
        length = 0;
        if (root.Length + path.Length >= _path.Length)
        {
            return false;
        }

        root.CopyTo(_path, 0);
        path.CopyTo(_path.AsSpan(root.Length));
        _path[root.Length + path.Length] = 0;
        while (true)
        {
            // One byte more than may be used shows that there is more.
            var room = _buffer.AsSpan(Math.Min(_filled + LongestHeader, _buffer.Length));
            length = isLink ? RawFile.ReadLink(_path, room) : RawFile.ReadBegin(_path, room);
            if (length < room.Length || _buffer.Length >= LargestFile)
            {
                return length >= 0 && length < room.Length;
            }

            Array.Resize(ref _buffer, 2 * _buffer.Length);
        }
    }

    /// <summary>Whether git would give the bytes at hand this id: the hash of "blob", their size, a zero and themselves.</summary>
    private bool IsObject(GitObjectId id, int length)
    {
        Span<byte> header = stackalloc byte[LongestHeader];
        "blob "u8.CopyTo(header);
        length.TryFormat(header[5..], out var digits, provider: CultureInfo.InvariantCulture);
        header = header[..(5 + digits + 1)];
        header[^1] = 0;
        var from = _filled + LongestHeader - header.Length;
        header.CopyTo(_buffer.AsSpan(from));
        return GitObjectId.Of(_buffer.AsSpan(from, header.Length + length), id.Length) == id;
    }
}
