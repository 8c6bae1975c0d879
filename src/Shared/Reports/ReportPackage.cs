using System.Collections.Immutable;

namespace IuCutter.Reports;

/// <summary>
/// The files of an operation's report: eight documents as Markdown, one HTML page of them all, and one JSON object. A pure function of the
/// operation's ledger lines: from the same lines come the same bytes, on whichever host.
/// </summary>
public static class ReportPackage
{
    /// <summary>The ledger lines that the report is derived from, and those of others between them.</summary>
    public const string LedgerFile = "ledger.jsonl";

    /// <summary>The ledger's head as the agent signed it.</summary>
    public const string ReceiptFile = "receipt.json";

    public static ImmutableArray<(string Name, byte[] Bytes)> Files(OperationRecord operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        var documents = ReportDocuments.Of(operation);
        return
        [
            .. documents.Select(d => (d.Name + ".md", MarkdownForm.Write(d))),
            ("report.html", HtmlForm.Write(operation, documents)),
            ("report.json", JsonForm.Write(operation)),
        ];
    }
}
