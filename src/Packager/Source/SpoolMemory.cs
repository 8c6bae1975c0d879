using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace IuCutter.Packager.Source;

/// <summary>Memory for contents, beside what the collector looks after: one large array would have it look through all others at the next one.</summary>
internal sealed unsafe class SpoolMemory : SafeHandleZeroOrMinusOneIsInvalid
{
    private readonly int _length;

    /// <param name="length">In bytes; what of it was never touched is no memory yet.</param>
    public SpoolMemory(int length)
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

    protected override bool ReleaseHandle()
    {
        NativeMemory.Free((byte*)handle);
        return true;
    }
}
