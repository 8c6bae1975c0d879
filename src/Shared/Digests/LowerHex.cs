using System.Buffers;
using System.Runtime.InteropServices;

namespace IuCutter.Digests;

/// <summary>The digits of every digest and object id that we print or accept.</summary>
public static class LowerHex
{
    private const int NoDigit = 0xFF;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");
    private static readonly byte[] Values = ValuesOfAscii();
    private static readonly ushort[] Pairs = PairsOfAscii();

    private static ReadOnlySpan<byte> Ascii => "0123456789abcdef"u8;

    /// <summary>Two ASCII digits for each byte; how many were written.</summary>
    /// <param name="bytes">A digest's or an id's.</param>
    /// <param name="ascii">At least twice as long.</param>
    public static int Write(ReadOnlySpan<byte> bytes, Span<byte> ascii)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ascii.Length, 2 * bytes.Length, nameof(ascii));
        var pairs = MemoryMarshal.Cast<byte, ushort>(ascii[..(2 * bytes.Length)]);
        for (var i = 0; i < bytes.Length; i++)
        {
            pairs[i] = Pairs[bytes[i]];
        }

        return 2 * bytes.Length;
    }

    /// <param name="ascii">Twice as many as there are bytes to fill.</param>
    /// <param name="bytes">Of no use where the answer is false.</param>
    /// <returns>False where anything but a lower-case digit stands among them.</returns>
    public static bool TryRead(ReadOnlySpan<byte> ascii, Span<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(ascii.Length, 2 * bytes.Length, nameof(ascii));
        var seen = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            int high = Values[ascii[2 * i]], low = Values[ascii[(2 * i) + 1]];
            seen |= high | low;
            bytes[i] = (byte)((high << 4) | low);
        }

        return seen < 0x10;
    }

    public static bool Is(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Digits);

    /// <summary>Both digits of each byte, as they lie in memory.</summary>
    private static ushort[] PairsOfAscii()
    {
        var pairs = new ushort[byte.MaxValue + 1];
        for (var value = 0; value < pairs.Length; value++)
        {
            pairs[value] = MemoryMarshal.Read<ushort>([Ascii[value >> 4], Ascii[value & 0xF]]);
        }

        return pairs;
    }

    private static byte[] ValuesOfAscii()
    {
        var values = new byte[byte.MaxValue + 1];
        values.AsSpan().Fill(NoDigit);
        for (byte value = 0; value < Ascii.Length; value++)
        {
            values[Ascii[value]] = value;
        }

        return values;
    }
}
