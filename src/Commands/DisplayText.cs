using System.Buffers;
using System.Globalization;
using System.Text;

namespace IuCutter.Commands;

/// <summary>Makes text of others safe to show: what would act on a terminal or hide is written as \xHH; newlines and tabs stay.</summary>
public static class DisplayText
{
    public static string Escape(ReadOnlySpan<byte> utf8)
    {
        var text = new StringBuilder(utf8.Length);
        while (!utf8.IsEmpty)
        {
            var valid = Rune.DecodeFromUtf8(utf8, out var rune, out var length) == OperationStatus.Done;
            if (valid && IsPlain(rune))
            {
                text.Append(rune.ToString());
            }
            else if (!valid || rune.Value != '\r')
            {
                foreach (var value in utf8[..length])
                {
                    text.Append(CultureInfo.InvariantCulture, $"\\x{value:X2}");
                }
            }

            utf8 = utf8[length..];
        }

        return text.ToString();
    }

    private static bool IsPlain(Rune rune) => rune.Value is '\n' or '\t' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate);
}
