using System.Text;
using IuCutter.Manifests;

namespace IuCutter.Packager.Source;

/// <summary>Reads a tree object's own bytes, entry for entry: mode, a space, name, NUL, and an id (gitformat-pack(5); git's object model).</summary>
/// <param name="tree">The object's bytes.</param>
/// <param name="idLength">Bytes of an id: 20, or 32 where ids are sha256.</param>
internal ref struct RawTree(ReadOnlySpan<byte> tree, int idLength)
{
    private ReadOnlySpan<byte> _rest = tree;

    /// <summary>Octal digits, as they stand.</summary>
    public ReadOnlySpan<byte> Mode { get; private set; }

    public ReadOnlySpan<byte> Name { get; private set; }

    public GitObjectId Id { get; private set; }

    /// <summary>False at the end, and before what is no entry.</summary>
    public bool Next()
    {
        var space = _rest.IndexOf((byte)' ');
        var end = _rest.IndexOf((byte)0);
        if (space < 0 || end < space || _rest.Length - end - 1 < idLength)
        {
            return false;
        }

        Span<byte> id = stackalloc byte[Digests.Sha256Digest.Bytes];
        id.Clear();
        _rest.Slice(end + 1, idLength).CopyTo(id);
        Mode = _rest[..space];
        Name = _rest[(space + 1)..end];
        Id = GitObjectId.FromBytes(id, idLength);
        _rest = _rest[(end + 1 + idLength)..];
        return true;
    }

    /// <summary>Whether all of the tree has been read.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>The mode that git writes for a folder.</summary>
    public static ReadOnlySpan<byte> FolderMode => "40000"u8;

    /// <summary>The mode that git writes for a file or link.</summary>
    public static ReadOnlySpan<byte> ModeOf(EntryKind kind) => kind switch
    {
        EntryKind.Executable => "100755"u8,
        EntryKind.Link => "120000"u8,
        _ => "100644"u8,
    };

    /// <param name="name">An entry's name, in this tree and not below it.</param>
    /// <returns>True where an entry has the name, and where the bytes are no tree.</returns>
    public static bool Holds(ReadOnlySpan<byte> tree, string name, int idLength)
    {
        var looked = Encoding.UTF8.GetBytes(name);
        var entries = new RawTree(tree, idLength);
        while (entries.Next())
        {
            if (entries.Name.SequenceEqual(looked))
            {
                return true;
            }
        }

        return !entries.IsAtEnd;
    }
}
