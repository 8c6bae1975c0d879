using System.Buffers;
using System.Globalization;
using System.Text;

namespace IuCutter.Reports;

/// <summary>Writes a document as Markdown (CommonMark with tables). Nothing that a payload printed becomes markup.</summary>
internal static class MarkdownForm
{
    /// <summary>What means something inside a line, to CommonMark, to its tables, or to a page that sets formulas.</summary>
    private const string Marks = @"\`*_{}[]<>#|&~!$@";

    private const int LeastFence = 3;

    /// <summary>The marks, and what an address is known by.</summary>
    private static readonly SearchValues<char> MayMean = SearchValues.Create(Marks + ":.");

    public static byte[] Write(ReportDocument document)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {Escape(document.Title)}\n");
        foreach (var block in document.Blocks)
        {
            text.Append('\n');
            Write(text, block);
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void Write(StringBuilder text, Block block)
    {
        switch (block)
        {
            case Block.Heading heading:
                text.Append(CultureInfo.InvariantCulture, $"## {Escape(heading.Text)}\n");
                break;
            case Block.Paragraph paragraph:
                text.Append(CultureInfo.InvariantCulture, $"{AtLineStart(Escape(paragraph.Text))}\n");
                break;
            case Block.Facts facts:
                foreach (var (name, value) in facts.Items)
                {
                    text.Append(CultureInfo.InvariantCulture, $"- **{Escape(name)}**: {Escape(value)}\n");
                }

                break;
            case Block.Table table:
                text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", table.Columns.Select(Escape))} |\n|{string.Concat(table.Columns.Select(_ => "---|"))}\n");
                foreach (var row in table.Rows)
                {
                    text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", row.Select(Escape))} |\n");
                }

                break;
            case Block.Output output:
                WriteCode(text, output.Text);
                break;
        }
    }

    /// <summary>
    /// Between fences longer than any that stands inside, and at the line's begin: four blanks would be code only where no list stands before them, and
    /// a fence at the line's begin ends a list.
    /// </summary>
    private static void WriteCode(StringBuilder text, string output)
    {
        var lines = output.TrimEnd('\n').Split('\n').Select(Plain).ToList();
        var fence = new string('`', Math.Max(LeastFence, lines.Max(LongestRun) + 1));
        text.Append(CultureInfo.InvariantCulture, $"{fence}\n");
        foreach (var line in lines)
        {
            text.Append(CultureInfo.InvariantCulture, $"{line}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"{fence}\n");
    }

    private static int LongestRun(string line)
    {
        var (longest, run) = (0, 0);
        foreach (var c in line)
        {
            run = c == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }

    private static string Escape(string text)
    {
        var plain = Plain(text).Trim();
        if (!plain.AsSpan().ContainsAny(MayMean))
        {
            return plain;
        }

        var escaped = new StringBuilder(plain.Length);
        for (var at = 0; at < plain.Length; at++)
        {
            if (MayMean.Contains(plain[at]) && (plain[at] is not (':' or '.') || BeginsAddress(plain, at)))
            {
                escaped.Append('\\');
            }

            escaped.Append(plain[at]);
        }

        return escaped.ToString();
    }

    /// <summary>Readers make a link of a bare address too: the colon of http:// and the dot of www. are what they know it by.</summary>
    private static bool BeginsAddress(string text, int at) => text[at] switch
    {
        ':' => string.CompareOrdinal(text, at, "://", 0, 3) == 0,
        '.' => at >= 3 && string.Compare(text, at - 3, "www", 0, 3, StringComparison.OrdinalIgnoreCase) == 0,
        _ => false,
    };

    /// <summary>What begins a list, a rule or an underlined heading there is escaped; within a line it means nothing.</summary>
    private static string AtLineStart(string escaped)
    {
        var digits = escaped.TakeWhile(char.IsAsciiDigit).Count();
        return digits < escaped.Length && escaped[digits] is '.' or ')' && digits > 0 ? escaped.Insert(digits, "\\")
            : escaped is ['-' or '+' or '=', ..] ? "\\" + escaped
            : escaped;
    }

    private static string Plain(string text) => ReportText.OneLine(text);
}
