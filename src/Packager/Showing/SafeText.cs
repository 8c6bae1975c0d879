using System.Globalization;
using System.Text;

namespace IuCutter.Packager.Showing;

/// <summary>
/// Makes text from elsewhere (the target, a command's output, a commit) harmless on a terminal: what could move the cursor, hide, reorder or
/// forge something is shown as <c>\xHH</c> or <c>\u{HHHH}</c>. A backslash stays one, for this is for reading, not for parsing back.
/// </summary>
internal static class SafeText
{
    /// <summary>One line: line ends are escaped, too.</summary>
    public static string Line(string text) => IsHarmless(text) ? text : Escape(text);

    /// <summary>A text's last lines, each one safe; tabs become spaces.</summary>
    public static IReadOnlyList<string> LastLines(string text, int most)
    {
        var lines = text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        return [.. lines.TakeLast(most).Select(line => Line(line.Replace("\t", "    ", StringComparison.Ordinal)))];
    }

    private static bool IsHarmless(string text)
    {
        foreach (var c in text)
        {
            if (c is < ' ' or > '~')
            {
                return false;
            }
        }

        return true;
    }

    private static string Escape(string text)
    {
        var safe = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            if (!IsDangerous(rune))
            {
                safe.Append(rune);
            }
            else if (rune.Value < 0x100)
            {
                safe.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}");
            }
            else
            {
                safe.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
            }
        }

        return safe.ToString();
    }

    // Format covers the bidirectional overrides and the invisible ones; the separators end a line on some terminals.
    private static bool IsDangerous(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control
        or UnicodeCategory.Format
        or UnicodeCategory.Surrogate
        or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator;
}
