using System.Globalization;
using System.Text;

namespace IuCutter.Configuration;

/// <summary>Values from a file as messages show them: short, and with nothing in them that would act on a terminal.</summary>
internal static class Quoted
{
    private const int MostCharacters = 80;

    public static string Text(string value) => $"`{Plain(value)}`";

    public static string Plain(string value)
    {
        var shown = new StringBuilder();
        foreach (var rune in value.EnumerateRunes())
        {
            if (shown.Length >= MostCharacters)
            {
                return shown.Append('…').ToString();
            }

            if (IsShowable(rune))
            {
                shown.Append(rune.ToString());
            }
            else
            {
                shown.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
            }
        }

        return shown.ToString();
    }

    public static string List(IEnumerable<string> words) => string.Join(", ", words);

    // Format characters reorder or hide text (bidi), separators break the line.
    private static bool IsShowable(Rune rune) => Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
