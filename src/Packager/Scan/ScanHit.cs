using System.Globalization;
using System.Text;
using IuCutter.Manifests;

namespace IuCutter.Packager.Scan;

/// <summary>
/// Something that must not be released: where, by which rule, and on which line (from 1; 0 where the path itself is at fault). It never holds the
/// text that was found.
/// </summary>
public sealed record ScanHit(TreePath Path, string Rule, long Line)
{
    /// <summary>The very line that makes an exemption of it, under <c>forbid: allow:</c> in the payload's configuration.</summary>
    public string AllowLine => $"- '{AllowedRule}:{Glob().Replace("'", "''", StringComparison.Ordinal)}'";

    private string AllowedRule => Rule.IndexOf('#', StringComparison.Ordinal) is var number and >= 0 ? Rule[..number] : Rule;

    public override string ToString()
    {
        var where = Line > 0 ? string.Create(CultureInfo.InvariantCulture, $"{Path}:{Line}") : Path.ToString();
        return $"{where}: {Rule}. If it is meant to be there, add to forbid.allow: {AllowLine}";
    }

    // The path as a glob that means just it; a byte that YAML text cannot show becomes '?'.
    private string Glob()
    {
        var bytes = Path.ToBytes();
        var isText = System.Text.Unicode.Utf8.IsValid(bytes);
        var text = isText ? Encoding.UTF8.GetString(bytes) : Path.Raw;
        var glob = new StringBuilder("/");
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                || (!isText && !rune.IsAscii))
            {
                glob.Append('?', isText ? rune.Utf8SequenceLength : 1);
                continue;
            }

            if (rune.Value is '*' or '?' or '[' or '\\')
            {
                glob.Append('\\');
            }

            glob.Append(rune);
        }

        return glob.ToString();
    }
}
