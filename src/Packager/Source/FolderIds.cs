using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using IuCutter.Digests;

namespace IuCutter.Packager.Source;

/// <summary>
/// The ids that git gives the folders of a list of files: a folder's is the hash of "tree", its size, a zero and its entries, and so says all that is in it
/// (git's object model).
/// </summary>
internal sealed class FolderIds
{
    private const int LongestHeader = 16;
    private const int LongestPath = 4096;

    private readonly TreeItemList _items;
    private readonly int _idLength;
    private readonly Dictionary<string, KnownFolder> _folders = new(StringComparer.Ordinal);
    private readonly List<OpenFolder> _open = [];
    private readonly Stack<ArrayBufferWriter<byte>> _spare = new();
    private readonly byte[] _path = new byte[LongestPath];
    private int _pathLength;

    private FolderIds(TreeItemList items)
    {
        _items = items;
        _idLength = items.ObjectAt(0).Length;
    }

    /// <param name="items">At least one, sorted, no path twice, none longer than a release can hold, and all with ids of one kind.</param>
    /// <returns>By path, bytes as Latin-1; the root's is empty.</returns>
    public static IReadOnlyDictionary<string, KnownFolder> Of(TreeItemList items)
    {
        var ids = new FolderIds(items);
        ids.Open(nameAt: 0, first: 0);
        for (var number = 0; number < items.Count; number++)
        {
            ids.Add(number);
        }

        while (ids._open.Count > 0)
        {
            ids.Close(items.Count);
        }

        return ids._folders;
    }

    /// <summary>Whether a folder's own id comes out of its entries.</summary>
    public static bool IsOf(GitObject folder)
    {
        var whole = new ArrayBufferWriter<byte>(LongestHeader + folder.Content.Length);
        whole.GetSpan(LongestHeader)[..LongestHeader].Clear();
        whole.Advance(LongestHeader);
        whole.Write(folder.Content);
        return IdOf(whole, folder.Id.Length) == folder.Id;
    }

    private void Add(int number)
    {
        var path = _items.PathBytesAt(number);
        var common = path.CommonPrefixLength(_path.AsSpan(0, _pathLength));
        while (_open[^1].NameAt > common)
        {
            Close(number);
        }

        for (var at = _open[^1].NameAt; path[at..].IndexOf((byte)'/') is var slash and >= 0;)
        {
            at += slash + 1;
            Open(at, number);
        }

        path.CopyTo(_path);
        _pathLength = path.Length;
        Put(_open[^1], RawTree.ModeOf(_items.KindAt(number)), path[_open[^1].NameAt..], _items.ObjectAt(number));
    }

    private void Open(int nameAt, int first)
    {
        var content = _spare.TryPop(out var used) ? used : new ArrayBufferWriter<byte>(1024);
        content.ResetWrittenCount();
        content.GetSpan(LongestHeader)[..LongestHeader].Clear();
        content.Advance(LongestHeader);
        _open.Add(new OpenFolder(nameAt, first, content));
    }

    private void Close(int end)
    {
        var folder = _open[^1];
        _open.RemoveAt(_open.Count - 1);
        var path = _path.AsSpan(0, Math.Max(folder.NameAt - 1, 0));
        var id = IdOf(folder.Content, _idLength);
        _folders.Add(Encoding.Latin1.GetString(path), new KnownFolder(id, folder.First, end));
        if (_open.Count > 0)
        {
            Put(_open[^1], RawTree.FolderMode, path[_open[^1].NameAt..], id);
        }

        _spare.Push(folder.Content);
    }

    private void Put(OpenFolder folder, ReadOnlySpan<byte> mode, ReadOnlySpan<byte> name, GitObjectId id)
    {
        folder.Content.Write(mode);
        folder.Content.Write(" "u8);
        folder.Content.Write(name);
        Span<byte> end = stackalloc byte[1 + Sha256Digest.Bytes];
        end[0] = 0;
        id.CopyTo(end[1..]);
        folder.Content.Write(end[..(1 + _idLength)]);
    }

    /// <param name="content">Room for the header, and the entries.</param>
    private static GitObjectId IdOf(ArrayBufferWriter<byte> content, int idLength)
    {
        var length = content.WrittenCount - LongestHeader;
        var header = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"tree {length}\0"));
        var whole = MemoryMarshal.AsMemory(content.WrittenMemory)[(LongestHeader - header.Length)..].Span;
        header.CopyTo(whole);
        return GitObjectId.Of(whole, idLength);
    }

    /// <param name="NameAt">Where in a path the names of what is in it begin.</param>
    /// <param name="First">Its first item.</param>
    /// <param name="Content">Room for its header, and its entries so far.</param>
    private sealed record OpenFolder(int NameAt, int First, ArrayBufferWriter<byte> Content);
}
