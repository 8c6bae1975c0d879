using IuCutter.Gaps;
using IuCutter.Ledgers;
using IuCutter.Packager.Connecting;
using IuCutter.Protos.V1;

namespace IuCutter.Packager.Following;

/// <summary>What is derived of a slot from the target's whole ledger, after its signature, its chain and the head seen last were verified here.</summary>
internal static class SlotLedger
{
    /// <exception cref="CommandException">The ledger does not verify, or does not go on from where it was; or this version cannot read it.</exception>
    public static async Task<T> DeriveAsync<T>(Target target, Surroundings here, Func<IReadOnlyList<LedgerEntry>, T> derive, CancellationToken cancellation)
    {
        await new LedgerMemory(target, here).CompareAsync(cancellation);
        var answer = await SignedAnswer.AskAsync(target, new LedgerRequest(), cancellation);
        try
        {
            return derive(SignedLedger.Read(answer.Lines, answer.Receipt));
        }
        catch (LedgerBrokenException broken)
        {
            throw new CommandException(
                ExitCode.Blocked, "LEDGER_BROKEN", $"the ledger of {target.Address} does not verify: {broken.Message}", "nothing is derived from it; `iucutter logs --json` shows the lines as they are", broken);
        }
    }

    public static Task<GapRegister> GapsAsync(string slot, Target target, Surroundings here, CancellationToken cancellation) =>
        DeriveAsync(target, here, entries => GapRegister.Of(MustBeThere(slot, target, entries), entries), cancellation);

    public static Task<ReadinessList> ReadinessAsync(string slot, Target target, Surroundings here, CancellationToken cancellation) =>
        DeriveAsync(target, here, entries => ReadinessList.Of(MustBeThere(slot, target, entries), entries, here.Time.GetUtcNow()), cancellation);

    private static string MustBeThere(string slot, Target target, IReadOnlyList<LedgerEntry> entries) =>
        entries.Any(e => e.Event is LedgerEvent.OperationBegun begun && begun.Slot == slot)
            ? slot
            : throw CommandException.Usage($"nothing was ever done to a slot '{slot}' at {target.Address}", "`iucutter status` lists its slots");
}
