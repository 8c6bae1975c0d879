using Microsoft.Win32.SafeHandles;

namespace IuCutter.Agent.Posix;

/// <summary>
/// A tree's files, for many threads at once. Each keeps the folder of its last file open: who goes through a tree in the order of its paths does not have
/// the same way walked anew for every file.
/// </summary>
public sealed class TreeFiles(DirectoryHandle tree) : IDisposable
{
    private readonly ThreadLocal<AtHand> _atHand = new(() => new AtHand(), trackAllValues: true);

    /// <summary>As <see cref="DirectoryHandle.OpenRead"/>.</summary>
    public SafeFileHandle OpenRead(ReadOnlySpan<byte> path) => FolderOf(path, out var name).OpenRead(name);

    /// <summary>The same; null when it cannot be opened.</summary>
    public SafeFileHandle? TryOpenRead(ReadOnlySpan<byte> path)
    {
        try
        {
            return OpenRead(path);
        }
        catch (PosixException)
        {
            return null;
        }
    }

    /// <summary>As <see cref="DirectoryHandle.CreateFile"/>.</summary>
    public SafeFileHandle CreateFile(ReadOnlySpan<byte> path, uint mode) => FolderOf(path, out var name).CreateFile(name, mode);

    /// <summary>As <see cref="DirectoryHandle.ReadLink"/>.</summary>
    public byte[]? ReadLink(ReadOnlySpan<byte> path) => FolderOf(path, out var name).ReadLink(name);

    public void Dispose()
    {
        foreach (var atHand in _atHand.Values)
        {
            atHand.Folder?.Dispose();
        }

        _atHand.Dispose();
    }

    private DirectoryHandle FolderOf(ReadOnlySpan<byte> path, out ReadOnlySpan<byte> name)
    {
        var slash = path.LastIndexOf((byte)'/');
        name = path[(slash + 1)..];
        if (slash < 0)
        {
            return tree;
        }

        var atHand = _atHand.Value!;
        var folder = path[..slash];
        if (atHand.Folder is null || !folder.SequenceEqual(atHand.Path))
        {
            var opened = tree.OpenDirectory(folder);
            atHand.Folder?.Dispose();
            (atHand.Folder, atHand.Path) = (opened, folder.ToArray());
        }

        return atHand.Folder;
    }

    private sealed class AtHand
    {
        public DirectoryHandle? Folder { get; set; }

        public byte[] Path { get; set; } = [];
    }
}
