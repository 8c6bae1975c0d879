using System.Text.RegularExpressions;

namespace IuCutter.Configuration;

/// <summary>
/// The regular expressions of assertions. They match in time linear in the text, whoever wrote them, at the price of look-around
/// and back-references; ^ and $ match at lines.
/// </summary>
public static class AssertionPattern
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <exception cref="ArgumentException">No regular expression.</exception>
    /// <exception cref="NotSupportedException">Uses look-around, back-references or is too large.</exception>
    public static Regex Compile(string pattern) =>
        new(pattern, RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, Longest);

    public static string? Refusal(string pattern)
    {
        try
        {
            Compile(pattern);
            return null;
        }
        catch (Exception wrong) when (wrong is ArgumentException or NotSupportedException)
        {
            return $"{Quoted.Text(pattern)} is no regular expression that is read here: "
                + (wrong is NotSupportedException ? "look-around, back-references and the like are not, for they can take for ever; or it is too large" : Quoted.Plain(wrong.Message));
        }
    }
}
