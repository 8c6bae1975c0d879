using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace IuCutter.Packager.Source;

/// <summary>
/// Memory for contents, beside what the collector looks after: one large array would have it look through all others at the next one.
/// <para>The kernel brings each page in when it is first touched, which on a virtual machine whose processor does not help takes longer than filling it:
/// 17 us a page, and 1.3 us where many are asked for at once (bench/floor.c).</para>
/// </summary>
internal sealed unsafe partial class FreshMemory : SafeHandleZeroOrMinusOneIsInvalid
{
    // madvise(2), MADV_POPULATE_WRITE: Linux 5.14 and later.
    private const int PopulateWrite = 23;

    private readonly int _length;

    /// <param name="length">In bytes; what of it was never touched is no memory yet.</param>
    public FreshMemory(int length)
        : base(ownsHandle: true)
    {
        _length = length;
        SetHandle((nint)NativeMemory.Alloc((nuint)length));
    }

    /// <summary>Only to be used until this is disposed.</summary>
    public Span<byte> Slice(int at, int count)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(at);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _length - at);
        return new Span<byte>((byte*)handle + at, count);
    }

    /// <summary>A buffer of the ordinary kind, with all its pages.</summary>
    public static byte[] Buffer(int length)
    {
        var buffer = GC.AllocateUninitializedArray<byte>(length);
        Populate(buffer);
        return buffer;
    }

    /// <summary>Has the kernel bring in what is about to be filled; where it cannot, the pages come one by one.</summary>
    public static void Populate(Span<byte> memory)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var page = (nuint)Environment.SystemPageSize;
        fixed (byte* first = memory)
        {
            var begin = (nuint)first & ~(page - 1);
            var end = ((nuint)first + (nuint)memory.Length) & ~(page - 1);
            if (end > begin)
            {
                _ = Advise(begin, end - begin, PopulateWrite);
            }
        }
    }

    protected override bool ReleaseHandle()
    {
        NativeMemory.Free((byte*)handle);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nuint address, nuint length, int advice);
}
