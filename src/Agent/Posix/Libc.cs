using System.Runtime.InteropServices;

namespace IuCutter.Agent.Posix;

/// <summary>
/// The system calls that .NET lacks or weakens: it swallows fsync's errors, decodes path bytes, cannot fsync a directory, cannot
/// resolve beneath a directory, and replaces a link by deleting it first. Linux only; paths are bytes ended by a zero.
/// </summary>
internal static unsafe partial class Libc
{
    public const int CurrentDirectory = -100;
    public const int SymlinkNoFollow = 0x100;
    public const int RemoveDirectory = 0x200;
    public const int EmptyPath = 0x1000;
    public const int FollowLink = 0x400;
    public const uint RenameNoReplace = 1;
    public const uint RenameExchange = 2;

    public const int ReadOnly = 0;
    public const int WriteOnly = 1;
    public const int ReadWrite = 2;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int NonBlocking = 0x800;
    public const int Directory = 0x10000;
    public const int NoFollow = 0x20000;
    public const int CloseOnExec = 0x80000;
    public const int PathOnly = 0x200000;

    public const ulong ResolveNoXDev = 0x01;
    public const ulong ResolveNoMagicLinks = 0x02;
    public const ulong ResolveNoSymlinks = 0x04;
    public const ulong ResolveBeneath = 0x08;

    /// <summary>FICLONE of linux/fs.h.</summary>
    public const nuint CloneFile = 0x40049409;

    private const string Library = "libc";

    /// <summary>The same number on every architecture that has the call: it came after the tables were made one.</summary>
    private const long OpenAt2Number = 437;
    private const long CloseRangeNumber = 436;
    private const ulong CloseRangeOnExec = 4;

    /// <summary>getdents64: glibc has it by name since 2.30 only.</summary>
    private static readonly long ListDirectoryNumber = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 217 : 61;

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true)]
    public static partial int Open(byte* path, int flags, uint mode);

    public static int OpenAt2(int directory, byte* path, OpenHow* how) =>
        (int)SystemCall(OpenAt2Number, directory, path, how, (nuint)sizeof(OpenHow));

    [LibraryImport(Library, EntryPoint = "mkdirat", SetLastError = true)]
    public static partial int MakeDirectoryAt(int directory, byte* path, uint mode);

    [LibraryImport(Library, EntryPoint = "symlinkat", SetLastError = true)]
    public static partial int SymlinkAt(byte* target, int directory, byte* path);

    [LibraryImport(Library, EntryPoint = "linkat", SetLastError = true)]
    public static partial int LinkAt(int oldDirectory, byte* oldPath, int newDirectory, byte* newPath, int flags);

    [LibraryImport(Library, EntryPoint = "unlinkat", SetLastError = true)]
    public static partial int UnlinkAt(int directory, byte* path, int flags);

    [LibraryImport(Library, EntryPoint = "renameat2", SetLastError = true)]
    public static partial int RenameAt2(int oldDirectory, byte* oldPath, int newDirectory, byte* newPath, uint flags);

    [LibraryImport(Library, EntryPoint = "readlinkat", SetLastError = true)]
    public static partial nint ReadLinkAt(int directory, byte* path, byte* buffer, nuint size);

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true)]
    public static partial int StatX(int directory, byte* path, int flags, uint mask, StatXBuffer* buffer);

    [LibraryImport(Library, EntryPoint = "chmod", SetLastError = true)]
    public static partial int ChangeMode(byte* path, uint mode);

    [LibraryImport(Library, EntryPoint = "pread", SetLastError = true)]
    public static partial nint ReadAt(int descriptor, byte* into, nuint count, long offset);

    [LibraryImport(Library, EntryPoint = "pwrite", SetLastError = true)]
    public static partial nint WriteAt(int descriptor, byte* bytes, nuint count, long offset);

    [LibraryImport(Library, EntryPoint = "fsync", SetLastError = true)]
    public static partial int Fsync(int descriptor);

    [LibraryImport(Library, EntryPoint = "syncfs", SetLastError = true)]
    public static partial int SyncFileSystem(int descriptor);

    [LibraryImport(Library, EntryPoint = "flock", SetLastError = true)]
    public static partial int Flock(int descriptor, int operation);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Ioctl(int descriptor, nuint request, nint argument);

    /// <returns>The bytes of entries that were read next, 0 at the end.</returns>
    public static long ListDirectory(int directory, byte* entries, nuint bytes) => SystemCall(ListDirectoryNumber, directory, entries, bytes);

    [LibraryImport(Library, EntryPoint = "fstatvfs", SetLastError = true)]
    public static partial int FileSystemStatus(int descriptor, FileSystemBuffer* buffer);

    [LibraryImport(Library, EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    public static void KillMyself() => _ = Kill(Environment.ProcessId, 9);

    [LibraryImport(Library, EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    [LibraryImport(Library, EntryPoint = "getegid")]
    public static partial uint EffectiveGroup();

    [LibraryImport(Library, EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int priority);

    /// <summary>Has the calling thread run, read and write after all others: on Linux a process number of 0 means the thread itself (setpriority(2)).</summary>
    public static void StepBack() => _ = SetPriority(which: 0, who: 0, priority: 19);

    [LibraryImport(Library, EntryPoint = "umask")]
    public static partial uint SetCreationMask(uint mask);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, long directory, byte* path, OpenHow* how, nuint size);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, long directory, byte* entries, nuint bytes);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, ulong first, ulong last, ulong flags);

    /// <summary>
    /// Keeps what this process was started with open to itself: whoever starts an agent may leave it descriptors, and no command of a payload is to get them.
    /// close_range(2), Linux 5.11 and later.
    /// </summary>
    /// <returns>False where the kernel cannot.</returns>
    public static bool KeepDescriptorsFromChildren(uint first) => SystemCall(CloseRangeNumber, first, uint.MaxValue, CloseRangeOnExec) == 0;

    [StructLayout(LayoutKind.Sequential)]
    public struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }

    /// <summary>struct statx, linux/stat.h: 256 bytes, the same on every architecture.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 256)]
    public struct StatXBuffer
    {
        public uint Mask;
        public uint BlockSize;
        public ulong Attributes;
        public uint Links;
        public uint User;
        public uint Group;
        public ushort Mode;
        public ushort Spare;
        public ulong Inode;
        public ulong Size;
        public ulong Blocks;
        public ulong AttributesMask;
        public TimeStamp Accessed;
        public TimeStamp Born;
        public TimeStamp Changed;
        public TimeStamp Modified;
        public uint RealDeviceMajor;
        public uint RealDeviceMinor;
        public uint DeviceMajor;
        public uint DeviceMinor;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct TimeStamp
    {
        public long Seconds;
        public uint Nanoseconds;
        public int Reserved;
    }

    /// <summary>struct statvfs of glibc on 64-bit machines; what follows the fields named here is not read.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 256)]
    public struct FileSystemBuffer
    {
        public ulong BlockSize;
        public ulong FragmentSize;
        public ulong Blocks;
        public ulong FreeBlocks;
        public ulong AvailableBlocks;
        public ulong Files;
        public ulong FreeFiles;
        public ulong AvailableFiles;
    }
}
