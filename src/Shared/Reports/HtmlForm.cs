using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using IuCutter.Gates;

namespace IuCutter.Reports;

/// <summary>Writes all documents as one page that needs nothing beside itself and runs no script.</summary>
internal static class HtmlForm
{
    private const string Style = """
        :root{--ink:#1d2329;--soft:#5c6873;--line:#dfe4e8;--paper:#fff;--ground:#f4f6f8;--good:#1a7f4b;--part:#9a6700;--bad:#b42318;--none:#8792a0}
        @media(prefers-color-scheme:dark){:root{--ink:#e4e9ee;--soft:#9aa7b3;--line:#323c46;--paper:#171c21;--ground:#0f1317;--good:#4cc38a;--part:#e2b340;--bad:#f2786d;--none:#6b7785}}
        *{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
        main{max-width:72rem;margin:0 auto;padding:2rem 1.25rem}header,section{background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:1.25rem 1.5rem;margin-bottom:1rem}
        h1{font-size:1.35rem;margin:0 0 .25rem;overflow-wrap:anywhere}h2{font-size:1.1rem;margin:0 0 .5rem}h3{font-size:.95rem;margin:1.25rem 0 .35rem}p{margin:.35rem 0;overflow-wrap:anywhere}
        .verdict{display:inline-block;font-size:1.6rem;font-weight:700;border-radius:8px;padding:.1rem .8rem;margin-right:.75rem;color:#fff;vertical-align:middle}.soft{color:var(--soft)}
        table{border-collapse:collapse;width:100%;font-size:.86rem;display:block;overflow-x:auto}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;border-bottom:1px solid var(--line);overflow-wrap:break-word}th{color:var(--soft);font-weight:600;white-space:nowrap}
        dl{display:grid;grid-template-columns:minmax(8rem,max-content) 1fr;gap:.1rem 1rem;margin:.4rem 0;font-size:.88rem}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
        pre{background:var(--ground);border:1px solid var(--line);border-radius:6px;padding:.6rem .8rem;overflow-x:auto;font-size:.8rem;white-space:pre-wrap;overflow-wrap:anywhere}
        .gate{display:grid;grid-template-columns:3rem 13rem 8rem 1fr 5rem;gap:.5rem;align-items:center;font-size:.88rem;padding:.15rem 0}.bar{height:.8rem;border-radius:3px;min-width:3px}.way{background:var(--ground);border-radius:3px}
        .PASS,.A{background:var(--good)}.PARTIAL{background:var(--part)}.FAIL,.C{background:var(--bad)}.BLOCKED,.B{background:var(--part)}.NOT_EXECUTED,.open{background:var(--none)}nav a{margin-right:1rem;color:inherit}
        """;

    public static byte[] Write(OperationRecord operation, IEnumerable<ReportDocument> documents)
    {
        var all = documents.ToList();
        var page = new StringBuilder();
        var title = $"{operation.Order.Operation} of {operation.Order.Release} to slot {operation.Order.Slot}";
        page.Append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\n");
        page.Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
        page.Append(CultureInfo.InvariantCulture, $"<title>{Escape(title)}</title>\n<style>\n{Style}\n</style></head>\n<body><main>\n");
        var verdict = operation.End?.Verdict.ToString() ?? "open";
        page.Append(CultureInfo.InvariantCulture, $"<header><h1><span class=\"verdict {verdict}\">{verdict}</span>{Escape(title)}</h1>\n<p>{Escape(ReportDocuments.Sentence(operation))}</p>\n");
        page.Append(CultureInfo.InvariantCulture, $"<p class=\"soft\">Operation {Escape(operation.Id)}, {Escape(ReportText.Moment(operation.Began))}, asked for by {Escape(operation.Order.RequestedBy)}.</p>\n<nav>");
        foreach (var document in all)
        {
            page.Append(CultureInfo.InvariantCulture, $"<a href=\"#{document.Name}\">{Escape(document.Title)}</a>");
        }

        page.Append("</nav></header>\n");
        TimeLine(page, operation);
        foreach (var document in Enumerable.Reverse(all).Take(1).Concat(all.SkipLast(1)))
        {
            Write(page, document);
        }

        page.Append("</main></body></html>\n");
        return Encoding.UTF8.GetBytes(page.ToString());
    }

    /// <summary>Gates run one after another: each bar begins where the one before has ended.</summary>
    private static void TimeLine(StringBuilder page, OperationRecord operation)
    {
        page.Append("<section><h2>Gates on a time line</h2>\n");
        var whole = Math.Max(1, operation.Gates.Sum(g => g.Milliseconds));
        var at = 0.0;
        foreach (var gate in operation.Gates)
        {
            var word = gate.Outcome?.Word() ?? "open";
            var (left, width) = (100 * at / whole, 100 * gate.Milliseconds / whole);
            page.Append(CultureInfo.InvariantCulture, $"<div class=\"gate\"><b>{gate.Gate}</b><span>{Escape(gate.Gate.Subject())}</span><span>{word}</span>");
            page.Append(CultureInfo.InvariantCulture, $"<span class=\"way\"><div class=\"bar {word}\" style=\"margin-left:{left:0.##}%;width:{width:0.##}%\"></div></span><span class=\"soft\">{ReportText.Time(gate.Milliseconds)}</span></div>\n");
            at += gate.Milliseconds;
        }

        page.Append("</section>\n");
    }

    private static void Write(StringBuilder page, ReportDocument document)
    {
        page.Append(CultureInfo.InvariantCulture, $"<section id=\"{document.Name}\"><h2>{Escape(document.Title)}</h2>\n");
        foreach (var block in document.Blocks)
        {
            Write(page, block);
        }

        page.Append("</section>\n");
    }

    private static void Write(StringBuilder page, Block block)
    {
        switch (block)
        {
            case Block.Heading heading:
                page.Append(CultureInfo.InvariantCulture, $"<h3>{Escape(heading.Text)}</h3>\n");
                break;
            case Block.Paragraph paragraph:
                page.Append(CultureInfo.InvariantCulture, $"<p>{Escape(paragraph.Text)}</p>\n");
                break;
            case Block.Facts facts:
                page.Append(CultureInfo.InvariantCulture, $"<dl>{string.Concat(facts.Items.Select(f => $"<dt>{Escape(f.Name)}</dt><dd>{Escape(f.Value)}</dd>"))}</dl>\n");
                break;
            case Block.Table table:
                page.Append(CultureInfo.InvariantCulture, $"<table><tr>{string.Concat(table.Columns.Select(c => $"<th>{Escape(c)}</th>"))}</tr>\n");
                foreach (var row in table.Rows)
                {
                    page.Append(CultureInfo.InvariantCulture, $"<tr>{string.Concat(row.Select(c => $"<td>{Escape(c)}</td>"))}</tr>\n");
                }

                page.Append("</table>\n");
                break;
            case Block.Output output:
                page.Append(CultureInfo.InvariantCulture, $"<pre>{string.Join('\n', output.Text.TrimEnd('\n').Split('\n').Select(Escape))}</pre>\n");
                break;
        }
    }

    private static string Escape(string text) => HtmlEncoder.Default.Encode(ReportText.OneLine(text));
}
