using System.Text;
using IuCutter.Digests;

namespace IuCutter.Packager.Source;

/// <summary>
/// The tree that was listed last in a repository, so that of the next one only the folders that differ have to be asked for. It is a file of the user's cache,
/// in which nothing is believed: a folder is known by the id that comes out of what the file says is in it, and only where git says the same id.
/// </summary>
internal sealed class KnownTree
{
    private const int MostBytes = 512 << 20;
    private static readonly byte[] Magic = "iucutter-tree 1\n"u8.ToArray();

    private readonly IReadOnlyDictionary<string, KnownFolder> _folders;

    private KnownTree(TreeItemList items)
    {
        Items = items;
        _folders = FolderIds.Of(items);
    }

    public TreeItemList Items { get; }

    /// <param name="folder">Where caches lie.</param>
    /// <param name="repository">A folder in the repository, as it was named.</param>
    public static string PathOf(string folder, string repository) =>
        Path.Combine(folder, Sha256Digest.Of(Encoding.UTF8.GetBytes(Path.GetFullPath(repository))).Short + ".tree");

    /// <summary>Null where there is none, or it cannot be one.</summary>
    public static KnownTree? TryLoad(string path) =>
        CacheFile.TryRead(path, MostBytes) is { } bytes && bytes.AsSpan().StartsWith(Magic) && TreeItemList.TryParse(bytes.AsSpan(Magic.Length)) is { Count: > 0 } items
            ? new KnownTree(items)
            : null;

    /// <summary>A cache that cannot be written is no failure: the next push lists all of its tree.</summary>
    public static void Save(string path, TreeItemList items)
    {
        var length = Magic.Length + items.TextLength;
        if (length <= MostBytes)
        {
            var bytes = FreshPages.Array<byte>((int)length);
            Magic.CopyTo(bytes, 0);
            items.CopyTo(bytes.AsSpan(Magic.Length));
            CacheFile.TryReplace(path, bytes);
        }
    }

    /// <summary>The items of a folder, if what it holds is known.</summary>
    /// <param name="path">Bytes as Latin-1; the root's is empty.</param>
    /// <param name="id">As git says it.</param>
    public KnownFolder? Find(string path, GitObjectId id) => _folders.TryGetValue(path, out var folder) && folder.Id == id ? folder : null;
}
