using System.Buffers;

namespace IuCutter.Digests;

/// <summary>The digits of every digest and object id that we print or accept.</summary>
public static class LowerHex
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    public static bool Is(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Digits);
}
