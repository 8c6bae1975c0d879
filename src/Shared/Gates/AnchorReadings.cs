using System.Buffers;
using IuCutter.Digests;

namespace IuCutter.Gates;

/// <summary>
/// How one reading of an anchor is written down: the tree digest of what lies there, or why there is none. Only a digest shows anything of what
/// is kept there: nothing is seen twice of what is absent, or may not be read.
/// </summary>
public static class AnchorReadings
{
    public const string Absent = "absent";

    private const int DigestLength = 64;
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    public static string LeadsNowhere(Sha256Digest link) => $"a link to where nothing is ({link})";

    public static string Unreadable(string why) => $"unreadable ({why})";

    /// <summary>True when something lay there, and all of it was read.</summary>
    public static bool IsDigest(string reading)
    {
        ArgumentNullException.ThrowIfNull(reading);
        return reading.Length == DigestLength && !reading.AsSpan().ContainsAnyExcept(HexDigits);
    }
}
