using System.Text.Json;
using IuCutter.Ledgers;
using IuCutter.Packager.Source;
using IuCutter.Reports;

namespace IuCutter.Packager.Following;

/// <summary>A report that lies on this host, and ledger lines with their receipt: verified without asking anyone.</summary>
internal static class ReportFolder
{
    public static bool IsOne(string path) => File.Exists(Path.Combine(path, ReportPackage.LedgerFile)) && File.Exists(Path.Combine(path, ReportPackage.ReceiptFile));

    /// <summary>
    /// Every line against the signature, every outcome against the rules, every file against the lines.
    /// </summary>
    /// <exception cref="CommandException">Something does not hold: the first that does not is named.</exception>
    public static async Task<(OperationRecord Record, LedgerReceipt Receipt, int Files)> VerifyAsync(string folder, CancellationToken cancellation)
    {
        await MustBePlainAsync(folder);
        var (entries, receipt) = await VerifyLinesAsync(Path.Combine(folder, ReportPackage.LedgerFile), Path.Combine(folder, ReportPackage.ReceiptFile), cancellation);
        try
        {
            var record = OperationRecord.Of(entries[0].Operation, entries);
            if (Recomputation.Contradictions(record) is [var first, ..])
            {
                throw Broken(folder, first);
            }

            var files = ReportPackage.Files(record);
            await MustBeAsync(folder, files, cancellation);
            await MustAttestAsync(folder, InTotoStatements.Of(record), receipt, cancellation);
            return (record, receipt, files.Length);
        }
        catch (LedgerBrokenException broken)
        {
            throw Broken(folder, broken.Message);
        }
    }

    /// <summary>Ledger lines against the receipt beside them.</summary>
    /// <exception cref="CommandException">They do not verify.</exception>
    public static async Task<(IReadOnlyList<LedgerEntry> Entries, LedgerReceipt Receipt)> VerifyLinesAsync(string ledger, string receiptPath, CancellationToken cancellation)
    {
        try
        {
            var receipt = LedgerJson.ReadReceipt(await File.ReadAllBytesAsync(receiptPath, cancellation));
            return (SignedLedger.Read(Split(await File.ReadAllBytesAsync(ledger, cancellation)), receipt), receipt);
        }
        catch (LedgerBrokenException broken)
        {
            throw Broken(ledger, broken.Message);
        }
        catch (JsonException wrong)
        {
            throw Broken(receiptPath, $"it is no receipt: {wrong.Message}");
        }
        catch (FileNotFoundException missing)
        {
            throw CommandException.Usage($"there is no file '{missing.FileName}'", "a ledger is verified with its agent's receipt: name it with --receipt");
        }
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Split(byte[] ledger)
    {
        var rest = ledger.AsMemory();
        while (!rest.IsEmpty)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            if (end < 0)
            {
                throw new LedgerBrokenException(0, "the last line is torn: it has no newline");
            }

            yield return rest[..end];
            rest = rest[(end + 1)..];
        }
    }

    /// <summary>Whatever a link leads to can be changed afterwards without touching the report, and a pipe says another thing each time.</summary>
    private static async Task MustBePlainAsync(string folder)
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(folder))
        {
            if (new FileInfo(path).LinkTarget is { } target)
            {
                throw Broken(folder, $"{Path.GetFileName(path)} is a link to {target}, and no file of the report's own");
            }

            if (Directory.Exists(path) || !await RawFile.IsPlainAsync(path))
            {
                throw Broken(folder, $"{Path.GetFileName(path)} is no plain file");
            }
        }
    }

    private static async Task MustBeAsync(string folder, IReadOnlyCollection<(string Name, byte[] Bytes)> files, CancellationToken cancellation)
    {
        foreach (var (name, bytes) in files)
        {
            var path = Path.Combine(folder, name);
            if (!File.Exists(path))
            {
                throw Broken(folder, $"{name} is missing");
            }

            if (!(await File.ReadAllBytesAsync(path, cancellation)).AsSpan().SequenceEqual(bytes))
            {
                throw Broken(folder, $"{name} does not say what the ledger lines say: it was edited, or written by another version of iucutter");
            }
        }

        var known = files.Select(f => f.Name).Append(ReportPackage.LedgerFile).Append(ReportPackage.ReceiptFile).Append(InTotoStatements.File).ToHashSet(StringComparer.Ordinal);
        if (Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).FirstOrDefault(n => !known.Contains(n!)) is { } stranger)
        {
            throw Broken(folder, $"{stranger} is no part of a report");
        }
    }

    private static async Task MustAttestAsync(string folder, IReadOnlyCollection<byte[]> statements, LedgerReceipt receipt, CancellationToken cancellation)
    {
        var path = Path.Combine(folder, InTotoStatements.File);
        var envelopes = File.Exists(path) ? Split(await File.ReadAllBytesAsync(path, cancellation)).ToList() : [];
        if (envelopes.Count != statements.Count || envelopes.Zip(statements).Any(e => !DsseEnvelope.Verifies(e.First, e.Second, receipt.PublicKey)))
        {
            throw Broken(folder, $"{InTotoStatements.File} does not attest what the ledger lines say under the agent's key");
        }
    }

    private static CommandException Broken(string what, string why) => new(ExitCode.Blocked, "DOES_NOT_VERIFY", $"{what} does not hold: {why}", "believe nothing of it; `iucutter report` makes a new one from the target's ledger");
}
