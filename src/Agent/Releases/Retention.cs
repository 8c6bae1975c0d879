using IuCutter.Ledgers;
using IuCutter.Manifests;

namespace IuCutter.Agent.Releases;

/// <summary>
/// Removes releases that nobody needs: never one that is live in any slot, never one that a rollback may need, and never while
/// another push could be reusing its contents.
/// </summary>
public sealed class Retention(TargetHost host)
{
    /// <summary>Keeps the newest releases that were staged for the slot, and drops what is older.</summary>
    /// <param name="keep">How many stay, 1 or more; the live one and the one to go back to stay whatever it says.</param>
    public void Prune(string slot, int keep)
    {
        var history = host.Ledger.History(slot);
        var needed = host.Ledger.Slots
            .Where(s => s != slot)
            .SelectMany(s => host.Ledger.History(s).WayBack)
            .Concat(history.Staged.TakeLast(keep))
            .Append(history.Live ?? "")
            .Append(history.RollbackRelease ?? "")
            .ToHashSet(StringComparer.Ordinal);
        foreach (var old in history.Staged.Where(r => !needed.Contains(r)))
        {
            Remove(slot, ReleaseId.Parse(old), keep);
        }
    }

    private void Remove(string slot, ReleaseId release, int keep)
    {
        host.Ledger.Append("", new LedgerEvent.StepIntended("prune", slot, release.ToString(), null), durable: true);
        host.Root.Remove(release);
        host.Ledger.Append("", new LedgerEvent.ReleaseRemoved(release.ToString(), $"older than the {keep} releases that slot {slot} keeps"), durable: true);
    }
}
