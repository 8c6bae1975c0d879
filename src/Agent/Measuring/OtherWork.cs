using IuCutter.Agent.Ledger;
using IuCutter.Agent.Releases;
using IuCutter.Ledgers;

namespace IuCutter.Agent.Measuring;

/// <summary>
/// What other operations of this agent did to the target while one ran, as the ledger says: those are changes, but not that one's. Only what lies
/// there just as they left it counts as theirs.
/// </summary>
public sealed class OtherWork
{
    private readonly Dictionary<string, string> _slots = new(StringComparer.Ordinal);
    private readonly HashSet<string> _releases = new(StringComparer.Ordinal);

    private OtherWork()
    {
    }

    /// <param name="ledger">Is read from the operation's own first line on.</param>
    /// <param name="operation">The one whose changes are measured.</param>
    public static OtherWork Beside(LedgerFile ledger, string operation)
    {
        var work = new OtherWork();
        var began = ledger.EntriesOf(operation).First().Seq;
        foreach (var line in ledger.LastLines((int)(ledger.Head.Entries - began)))
        {
            var entry = LedgerJson.ReadEntry(line.Span);
            if (!string.Equals(entry.Operation, operation, StringComparison.Ordinal))
            {
                work.Take(entry.Event);
            }
        }

        return work;
    }

    public bool Did(string release) => _releases.Contains(release);

    /// <param name="slot">The name of something beside the slot that is measured.</param>
    /// <param name="seen">How it was read: kind, link, owner.</param>
    public bool Did(string slot, string seen) => _slots.TryGetValue(slot, out var left) && seen.StartsWith(left, StringComparison.Ordinal);

    private void Take(LedgerEvent what)
    {
        switch (what)
        {
            case LedgerEvent.SlotSwitched switched:
                _slots[switched.Slot] = switched.Release is { } release ? $"Link to {DeployRoot.OwnDirectory}/releases/{release}/tree," : TargetReading.Absent;
                break;
            case LedgerEvent.ReleaseStaged staged:
                _releases.Add(staged.Release);
                break;
            case LedgerEvent.StepIntended { Step: "publish" or "prune" or "undo" } step:
                _releases.Add(step.Release);
                break;
            case LedgerEvent.ReleaseRemoved removed:
                _releases.Add(removed.Release);
                break;
        }
    }
}
