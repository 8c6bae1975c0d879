using System.Runtime.InteropServices;

namespace IuCutter;

/// <summary>
/// Memory that is about to be filled. The kernel brings each page in when it is first touched, which on a virtual machine whose processor does not help takes longer
/// than filling it: 17 us a page, and 1.3 us where many are asked for at once (bench/floor.c).
/// </summary>
public static unsafe partial class FreshPages
{
    // madvise(2), MADV_POPULATE_WRITE: Linux 5.14 and later.
    private const int PopulateWrite = 23;

    // Smaller arrays lie among others, whose pages are there already.
    private const int LeastBytes = 128 << 10;

    /// <summary>An array with all its pages, and with whatever stands in them.</summary>
    public static T[] Array<T>(int length)
        where T : unmanaged
    {
        var array = GC.AllocateUninitializedArray<T>(length);
        Populate(MemoryMarshal.AsBytes(array.AsSpan()));
        return array;
    }

    /// <summary>Has the kernel bring in what is about to be filled; where it cannot, the pages come one by one.</summary>
    public static void Populate(Span<byte> memory)
    {
        if (memory.Length < LeastBytes || !OperatingSystem.IsLinux())
        {
            return;
        }

        var page = (nuint)Environment.SystemPageSize;
        fixed (byte* first = memory)
        {
            var begin = (nuint)first & ~(page - 1);
            var end = ((nuint)first + (nuint)memory.Length) & ~(page - 1);
            _ = Advise(begin, end - begin, PopulateWrite);
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nuint address, nuint length, int advice);
}
