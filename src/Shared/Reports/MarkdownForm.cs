using System.Globalization;
using System.Text;

namespace IuCutter.Reports;

/// <summary>Writes a document as Markdown (CommonMark with tables). Nothing that a payload printed becomes markup.</summary>
internal static class MarkdownForm
{
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
                text.Append(CultureInfo.InvariantCulture, $"{Escape(paragraph.Text)}\n");
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
                // Indented code has no fence that what stands inside could close.
                foreach (var line in output.Text.TrimEnd('\n').Split('\n'))
                {
                    text.Append(CultureInfo.InvariantCulture, $"    {Plain(line)}\n");
                }

                break;
        }
    }

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var c in Plain(text))
        {
            escaped.Append(@"\`*_{}[]<>#|&~!".Contains(c, StringComparison.Ordinal) ? "\\" : "").Append(c);
        }

        return escaped.ToString();
    }

    private static string Plain(string text) => ReportText.OneLine(text);
}
