using System.Buffers.Binary;
using System.Collections;
using IuCutter.Digests;
using IuCutter.Manifests;

namespace IuCutter.Packager.Source;

/// <summary>A commit's files and links, sorted by path bytes; a million of them fit a small process.</summary>
internal sealed class TreeItemList : IReadOnlyList<TreeItem>
{
    // Kind, length of the id, the id's 32 bytes, length of the path, and the path.
    private const int IdAt = 2;
    private const int LengthAt = IdAt + Sha256Digest.Bytes;
    private const int PathAt = LengthAt + sizeof(ushort);

    private readonly ByteChunks _records;
    private readonly List<int> _places;
    private bool _isSorted = true;

    public TreeItemList()
        : this(new ByteChunks(), [])
    {
    }

    private TreeItemList(ByteChunks records, List<int> places)
    {
        (_records, _places) = (records, places);
    }

    public int Count => _places.Count;

    /// <summary>How many bytes <see cref="CopyTo"/> writes.</summary>
    public long TextLength => Enumerable.Range(0, Count).Sum(i => (long)PathAt + PathBytesAt(i).Length);

    public TreeItem this[int index]
    {
        get
        {
            var record = _records.From(_places[index]);
            return new TreeItem(TreePath.FromBytes(PathOf(record)), (EntryKind)record[0], IdOf(record));
        }
    }

    public GitObjectId ObjectAt(int index) => IdOf(_records.From(_places[index]));

    public ReadOnlySpan<byte> PathBytesAt(int index) => PathOf(_records.From(_places[index]));

    public EntryKind KindAt(int index) => (EntryKind)_records.From(_places[index])[0];

    public void Add(TreeItem item) => Add(item.Path.ToBytes(), item.Kind, item.Object);

    /// <summary>The items of these numbers, in the same order; the records are shared.</summary>
    public TreeItemList Only(IEnumerable<int> numbers) => new(_records, [.. numbers.Select(n => _places[n])]);

    public void Add(ReadOnlySpan<byte> path, EntryKind kind, GitObjectId id)
    {
        var record = _records.Reserve(PathAt + path.Length);
        record[0] = (byte)kind;
        record[1] = (byte)id.Length;
        id.CopyTo(record[IdAt..]);
        BinaryPrimitives.WriteUInt16LittleEndian(record[LengthAt..], (ushort)path.Length);
        path.CopyTo(record[PathAt..]);
        _isSorted &= Count == 0 || PathOf(_records.From(_places[^1])).SequenceCompareTo(path) < 0;
        _places.Add(_records.Commit(PathAt + path.Length));
    }

    /// <summary>Writes the items so that <see cref="TryParse"/> reads them.</summary>
    public void CopyTo(Span<byte> text)
    {
        foreach (var place in _places)
        {
            var record = _records.From(place);
            var length = PathAt + PathOf(record).Length;
            record[..length].CopyTo(text);
            text = text[length..];
        }
    }

    /// <summary>Null where the bytes are not a list in order, without twins and with ids of one kind, of what a release can hold.</summary>
    public static TreeItemList? TryParse(ReadOnlySpan<byte> text)
    {
        var items = new TreeItemList();
        while (text.Length > PathAt)
        {
            var length = PathAt + BinaryPrimitives.ReadUInt16LittleEndian(text[LengthAt..]);
            if (length > text.Length || text[0] > (byte)EntryKind.Link || text[1] is not (20 or 32) || text[(IdAt + text[1])..LengthAt].ContainsAnyExcept((byte)0) || TreePath.Refusal(text[PathAt..length]) is not null
                || (items.Count > 0 && text[1] != items._records.From(items._places[^1])[1]))
            {
                return null;
            }

            items.Add(text[PathAt..length], (EntryKind)text[0], IdOf(text));
            text = text[length..];
        }

        return text.IsEmpty && items._isSorted ? items : null;
    }

    /// <summary>git writes trees sorted; one made otherwise may name a path twice: those paths.</summary>
    public IEnumerable<TreePath> SortAndFindTwins()
    {
        if (_isSorted)
        {
            yield break;
        }

        _places.Sort((left, right) => PathOf(_records.From(left)).SequenceCompareTo(PathOf(_records.From(right))));
        for (var i = 1; i < Count; i++)
        {
            if (this[i - 1].Path == this[i].Path)
            {
                yield return this[i].Path;
            }
        }
    }

    public IEnumerator<TreeItem> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static GitObjectId IdOf(ReadOnlySpan<byte> record) => GitObjectId.FromBytes(record[IdAt..LengthAt], record[1]);

    private static ReadOnlySpan<byte> PathOf(ReadOnlySpan<byte> record) =>
        record.Slice(PathAt, BinaryPrimitives.ReadUInt16LittleEndian(record[LengthAt..]));
}
