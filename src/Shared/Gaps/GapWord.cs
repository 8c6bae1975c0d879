using System.Globalization;

namespace IuCutter.Gaps;

/// <summary>A named person's word that a gap is closed, as it is signed with the person's own ssh key.</summary>
/// <param name="Host">The target's host name.</param>
/// <param name="Agent">The fingerprint of the key that signs the target's ledger.</param>
/// <param name="Opened">The ledger line by which the gap was opened: a word for one opening closes no other.</param>
/// <param name="At">When it was signed, by the person's clock; whole milliseconds.</param>
public sealed record GapWord(string Host, string Agent, string Slot, string Gap, long Opened, string Who, string Why, DateTimeOffset At)
{
    /// <summary>The namespace of the signature: ssh-keygen lets it serve for nothing else.</summary>
    public const string Namespace = "iucutter-gap-v1";

    public const int LongestWhy = 1000;

    private const int LongestWho = 128;

    /// <summary>What is signed, byte for byte; each field is one line.</summary>
    public string Text => string.Create(
        CultureInfo.InvariantCulture,
        $"{Namespace}\nhost {Host}\nagent {Agent}\nslot {Slot}\ngap {Gap}\nopened {Opened}\nat {At.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}\nwho {Who}\nwhy {Why}\n");

    /// <summary>Null when a name can stand in an allowed-signers file and in the signed text.</summary>
    public static string? WhoRefusal(string who) => who.Length is 0 or > LongestWho || who.Any(c => c is <= ' ' or > '~' or ',' or '"' or '*' or '?' or '!' or '#')
        ? $"wanted 1 to {LongestWho} printable ASCII characters without blanks, quotes, commas or any of * ? ! #"
        : null;

    /// <summary>Null when a reason can be signed.</summary>
    public static string? WhyRefusal(string why) => string.IsNullOrWhiteSpace(why) || why.Length > LongestWhy || why.Any(char.IsControl)
        ? $"wanted one line of 1 to {LongestWhy} characters"
        : null;
}
