using System.Buffers;
using System.Text;

namespace IuCutter.Digests;

/// <summary>The digits of every digest and object id that we print or accept.</summary>
public static class LowerHex
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    /// <summary>Two ASCII digits for each byte; how many were written.</summary>
    /// <param name="bytes">A digest's or an id's: 32 at most.</param>
    /// <param name="ascii">At least twice as long.</param>
    public static int Write(ReadOnlySpan<byte> bytes, Span<byte> ascii)
    {
        Span<char> text = stackalloc char[Sha256Digest.Bytes * 2];
        return Convert.TryToHexStringLower(bytes, text, out var written)
            ? Encoding.ASCII.GetBytes(text[..written], ascii)
            : throw new ArgumentOutOfRangeException(nameof(bytes), bytes.Length, "longer than a digest");
    }

    public static bool Is(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Digits);
}
