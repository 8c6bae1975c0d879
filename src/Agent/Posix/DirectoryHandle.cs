using System.Text;
using Microsoft.Win32.SafeHandles;

namespace IuCutter.Agent.Posix;

/// <summary>
/// An open directory. Every path given to it is resolved beneath it, through no symbolic link and onto no other file system
/// (openat2, Linux 5.6 and later), so that nothing can be made, read or removed outside, whatever a path says or another
/// program swaps in meanwhile.
/// </summary>
/// <exception cref="PosixException">From every method: the system call that failed.</exception>
public sealed unsafe class DirectoryHandle : IDisposable
{
    private const ulong Confined = Libc.ResolveBeneath | Libc.ResolveNoSymlinks | Libc.ResolveNoMagicLinks | Libc.ResolveNoXDev;

    private const uint OwnerAll = 0x1C0;

    /// <summary>A name's most, and most ways in a tree.</summary>
    private const int ShortPath = 256;

    // Who removes a tree lists each of its directories: their room would be most of what is left behind.
    [ThreadStatic]
    private static DirectoryNames? _atHand;

    private readonly SafeFileHandle _handle;

    private DirectoryHandle(int descriptor) => _handle = new SafeFileHandle(descriptor, ownsHandle: true);

    private int Descriptor => (int)_handle.DangerousGetHandle();

    /// <summary>Opens a directory by its absolute path; links on the way are followed, a link at its end is not.</summary>
    public static DirectoryHandle Open(string path)
    {
        var bytes = Terminated(Encoding.UTF8.GetBytes(path));
        fixed (byte* p = bytes)
        {
            var fd = Libc.Open(p, Libc.Directory | Libc.NoFollow | Libc.CloseOnExec, 0);
            return fd >= 0 ? new DirectoryHandle(fd) : throw PosixException.Last("open directory", bytes);
        }
    }

    /// <summary>
    /// Opens a directory by its absolute path to look at what a name in it is, which takes the right to enter it and none to list it; every link is
    /// followed. Null when nothing is there: what may not be entered is an error, not an absence.
    /// </summary>
    public static DirectoryHandle? FindPlace(ReadOnlySpan<byte> path)
    {
        var bytes = Terminated(path);
        fixed (byte* p = bytes)
        {
            var fd = Libc.Open(p, Libc.Directory | Libc.PathOnly | Libc.CloseOnExec, 0);
            if (fd >= 0)
            {
                return new DirectoryHandle(fd);
            }
        }

        var failure = PosixException.Last("enter", path);
        return failure.Errno is PosixException.NoEntry or PosixException.NotDirectory ? null : throw failure;
    }

    /// <summary>Opens a file for reading by its absolute path, as any program would: links are followed. Never waits.</summary>
    public static SafeFileHandle OpenFile(string path)
    {
        var bytes = Terminated(Encoding.UTF8.GetBytes(path));
        fixed (byte* p = bytes)
        {
            var fd = Libc.Open(p, Libc.ReadOnly | Libc.NonBlocking | Libc.CloseOnExec, 0);
            return fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw PosixException.Last("open", bytes);
        }
    }

    public DirectoryHandle OpenDirectory(ReadOnlySpan<byte> path) => new(OpenBeneath(path, Libc.Directory, 0, "open directory"));

    /// <summary>Opens for reading, and never waits: a pipe has nothing to read, and what would have to be waited for fails.</summary>
    public SafeFileHandle OpenRead(ReadOnlySpan<byte> path) => new(OpenBeneath(path, Libc.ReadOnly | Libc.NonBlocking, 0, "open"), ownsHandle: true);

    public SafeFileHandle OpenWrite(ReadOnlySpan<byte> path) => new(OpenBeneath(path, Libc.WriteOnly, 0, "open"), ownsHandle: true);

    /// <summary>Makes a file that was not there; its permission bits are exactly those given.</summary>
    public SafeFileHandle CreateFile(ReadOnlySpan<byte> path, uint mode) =>
        new(OpenBeneath(path, Libc.ReadWrite | Libc.Create | Libc.Exclusive, mode, "create"), ownsHandle: true);

    /// <summary>Makes one directory; false when it was there already.</summary>
    public bool MakeDirectory(ReadOnlySpan<byte> path, uint mode)
    {
        using var parent = OpenParent(path, out var name);
        var bytes = Terminated(name);
        fixed (byte* p = bytes)
        {
            if (Libc.MakeDirectoryAt(DescriptorOf(parent), p, mode) == 0)
            {
                return true;
            }
        }

        var failure = PosixException.Last("make directory", path);
        return failure.Errno == PosixException.Exists ? false : throw failure;
    }

    public void MakeLink(ReadOnlySpan<byte> path, ReadOnlySpan<byte> target)
    {
        using var parent = OpenParent(path, out var name);
        byte[] bytes = Terminated(name), to = Terminated(target);
        fixed (byte* p = bytes, t = to)
        {
            if (Libc.SymlinkAt(t, DescriptorOf(parent), p) != 0)
            {
                throw PosixException.Last("make link", path);
            }
        }
    }

    /// <summary>Gives the very file that is open one more name here.</summary>
    /// <returns>False where that cannot be: removed meanwhile, on another file system, with as many names as a file may have, or forbidden by the kernel.</returns>
    public bool TryNameFile(SafeFileHandle file, ReadOnlySpan<byte> path)
    {
        using var parent = OpenParent(path, out var name);
        byte[] bytes = Terminated(name), open = Terminated(Encoding.ASCII.GetBytes($"/proc/self/fd/{file.DangerousGetHandle()}"));
        fixed (byte* p = bytes, o = open)
        {
            if (Libc.LinkAt(Libc.CurrentDirectory, o, DescriptorOf(parent), p, Libc.FollowLink) == 0)
            {
                return true;
            }
        }

        var failure = PosixException.Last("give a file the name", path);
        return failure.Errno is PosixException.NoEntry or PosixException.CrossDevice or PosixException.TooManyNames or PosixException.NotPermitted ? false : throw failure;
    }

    /// <summary>The text of a link; null when the path is absent or is no link.</summary>
    public byte[]? ReadLink(ReadOnlySpan<byte> path)
    {
        if (Status(path) is not { Kind: NodeKind.Link })
        {
            return null;
        }

        using var parent = OpenParent(path, out var name);
        var bytes = Terminated(name);
        var buffer = new byte[4096];
        fixed (byte* p = bytes, b = buffer)
        {
            var length = Libc.ReadLinkAt(DescriptorOf(parent), p, b, (nuint)buffer.Length);
            return length >= 0 ? buffer[..(int)length] : throw PosixException.Last("read link", path);
        }
    }

    /// <summary>What lies at the path; null when nothing does.</summary>
    public NodeStatus? Status(ReadOnlySpan<byte> path)
    {
        DirectoryHandle? parent;
        ReadOnlySpan<byte> name;
        try
        {
            parent = OpenParent(path, out name);
        }
        catch (PosixException e) when (e.Errno is PosixException.NoEntry or PosixException.NotDirectory)
        {
            return null;
        }

        using (parent)
        {
            Libc.StatXBuffer buffer;
            fixed (byte* p = Terminated(name, stackalloc byte[ShortPath]))
            {
                if (Libc.StatX(DescriptorOf(parent), p, Libc.SymlinkNoFollow, 0x7FF, &buffer) == 0)
                {
                    return NodeStatus.From(buffer);
                }
            }

            var failure = PosixException.Last("read the status of", path);
            return failure.Errno == PosixException.NoEntry ? null : throw failure;
        }
    }

    /// <summary>The directory's own status.</summary>
    public NodeStatus OwnStatus() => StatusOf(_handle);

    /// <summary>The status of what is open.</summary>
    public static NodeStatus StatusOf(SafeFileHandle opened)
    {
        Libc.StatXBuffer buffer;
        byte empty = 0;
        return Libc.StatX((int)opened.DangerousGetHandle(), &empty, Libc.EmptyPath, 0x7FF, &buffer) == 0
            ? NodeStatus.From(buffer)
            : throw PosixException.Last("read the status of", "what is open"u8);
    }

    /// <summary>The names in the directory itself, in byte order.</summary>
    public IEnumerable<byte[]> List() => Names().Select(n => n.Name);

    /// <summary>The same with the kinds that the directory keeps; null where it does not say, or it is neither a file nor a directory.</summary>
    public IReadOnlyList<(byte[] Name, NodeKind? Kind)> Names()
    {
        // How far an open directory was read is kept with it: one that others may be listing is opened once more.
        using var another = OpenDirectory("."u8);
        var names = _atHand ?? new DirectoryNames();
        another.ListOnce(names);
        _atHand = names.IsLarge ? null : names;
        return [.. Enumerable.Range(0, names.Count).Select(i => (names[i].ToArray(), names.KindOf(i)))];
    }

    /// <summary>Lists a directory that was opened for this, and is listed this one time.</summary>
    public void ListOnce(DirectoryNames names)
    {
        names.Clear();
        for (long read = 1; read != 0; names.Take((int)read))
        {
            var room = names.Room();
            fixed (byte* first = room)
            {
                read = Libc.ListDirectory(Descriptor, first, (nuint)room.Length);
            }

            if (read < 0)
            {
                throw PosixException.Last("list", "a directory"u8);
            }
        }

        names.Sort();
    }

    /// <summary>Renames within this directory; fails when something is at the new path.</summary>
    public void Rename(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to) => Rename(from, this, to, Libc.RenameNoReplace);

    /// <summary>Renames into another directory of the same file system; fails when something is at the new path.</summary>
    public void Rename(ReadOnlySpan<byte> from, DirectoryHandle into, ReadOnlySpan<byte> to) => Rename(from, into, to, Libc.RenameNoReplace);

    /// <summary>Swaps what lies at two paths, in one step.</summary>
    public void Exchange(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) => Rename(one, this, other, Libc.RenameExchange);

    /// <summary>Removes a file or link; nothing happens when it is absent.</summary>
    public void Remove(ReadOnlySpan<byte> path) => Unlink(path, 0);

    /// <summary>Removes a directory and all beneath it, following no link; nothing happens when it is absent.</summary>
    public void RemoveTree(ReadOnlySpan<byte> path)
    {
        if (Status(path) is not { } status)
        {
            return;
        }

        if (status.Kind != NodeKind.Directory)
        {
            Remove(path);
            return;
        }

        using (var inside = OpenToEmpty(path, status))
        {
            for (var names = inside.Names(); names.Count > 0; names = inside.Names())
            {
                foreach (var (name, _) in names)
                {
                    inside.RemoveLevel(name);
                }
            }
        }

        Unlink(path, Libc.RemoveDirectory);
    }

    /// <summary>Makes the directory's own entries survive a power cut.</summary>
    public void Flush()
    {
        if (Libc.Fsync(Descriptor) != 0)
        {
            throw PosixException.Last("flush", "a directory"u8);
        }
    }

    /// <summary>Makes all that was written to this directory's file system survive a power cut.</summary>
    public void FlushFileSystem()
    {
        if (Libc.SyncFileSystem(Descriptor) != 0)
        {
            throw PosixException.Last("flush the file system of", "a directory"u8);
        }
    }

    /// <summary>The room that is left for an ordinary user: bytes, and files (0 where the file system does not count them).</summary>
    public (long Bytes, long Files) Room()
    {
        Libc.FileSystemBuffer buffer;
        return Libc.FileSystemStatus(Descriptor, &buffer) == 0
            ? ((long)(buffer.AvailableBlocks * buffer.FragmentSize), (long)buffer.AvailableFiles)
            : throw PosixException.Last("measure the room of", "a directory"u8);
    }

    /// <summary>Gives an empty file the source's content without copying it; false where the file system cannot.</summary>
    public static bool TryReflink(SafeFileHandle source, SafeFileHandle into) =>
        Libc.Ioctl((int)into.DangerousGetHandle(), Libc.CloneFile, (int)source.DangerousGetHandle()) == 0;

    /// <summary>Makes a written file survive a power cut.</summary>
    public static void Flush(SafeFileHandle file)
    {
        if (Libc.Fsync((int)file.DangerousGetHandle()) != 0)
        {
            throw PosixException.Last("flush", "a file"u8);
        }
    }

    public void Dispose() => _handle.Dispose();

    /// <summary>
    /// Removes a file, or a directory whose own directories are moved up here first: how deep a payload's tree is must cost neither stack
    /// nor descriptors.
    /// </summary>
    private void RemoveLevel(byte[] name)
    {
        if (Status(name) is not { Kind: NodeKind.Directory } status)
        {
            Remove(name);
            return;
        }

        using (var inside = OpenToEmpty(name, status))
        {
            foreach (var child in inside.List())
            {
                if (inside.Status(child) is { Kind: NodeKind.Directory } below)
                {
                    inside.LetWrite(child, below);
                    inside.Rename(child, this, Encoding.ASCII.GetBytes($"lifted-{Guid.NewGuid():N}"));
                }
                else
                {
                    inside.Remove(child);
                }
            }
        }

        Unlink(name, Libc.RemoveDirectory);
    }

    private DirectoryHandle OpenToEmpty(ReadOnlySpan<byte> path, NodeStatus status)
    {
        LetWrite(path, status);
        return OpenDirectory(path);
    }

    /// <summary>A payload may have taken its own directories' permissions away; without any they cannot even be opened to be changed.</summary>
    private void LetWrite(ReadOnlySpan<byte> path, NodeStatus status)
    {
        if ((status.Mode & OwnerAll) == OwnerAll)
        {
            return;
        }

        using var directory = new DirectoryHandle(OpenBeneath(path, Libc.Directory | Libc.PathOnly, 0, "open directory"));
        var descriptor = Terminated(Encoding.ASCII.GetBytes($"/proc/self/fd/{directory.Descriptor}"));
        fixed (byte* p = descriptor)
        {
            if (Libc.ChangeMode(p, OwnerAll) != 0)
            {
                throw PosixException.Last("change the mode of", path);
            }
        }
    }

    private void Rename(ReadOnlySpan<byte> from, DirectoryHandle into, ReadOnlySpan<byte> to, uint flags)
    {
        using var oldParent = OpenParent(from, out var oldName);
        using var newParent = into.OpenParent(to, out var newName);
        byte[] a = Terminated(oldName), b = Terminated(newName);
        fixed (byte* x = a, y = b)
        {
            if (Libc.RenameAt2(DescriptorOf(oldParent), x, into.DescriptorOf(newParent), y, flags) != 0)
            {
                throw PosixException.Last("rename to", to);
            }
        }
    }

    private void Unlink(ReadOnlySpan<byte> path, int flags)
    {
        using var parent = OpenParent(path, out var name);
        var bytes = Terminated(name);
        fixed (byte* p = bytes)
        {
            if (Libc.UnlinkAt(DescriptorOf(parent), p, flags) == 0)
            {
                return;
            }
        }

        var failure = PosixException.Last("remove", path);
        if (failure.Errno != PosixException.NoEntry)
        {
            throw failure;
        }
    }

    private int OpenBeneath(ReadOnlySpan<byte> path, int flags, uint mode, string deed)
    {
        var how = new Libc.OpenHow { Flags = (ulong)(flags | Libc.NoFollow | Libc.CloseOnExec), Mode = mode, Resolve = Confined };
        fixed (byte* p = Terminated(path, stackalloc byte[ShortPath]))
        {
            var fd = Libc.OpenAt2(Descriptor, p, &how);
            return fd >= 0 ? fd : throw PosixException.Last(deed, path);
        }
    }

    /// <summary>Opens the directory that the path's last name is in; null when it is this one.</summary>
    private DirectoryHandle? OpenParent(ReadOnlySpan<byte> path, out ReadOnlySpan<byte> name)
    {
        var slash = path.LastIndexOf((byte)'/');
        name = path[(slash + 1)..];
        return slash < 0 ? null : OpenDirectory(path[..slash]);
    }

    private int DescriptorOf(DirectoryHandle? parent) => parent?.Descriptor ?? Descriptor;

    private static byte[] Terminated(ReadOnlySpan<byte> path)
    {
        var bytes = new byte[path.Length + 1];
        path.CopyTo(bytes);
        return bytes;
    }

    /// <summary>The same in a place on the stack, where it is short enough for that.</summary>
    private static Span<byte> Terminated(ReadOnlySpan<byte> path, Span<byte> place)
    {
        var bytes = path.Length < place.Length ? place : new byte[path.Length + 1];
        path.CopyTo(bytes);
        bytes[path.Length] = 0;
        return bytes;
    }
}
