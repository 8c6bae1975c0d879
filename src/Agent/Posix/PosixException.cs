using System.Runtime.InteropServices;
using IuCutter.Manifests;

namespace IuCutter.Agent.Posix;

/// <summary>A system call failed: which, on what, and the kernel's reason.</summary>
public sealed class PosixException(string deed, string subject, int errno)
    : IOException($"cannot {deed} {subject}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})")
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int Forbidden = 13;
    public const int Exists = 17;
    public const int CrossDevice = 18;
    public const int NotDirectory = 20;
    public const int IsDirectory = 21;
    public const int NoSpace = 28;
    public const int ReadOnlyFileSystem = 30;
    public const int TooManyNames = 31;
    public const int NameTooLong = 36;
    public const int TooManyLinks = 40;
    public const int QuotaExceeded = 122;

    /// <summary>The kernel's number for the reason, errno(3).</summary>
    public int Errno { get; } = errno;

    /// <summary>True when no room was left: bytes, inodes or quota.</summary>
    public bool IsNoRoom => Errno is NoSpace or QuotaExceeded;

    internal static PosixException Last(string deed, ReadOnlySpan<byte> path) =>
        new(deed, TreePath.FromBytes(path.TrimEnd((byte)0)).ToString(), Marshal.GetLastPInvokeError());
}
