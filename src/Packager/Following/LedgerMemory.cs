using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using IuCutter.Ledgers;
using IuCutter.Packager.Connecting;
using IuCutter.Protos.V1;

namespace IuCutter.Packager.Following;

/// <summary>
/// The last signed head of each target's ledger, kept on this host: the only thing that shows a ledger that was cut at its end or written anew by whoever has
/// the target and its key. The first one seen is believed; from then on the ledger must go on from it, under the same key.
/// </summary>
internal sealed class LedgerMemory(Target target, Surroundings here)
{
    /// <summary>The file that keeps it; null where the user has no home.</summary>
    public string? File => UserFolders.State(here) is { } folder ? Path.Combine(folder, "targets", Name() + ".json") : null;

    /// <summary>Holds the target's ledger against what is kept, and keeps its head of now.</summary>
    /// <exception cref="CommandException">The ledger does not go on from there; or the target cannot be reached.</exception>
    public async Task CompareAsync(CancellationToken cancellation)
    {
        var kept = await ReadAsync(cancellation);
        var answer = await SignedAnswer.AskAsync(target, new LedgerRequest { After = kept is null ? ulong.MaxValue : (ulong)kept.Entries }, cancellation);
        if (kept is null)
        {
            if (!answer.Receipt.Verifies())
            {
                throw Broken("its receipt does not verify");
            }
        }
        else
        {
            MustGoOn(kept, answer);
        }

        await KeepAsync(answer.Receipt, cancellation);
    }

    /// <summary>As <see cref="CompareAsync"/>, when an operation has ended: a target that has become unreachable is no reason to lose its result.</summary>
    public async Task CompareIfReachableAsync(CancellationToken cancellation)
    {
        try
        {
            await CompareAsync(cancellation);
        }
        catch (CommandException away) when (away.Exit == ExitCode.Unreachable)
        {
            // The next operation compares with what was kept before.
        }
    }

    private void MustGoOn(LedgerReceipt kept, SignedAnswer answer)
    {
        if (answer.Receipt.PublicKey != kept.PublicKey)
        {
            throw Broken($"it is signed with key {answer.Receipt.Fingerprint}, and was with {kept.Fingerprint}");
        }

        if (answer.Receipt.Entries < kept.Entries)
        {
            throw Broken(string.Create(CultureInfo.InvariantCulture, $"it has {answer.Receipt.Entries} lines, and had {kept.Entries}: lines were cut off at its end"));
        }

        try
        {
            if (answer.Lines.Count == 0)
            {
                if (answer.Receipt.Head != kept.Head || !answer.Receipt.Verifies())
                {
                    throw Broken($"its line {kept.Entries} is another than it was");
                }

                return;
            }

            _ = SignedLedger.Read(answer.Lines, answer.Receipt, kept);
        }
        catch (LedgerBrokenException broken)
        {
            throw Broken(broken.Message);
        }
    }

    private CommandException Broken(string what) => new(
        ExitCode.Blocked,
        "LEDGER_REWRITTEN",
        $"the ledger of {target.Address} does not go on from where it was when this host saw it last: {what}. Nothing was begun",
        $"find out who rebuilt or changed that target; when you know, remove {File} to begin anew");

    private string Name() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(target.Address.ToString())))[..24];

    private async Task<LedgerReceipt?> ReadAsync(CancellationToken cancellation)
    {
        if (File is not { } path || IsNothing(path))
        {
            return null;
        }

        try
        {
            return LedgerJson.ReadReceipt(await System.IO.File.ReadAllBytesAsync(path, cancellation));
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                ExitCode.Blocked,
                "BAD_RECEIPT",
                $"{path}, which keeps how far this host has seen the ledger of {target.Address}, cannot be read: {e.Message}. Nothing was begun",
                "find out who changed it; put it back from a copy, or remove it to believe that ledger as it is now",
                e);
        }
    }

    /// <summary>Only where nothing lies was nothing ever seen: whatever lies there in the file's place, or in its folder's, was put there by somebody.</summary>
    private static bool IsNothing(string path)
    {
        try
        {
            _ = System.IO.File.GetAttributes(path);
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            var above = Path.GetDirectoryName(path);
            while (above is not null && !Directory.Exists(above) && !System.IO.File.Exists(above) && new FileInfo(above).LinkTarget is null)
            {
                above = Path.GetDirectoryName(above);
            }

            return above is null || Directory.Exists(above);
        }
    }

    private async Task KeepAsync(LedgerReceipt receipt, CancellationToken cancellation)
    {
        if (File is not { } path || (await ReadAsync(cancellation) is { } other && other.Entries > receipt.Entries))
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var temporary = $"{path}.{Environment.ProcessId}";
            await System.IO.File.WriteAllBytesAsync(temporary, LedgerJson.Write(receipt), cancellation);
            System.IO.File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            here.Errors.Line($"note: the target's receipt was not kept: {e.Message}");
        }
    }
}
