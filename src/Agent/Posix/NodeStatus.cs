using System.Runtime.InteropServices;

namespace IuCutter.Agent.Posix;

/// <summary>What the file system says of one node. Two equal readings mean that nobody wrote to it in between.</summary>
/// <param name="Mode">Permission bits only.</param>
/// <param name="Names">How many names the node has; a file of 2 and more is shared.</param>
/// <param name="ChangedNanoseconds">The kernel's own change time, which no program can set back, in ns since 1970.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct NodeStatus(
    NodeKind Kind, uint Mode, uint User, uint Group, uint Names, ulong Inode, long Size, long ModifiedNanoseconds, long ChangedNanoseconds)
{
    internal static unsafe NodeStatus From(in Libc.StatXBuffer s) => new(
        (s.Mode & 0xF000) switch { 0x8000 => NodeKind.File, 0x4000 => NodeKind.Directory, 0xA000 => NodeKind.Link, _ => NodeKind.Other },
        (uint)s.Mode & 0xFFF,
        s.User,
        s.Group,
        s.Links,
        s.Inode,
        (long)s.Size,
        (s.Modified.Seconds * 1_000_000_000) + s.Modified.Nanoseconds,
        (s.Changed.Seconds * 1_000_000_000) + s.Changed.Nanoseconds);
}
