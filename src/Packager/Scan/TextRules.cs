using System.Buffers;

namespace IuCutter.Packager.Scan;

/// <summary>
/// The built-in rules that a file's text decides. Each begins at a mark that a fast search finds; here it is decided whether more than the mark
/// is there. Placeholders of documentation and samples are no hits.
/// </summary>
internal static class TextRules
{
    private const string Upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const string Lower = "abcdefghijklmnopqrstuvwxyz";
    private const string Digit = "0123456789";

    private static readonly SearchValues<char> AwsChars = SearchValues.Create(Upper + Digit);
    private static readonly SearchValues<char> Alphanumeric = SearchValues.Create(Upper + Lower + Digit);
    private static readonly SearchValues<char> Base64Url = SearchValues.Create(Upper + Lower + Digit + "_-");
    private static readonly SearchValues<char> SlackChars = SearchValues.Create(Upper + Lower + Digit + "-");
    private static readonly SearchValues<char> KeyTypeChars = SearchValues.Create(Upper + Digit + " ");

    // The signatures of the token that jwt.io shows everyone.
    private static readonly string[] ShownSignatures =
        ["SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c", "TJVA95OrM7E2cBab30RMHrHDcEfxjoYZgeFONFh7HgQ", "KMUFsIDTnFmyG3nMiGM6H9FNFUROf3wh7SmqJp-QV30"];

    public static IReadOnlyList<string> Marks { get; } =
        ["-----BEGIN ", "AKIA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "xox", "AIza", "eyJ", "://"];

    /// <summary>The rule that is broken by what begins at the mark, or null.</summary>
    public static string? Broken(ReadOnlySpan<char> text, int at)
    {
        var here = text[at..];
        var isBoundary = at == 0 || !Base64Url.Contains(text[at - 1]);
        return here[0] switch
        {
            '-' => IsPrivateKey(here) ? ScanRule.PrivateKey : null,
            ':' => DsnRule.HasPassword(text, at) ? ScanRule.DsnPassword : null,
            _ when !isBoundary => null,
            'A' when here.StartsWith("AKIA") => IsAwsKey(here) ? ScanRule.AwsKey : null,
            'A' => IsToken(here, 4, Base64Url, 35, 35) ? ScanRule.GoogleKey : null,
            'g' when here.StartsWith("github_pat_") => IsToken(here, 11, Base64Url, 40, 255) ? ScanRule.GithubToken : null,
            'g' => IsToken(here, 4, Alphanumeric, 36, 255) ? ScanRule.GithubToken : null,
            'x' => IsSlackToken(here) ? ScanRule.SlackToken : null,
            'e' => IsJwt(here) ? ScanRule.Jwt : null,
            _ => null,
        };
    }

    // "-----BEGIN RSA PRIVATE KEY-----" and its kin; PGP's ends in "BLOCK".
    private static bool IsPrivateKey(ReadOnlySpan<char> here)
    {
        if (!here.StartsWith("-----BEGIN "))
        {
            return false;
        }

        var label = here[11..Math.Min(here.Length, 11 + 64)];
        var end = label.IndexOfAnyExcept(KeyTypeChars);
        return end > 0 && label[end..].StartsWith("-----") && (label[..end].EndsWith("PRIVATE KEY") || label[..end].EndsWith("PRIVATE KEY BLOCK"));
    }

    private static bool IsAwsKey(ReadOnlySpan<char> here) =>
        IsToken(here, 4, AwsChars, 16, 16) && !here[..20].EndsWith("EXAMPLE") && !here.StartsWith("AKIAIOSFODNN7");

    private static bool IsSlackToken(ReadOnlySpan<char> here) =>
        here.Length > 5 && here[3] is 'a' or 'b' or 'e' or 'o' or 'p' or 'r' or 's' && here[4] == '-'
        && IsToken(here, 5, SlackChars, 20, 255) && here[5..].IndexOfAnyInRange('0', '9') is >= 0 and < 20;

    private static bool IsJwt(ReadOnlySpan<char> here)
    {
        var header = Run(here, Base64Url);
        if (header.Length < 16 || here.Length <= header.Length || here[header.Length] != '.' || !IsJwtHeader(header))
        {
            return false;
        }

        var rest = here[(header.Length + 1)..];
        var claims = Run(rest, Base64Url);
        if (!claims.StartsWith("eyJ") || rest.Length <= claims.Length || rest[claims.Length] != '.')
        {
            return false;
        }

        var signature = Run(rest[(claims.Length + 1)..], Base64Url);
        return signature.Length >= 32 && Distinct(signature) >= 10 && !ShownSignatures.Contains(signature.ToString(), StringComparer.Ordinal);
    }

    private static bool IsJwtHeader(ReadOnlySpan<char> header)
    {
        Span<byte> json = stackalloc byte[512];
        return header.Length <= 600
            && System.Buffers.Text.Base64Url.TryDecodeFromChars(header, json, out var length)
            && json[..length].IndexOf("\"alg\""u8) >= 0;
    }

    // A run of the right length after the prefix, and not one letter over and over ("ghp_xxxxxxxx").
    private static bool IsToken(ReadOnlySpan<char> here, int prefix, SearchValues<char> allowed, int least, int most)
    {
        var run = Run(here[prefix..], allowed);
        return run.Length >= least && run.Length <= most && Distinct(run) >= 8;
    }

    private static ReadOnlySpan<char> Run(ReadOnlySpan<char> text, SearchValues<char> allowed) =>
        text.IndexOfAnyExcept(allowed) is var end and >= 0 ? text[..end] : text;

    private static int Distinct(ReadOnlySpan<char> text)
    {
        UInt128 seen = 0;
        foreach (var c in text)
        {
            seen |= UInt128.One << (c & 127);
        }

        return (int)UInt128.PopCount(seen);
    }
}
