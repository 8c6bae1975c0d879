using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Reports;

namespace IuCutter.Agent.Reporting;

/// <summary>Writes an operation's report package from its ledger lines and from nothing else, and signs the ledger's head.</summary>
/// <param name="operation">The operation's id.</param>
public sealed class ReportWriter(TargetHost host, string operation)
{
    private readonly string _folder = Path.Combine(host.State.Operations, operation);

    /// <summary>Gate G8: what can be reported before the end is written and read back, and the head so far is signed.</summary>
    public Task RunAsync(CheckList gate, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        gate.Observe("written", "the report is written", "files that read back as they were written", () =>
        {
            var files = ReportPackage.Files(OperationRecord.Of(operation, host.Ledger.EntriesOf(operation)));
            CrashPoint.Reach("C17.before");
            Directory.CreateDirectory(_folder);
            foreach (var (name, bytes) in files)
            {
                File.WriteAllBytes(Path.Combine(_folder, name), bytes);
            }

            CrashPoint.Reach("C17.after");
            var same = files.All(f => File.ReadAllBytes(Path.Combine(_folder, f.Name)).AsSpan().SequenceEqual(f.Bytes));
            return Observation.Of(same, "report written", ("path", _folder), ("files", files.Length), ("bytes", files.Sum(f => (long)f.Bytes.Length)));
        });
        gate.Observe("signed", "the ledger's head is signed", "a receipt that verifies", () =>
        {
            var (entries, head) = host.Ledger.Head;
            var receipt = host.Key.Sign(entries, head);
            return Observation.Of(
                receipt.Verifies(), $"ledger head {receipt.Head[..12]}… signed", ("entries", receipt.Entries), ("head", receipt.Head), ("public key", receipt.PublicKey));
        });
        return Task.CompletedTask;
    }

    /// <summary>After the operation's last line: the whole package, with the lines themselves and the signed head. It can be derived again at any time, so an error loses nothing.</summary>
    public void Finish()
    {
        try
        {
            var record = OperationRecord.Of(operation, host.Ledger.EntriesOf(operation));
            var (lines, receipt) = SignedLines.Of(host, record.Lines.First - 1, record.Lines.Last);
            Directory.CreateDirectory(_folder);
            foreach (var (name, bytes) in ReportPackage.Files(record))
            {
                File.WriteAllBytes(Path.Combine(_folder, name), bytes);
            }

            if (InTotoStatements.Of(record) is { IsEmpty: false } statements)
            {
                File.WriteAllBytes(Path.Combine(_folder, InTotoStatements.File), [.. statements.SelectMany(s => (byte[])[.. host.Key.Envelope(s), (byte)'\n'])]);
            }

            File.WriteAllBytes(Path.Combine(_folder, ReportPackage.LedgerFile), [.. lines.SelectMany(l => (byte[])[.. l.Span, (byte)'\n'])]);
            File.WriteAllBytes(Path.Combine(_folder, ReportPackage.ReceiptFile), [.. LedgerJson.Write(receipt), (byte)'\n']);
            host.Record?.Commit(_folder, $"{record.Order.Operation} of {record.Order.Release} to slot {record.Order.Slot}: verdict {record.End?.Verdict}");
        }
        catch (IOException)
        {
            // A full disk, most likely: the operation's end stands, and `iucutter report` writes the package from the ledger.
        }
    }
}
