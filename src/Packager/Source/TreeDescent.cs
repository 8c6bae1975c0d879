using System.Text;
using IuCutter.Manifests;

namespace IuCutter.Packager.Source;

/// <summary>Lists a tree that differs little from a known one: only the folders that differ are read.</summary>
/// <param name="known">The tree that was listed before.</param>
/// <param name="read">Reads objects by their ids.</param>
internal sealed class TreeDescent(KnownTree known, Func<IReadOnlyList<string>, Task<IReadOnlyList<GitObject?>>> read)
{
    // Where more differs, git's own listing of all is not much more work.
    private const int MostFolders = 256;

    private static readonly EntryKind[] Kinds = [EntryKind.File, EntryKind.Executable, EntryKind.Link];

    private readonly Dictionary<string, GitObject> _folders = new(StringComparer.Ordinal);
    private readonly TreeItemList _items = [];

    /// <returns>Null where the tree differs too much, or holds what is not everyday: then all of it has to be listed.</returns>
    public async Task<TreeItemList?> ListAsync(GitObject root)
    {
        if (known.Find("", root.Id) is not null)
        {
            return known.Items;
        }

        if (!FolderIds.IsOf(root))
        {
            return null;
        }

        _folders.Add("", root);
        for (List<string> level = [""]; level.Count > 0;)
        {
            var below = new List<(string Path, string Id)>();
            if (!level.TrueForAll(path => FindUnknown(path, below)) || _folders.Count + below.Count > MostFolders)
            {
                return null;
            }

            var objects = await read([.. below.Select(b => b.Id)]);
            foreach (var ((path, id), found) in below.Zip(objects))
            {
                if (found is not { Type: "tree" } || found.Id.ToString() != id || !FolderIds.IsOf(found) || !_folders.TryAdd(path, found))
                {
                    return null;
                }
            }

            level = below.ConvertAll(b => b.Path);
        }

        return Take("") && !_items.SortAndFindTwins().Any() && _items.Count > 0 ? _items : null;
    }

    /// <returns>False where the folder holds what is not everyday.</returns>
    private bool FindUnknown(string path, List<(string Path, string Id)> below)
    {
        var entries = EntriesOf(path);
        while (entries.Next())
        {
            if (entries.Name.IsEmpty || entries.Name.Contains((byte)'/'))
            {
                return false;
            }

            if (IsFolder(entries.Mode) && Below(path, entries.Name) is var folder && known.Find(folder, entries.Id) is null)
            {
                below.Add((folder, entries.Id.ToString()));
            }
        }

        return entries.IsAtEnd;
    }

    private bool Take(string path)
    {
        var entries = EntriesOf(path);
        while (entries.Next())
        {
            var isTaken = IsFolder(entries.Mode) ? TakeFolder(Below(path, entries.Name), entries.Id) : TakeFile(path, entries);
            if (!isTaken)
            {
                return false;
            }
        }

        return true;
    }

    private bool TakeFolder(string path, GitObjectId id)
    {
        if (_folders.TryGetValue(path, out var read))
        {
            return read.Id == id && Take(path);
        }

        if (known.Find(path, id) is not { } folder)
        {
            return false;
        }

        for (var i = folder.First; i < folder.End; i++)
        {
            _items.Add(known.Items.PathBytesAt(i), known.Items.KindAt(i), known.Items.ObjectAt(i));
        }

        return true;
    }

    private bool TakeFile(string folder, RawTree entry)
    {
        var path = Encoding.Latin1.GetBytes(Below(folder, entry.Name));
        foreach (var kind in Kinds)
        {
            if (entry.Mode.SequenceEqual(RawTree.ModeOf(kind)) && TreePath.Refusal(path) is null)
            {
                _items.Add(path, kind, entry.Id);
                return true;
            }
        }

        return false;
    }

    private RawTree EntriesOf(string path)
    {
        var folder = _folders[path];
        return new RawTree(folder.Content, folder.Id.Length);
    }

    private static bool IsFolder(ReadOnlySpan<byte> mode) => mode.SequenceEqual(RawTree.FolderMode);

    private static string Below(string folder, ReadOnlySpan<byte> name) =>
        folder.Length == 0 ? Encoding.Latin1.GetString(name) : string.Concat(folder, "/", Encoding.Latin1.GetString(name));
}
