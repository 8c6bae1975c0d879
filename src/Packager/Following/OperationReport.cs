using IuCutter.Ledgers;
using IuCutter.Packager.Connecting;
using IuCutter.Protos.V1;
using IuCutter.Reports;

namespace IuCutter.Packager.Following;

/// <summary>An operation's report, made here from the lines that the target's agent signed, after all of them were verified.</summary>
internal sealed class OperationReport(Target target)
{
    /// <param name="asked">An operation's id, a release's id (its newest push), or null for the newest operation.</param>
    /// <exception cref="CommandException">There is no such operation, or the lines do not verify.</exception>
    public async Task<(OperationRecord Record, IReadOnlyList<(string Name, byte[] Bytes)> Files)> MakeAsync(string? asked, CancellationToken cancellation)
    {
        var operation = asked is not null && asked.StartsWith("op-", StringComparison.Ordinal) ? asked : await FindAsync(asked, cancellation);
        var answer = await SignedAnswer.AskAsync(target, new LedgerRequest { OperationId = operation }, cancellation);
        try
        {
            var record = OperationRecord.Of(operation, SignedLedger.Read(answer.Lines, answer.Receipt));
            List<(string, byte[])> files =
            [
                .. ReportPackage.Files(record),
                (ReportPackage.LedgerFile, Lines(answer.Lines)),
                (ReportPackage.ReceiptFile, Lines([LedgerJson.Write(answer.Receipt)])),
            ];
            if (answer.Envelopes.Count > 0)
            {
                files.Add((InTotoStatements.File, Lines(answer.Envelopes)));
            }

            return (record, files);
        }
        catch (LedgerBrokenException broken)
        {
            throw new CommandException(ExitCode.Blocked, "LEDGER_BROKEN", $"the ledger of {target.Address} does not verify: {broken.Message}", "nothing is reported from it; `iucutter logs --json` shows the lines as they are", broken);
        }
    }

    private static byte[] Lines(IEnumerable<ReadOnlyMemory<byte>> lines) => [.. lines.SelectMany(l => (byte[])[.. l.Span, (byte)'\n'])];

    private async Task<string> FindAsync(string? release, CancellationToken cancellation)
    {
        string? found = null;
        await new LedgerLines(target).ReadAsync("", 0, line =>
        {
            if (LedgerLines.TryRead(line.Span) is { Event: LedgerEvent.OperationBegun begun } entry
                && (release is null || (begun.Release == release && begun.Operation == "push")))
            {
                found = entry.Operation;
            }
        }, cancellation);
        return found ?? throw CommandException.Usage(
            release is null ? $"{target.Address} has had no operation yet" : $"no push of release '{release}' is in the ledger of {target.Address}",
            "`iucutter releases` lists releases, `iucutter operations` operations");
    }
}
