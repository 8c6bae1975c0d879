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
        var files = new (string Name, byte[] Bytes)[documents.Length + 2];

        // Each is a pure function of its own, and whoever waits for a push waits for all of them.
        Parallel.For(0, files.Length, i => files[i] = (i - documents.Length) switch
        {
            < 0 => (documents[i].Name + ".md", MarkdownForm.Write(documents[i])),
            0 => ("report.html", HtmlForm.Write(operation, documents)),
            _ => ("report.json", JsonForm.Write(operation)),
        });
        return [.. files];
    }
}
