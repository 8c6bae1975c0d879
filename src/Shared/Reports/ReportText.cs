using System.Globalization;
using System.Text;

namespace IuCutter.Reports;

/// <summary>Makes text of others harmless wherever it is shown.</summary>
internal static class ReportText
{
    /// <summary>White space becomes one space each; what acts on a terminal, hides, or turns the direction of writing is written as its number.</summary>
    public static string OneLine(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is '\n' or '\r' or '\t')
            {
                plain.Append(' ');
            }
            else if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned)
            {
                plain.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:X}}}");
            }
            else
            {
                plain.Append(rune.ToString());
            }
        }

        return plain.ToString();
    }

    public static string Time(double milliseconds) => milliseconds >= 1000
        ? string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000:0.0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0} ms");

    public static string Moment(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture) + " UTC";
}
