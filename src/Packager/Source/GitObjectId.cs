using System.Runtime.InteropServices;
using System.Security.Cryptography;
using IuCutter.Digests;

namespace IuCutter.Packager.Source;

/// <summary>A git object's full id: 20 bytes (SHA-1) or 32 (SHA-256), held without a string, for a tree may name a million.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct GitObjectId
{
    private readonly Sha256Digest _bytes;
    private readonly byte _length;

    private GitObjectId(Sha256Digest bytes, int length)
    {
        _bytes = bytes;
        _length = (byte)length;
    }

    /// <summary>20 or 32 bytes.</summary>
    public int Length => _length;

    public int HexLength => _length * 2;

    public static bool TryParse(ReadOnlySpan<byte> hex, out GitObjectId id)
    {
        id = default;
        if (hex.Length is not (40 or 64))
        {
            return false;
        }

        // A SHA-1 id stands as a digest whose last 12 bytes are zero.
        Span<byte> padded = stackalloc byte[64];
        padded.Fill((byte)'0');
        hex.CopyTo(padded);
        if (!Sha256Digest.TryParse(padded, out var bytes))
        {
            return false;
        }

        id = new GitObjectId(bytes, hex.Length / 2);
        return true;
    }

    /// <summary>The id as <see cref="CopyTo"/> wrote it.</summary>
    public static GitObjectId FromBytes(ReadOnlySpan<byte> bytes, int length) => new(Sha256Digest.FromBytes(bytes), length);

    /// <summary>The id that git gives an object.</summary>
    /// <param name="whole">Its kind, a space, its size in digits, a zero, and its bytes (git's object model).</param>
    /// <param name="length">Bytes of an id: 20 or 32.</param>
    public static GitObjectId Of(ReadOnlySpan<byte> whole, int length)
    {
        Span<byte> hash = stackalloc byte[Sha256Digest.Bytes];
        hash.Clear();
        if (length == SHA1.HashSizeInBytes)
        {
#pragma warning disable CA5350 // The repository's own kind of id, not a choice.
            SHA1.HashData(whole, hash);
#pragma warning restore CA5350
        }
        else
        {
            SHA256.HashData(whole, hash);
        }

        return FromBytes(hash, length);
    }

    /// <summary>32 bytes, the last 12 of them zero for a SHA-1 id.</summary>
    public void CopyTo(Span<byte> destination) => _bytes.CopyTo(destination);

    public void WriteHex(Span<byte> destination)
    {
        Span<byte> bytes = stackalloc byte[Sha256Digest.Bytes];
        _bytes.CopyTo(bytes);
        LowerHex.Write(bytes[.._length], destination);
    }

    public override string ToString() => _bytes.ToString()[..HexLength];
}
