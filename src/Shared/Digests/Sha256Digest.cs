using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace IuCutter.Digests;

/// <summary>
/// A SHA-256 value (FIPS 180-4): 32 bytes, written as 64 lower-case hex digits and never otherwise.
/// <c>default</c> is the legal value of 32 zero bytes. Ordered as its bytes are.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Sha256Digest : IComparable<Sha256Digest>
{
    public const int Bytes = 32;

    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    private Sha256Digest(ReadOnlySpan<byte> bytes)
    {
        _a = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _b = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _c = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        _d = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
    }

    /// <summary>The first 12 hex digits: what people compare by eye.</summary>
#pragma warning disable CA1720 // not the integer
    public string Short => ToString()[..12];
#pragma warning restore CA1720

    public static Sha256Digest Of(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[Bytes];
        SHA256.HashData(content, hash);
        return new Sha256Digest(hash);
    }

    /// <summary>Exactly 32 bytes; anything else is the caller's bug.</summary>
    public static Sha256Digest FromBytes(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, Bytes, nameof(bytes));
        return new Sha256Digest(bytes);
    }

    public static bool TryParse([NotNullWhen(true)] string? text, out Sha256Digest digest) => TryParse(text.AsSpan(), out digest);

    /// <summary>From 64 digits. Upper-case ones are refused: one value has one spelling.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Sha256Digest digest)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        var isOne = text.Length == Bytes * 2
            && !text.ContainsAnyInRange('A', 'F')
            && Convert.FromHexString(text, bytes, out _, out _) == OperationStatus.Done;
        digest = isOne ? new Sha256Digest(bytes) : default;
        return isOne;
    }

    /// <summary>The same from ASCII.</summary>
    public static bool TryParse(ReadOnlySpan<byte> ascii, out Sha256Digest digest)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        var isOne = ascii.Length == Bytes * 2 && LowerHex.TryRead(ascii, bytes);
        digest = isOne ? new Sha256Digest(bytes) : default;
        return isOne;
    }

    /// <exception cref="FormatException">The text is not 64 lower-case hex digits.</exception>
    public static Sha256Digest Parse(string text) =>
        TryParse(text, out var digest) ? digest : throw new FormatException($"'{text}' is no sha256: 64 digits of 0-9a-f are wanted.");

    public static bool operator <(Sha256Digest left, Sha256Digest right) => left.CompareTo(right) < 0;

    public static bool operator <=(Sha256Digest left, Sha256Digest right) => left.CompareTo(right) <= 0;

    public static bool operator >(Sha256Digest left, Sha256Digest right) => left.CompareTo(right) > 0;

    public static bool operator >=(Sha256Digest left, Sha256Digest right) => left.CompareTo(right) >= 0;

    public byte[] ToArray()
    {
        var bytes = new byte[Bytes];
        CopyTo(bytes);
        return bytes;
    }

    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _d);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _c);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _b);
        BinaryPrimitives.WriteUInt64BigEndian(destination, _a);
    }

    public int CompareTo(Sha256Digest other)
    {
        var order = _a.CompareTo(other._a);
        order = order != 0 ? order : _b.CompareTo(other._b);
        order = order != 0 ? order : _c.CompareTo(other._c);
        return order != 0 ? order : _d.CompareTo(other._d);
    }

    /// <summary>A manifest's digests are whatever its sender wrote: which of them meet in a table must not be theirs to choose.</summary>
    public override int GetHashCode() => (Mixed(_a ^ Seeds.A, _b ^ Seeds.B) ^ Mixed(_c ^ Seeds.C, _d ^ Seeds.D)).GetHashCode();

    private static ulong Mixed(ulong left, ulong right) => Math.BigMul(left, right, out var low) ^ low;

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    private static class Seeds
    {
        public static readonly ulong A = Random();
        public static readonly ulong B = Random();
        public static readonly ulong C = Random();
        public static readonly ulong D = Random();

        private static ulong Random() => MemoryMarshal.Read<ulong>(RandomNumberGenerator.GetBytes(sizeof(ulong)));
    }
}
