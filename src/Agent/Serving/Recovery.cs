using IuCutter.Agent.Measuring;
using IuCutter.Agent.Releases;
using IuCutter.Agent.Reporting;
using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Manifests;
using Microsoft.Extensions.Logging;

namespace IuCutter.Agent.Serving;

/// <summary>
/// Settles at the agent's start what it was doing when it was killed: every operation that was begun and has no end is undone as far
/// as the ledger says it came, and ended with what was measured. Run twice, it finds nothing the second time.
/// </summary>
public sealed partial class Recovery(TargetHost host, ILogger<Recovery> log)
{
    public void Run()
    {
        foreach (var name in host.Root.StagingNames())
        {
            host.Root.DropStaging(name);
        }

        foreach (var operation in host.Ledger.Operations)
        {
            Settle(operation);
        }
    }

    /// <summary>Undoes and ends one operation; nothing happens when it has its end already.</summary>
    public void Settle(string operation)
    {
        var events = host.Ledger.EntriesOf(operation).Select(e => e.Event).ToList();
        if (events is [LedgerEvent.OperationBegun begun, ..] && !events.Exists(e => e is LedgerEvent.OperationEnded))
        {
            Settle(operation, begun, events);
        }
    }

    private void Settle(string operation, LedgerEvent.OperationBegun begun, List<LedgerEvent> events)
    {
        LogSettling(log, begun.Operation, operation);
        host.Root.Slot(begun.Slot).Clear();
        Promotion.Rehearsal(host.Root, begun.Slot);
        var isProved = events.Exists(e => e is LedgerEvent.ReleaseProved);
        var remains = isProved ? null : UndoSwitch(operation, begun, events) ?? RemoveRelease(operation, begun, events);
        List<string> changes = isProved ? [$"release {begun.Release} is live and proved"] : remains is null ? [] : [remains];
        changes.AddRange(isProved ? [] : Measure(begun, events));
        var verdict = isProved ? Verdict.A : changes.Count == 0 ? Verdict.B : Verdict.C;
        var reason = isProved
            ? "every gate had passed when the agent was stopped"
            : "the agent was stopped while the operation ran, or failed in it; what had been begun was undone";
        host.Ledger.Append(operation, new LedgerEvent.OperationEnded(verdict, reason, [.. changes], null, isProved ? null : "push again"), durable: true);
        new ReportWriter(host, operation).Finish();
    }

    /// <summary>What can still be held against the operation's own first looks: its anchors, and the release if that lay there before.</summary>
    private IEnumerable<string> Measure(LedgerEvent.OperationBegun begun, List<LedgerEvent> events)
    {
        var held = events.OfType<LedgerEvent.CheckMade>().Select(c => c.Check).Where(c => c.Status == CheckStatus.Held).ToList();
        var anchors = held.Find(c => c.Id == "G3.anchors.first")?.Evidence?.Measured;
        var changes = anchors is null ? [] : TargetReading.AnchorChangesSince(anchors, CancellationToken.None);
        return held.Exists(c => c.Id is "G3.whole" or "G4.present")
            && ReleaseId.TryParse(begun.Release, out var release)
            && ReleaseFolder.TryVerify(host.Root, release, CancellationToken.None) is not { HoldsTheManifest: true }
                ? changes.Append($"release {release} was whole, and is so no more")
                : changes;
    }

    /// <summary>Puts the slot back to what it was before the operation's own switch; null when that is so.</summary>
    private string? UndoSwitch(string operation, LedgerEvent.OperationBegun begun, List<LedgerEvent> events)
    {
        var intended = events.OfType<LedgerEvent.StepIntended>().LastOrDefault(s => s.Step is "promote" or "rollback");
        if (intended is null)
        {
            return null;
        }

        var slot = host.Root.Slot(begun.Slot);
        var before = intended.Previous is { } p ? (SlotState)new SlotState.Live(ReleaseId.Parse(p)) : new SlotState.Free();
        var seen = slot.Read();
        if (seen != before)
        {
            if (seen.LiveRelease?.ToString() != intended.Release)
            {
                return $"slot {begun.Slot} is {seen}, which is neither what it was nor what it was to become";
            }

            slot.Switch(seen, before.LiveRelease);
        }

        host.Ledger.Append(operation, new LedgerEvent.SlotSwitched(begun.Slot, intended.Previous, intended.Release, "undo"), durable: true);
        return null;
    }

    /// <summary>Removes the release that this operation added, unless another put it there before.</summary>
    private string? RemoveRelease(string operation, LedgerEvent.OperationBegun begun, List<LedgerEvent> events)
    {
        if (begun.Operation == "push"
            && events.Exists(e => e is LedgerEvent.StepIntended { Step: "publish" })
            && ReleaseId.TryParse(begun.Release, out var release)
            && host.Root.Has(release))
        {
            host.Root.Remove(release);
            host.Ledger.Append(operation, new LedgerEvent.ReleaseRemoved(release.ToString(), "the agent was stopped before the push had passed"), durable: true);
        }

        return null;
    }

    [LoggerMessage(200, LogLevel.Warning, "settling {Kind} {Operation}, which was under way when the agent was stopped")]
    private static partial void LogSettling(ILogger log, string kind, string operation);
}
