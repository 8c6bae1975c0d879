using System.Collections.Immutable;
using IuCutter.Agent.Measuring;
using IuCutter.Agent.Operations;
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

        // All are undone before the first is measured: what another has left half done is not its change.
        var open = host.Ledger.Operations.Select(Open).OfType<Unsettled>().ToList();
        foreach (var (operation, remains) in open.Select(o => (o, Undo(o))).ToList())
        {
            End(operation, remains);
        }
    }

    /// <summary>Undoes and ends one operation; nothing happens when it has its end already.</summary>
    public void Settle(string operation)
    {
        if (Open(operation) is { } open)
        {
            End(open, Undo(open));
        }
    }

    private Unsettled? Open(string operation)
    {
        var events = host.Ledger.EntriesOf(operation).Select(e => e.Event).ToList();
        return events is [LedgerEvent.OperationBegun begun, ..] && !events.Exists(e => e is LedgerEvent.OperationEnded)
            ? new Unsettled(operation, begun, events)
            : null;
    }

    /// <returns>What could not be undone; null when nothing is left.</returns>
    private string? Undo(Unsettled open)
    {
        LogSettling(log, open.Begun.Operation, open.Id);
        host.Root.Slot(open.Begun.Slot).Clear();
        Promotion.Rehearsal(host.Root, open.Begun.Slot);
        return open.IsProved ? null : UndoSwitch(open.Id, open.Begun, open.Events) ?? RemoveRelease(open.Id, open.Begun, open.Events);
    }

    private void End(Unsettled open, string? remains)
    {
        var isProved = open.IsProved;
        var (measured, seen) = Measure(open);
        string[] told = isProved ? [$"release {open.Begun.Release} is live and proved"] : remains is null ? [] : [remains];
        ImmutableArray<string> changes = [.. told, .. seen];
        var verdict = isProved ? Verdict.A : new TargetState(measured, changes, null).IsMeasuredUnchanged ? Verdict.B : Verdict.C;
        var reason = isProved
            ? "every gate had passed when the agent was stopped"
            : "the agent was stopped while the operation ran, or failed in it; what had been begun was undone";
        host.Ledger.Append(open.Id, new LedgerEvent.OperationEnded(verdict, reason, changes, null, isProved || open.IsCancelled ? null : Again(open.Begun)), durable: true);
        new ReportWriter(host, open.Id).Finish();
    }

    private static string Again(LedgerEvent.OperationBegun begun) => begun switch
    {
        { Operation: "rollback", Release: { } release } => $"iucutter rollback --slot {begun.Slot} --to {release}",
        { Operation: "push" } => begun.Push?.PlanSha256 is null ? "push again" : "push again; with a new plan, if it was approved",
        _ => $"iucutter {begun.Operation} --slot {begun.Slot}",
    };

    /// <summary>Looks at the target a last time, and holds it against the operation's own first looks, which are in the ledger.</summary>
    private (bool Measured, ImmutableArray<string> Changes) Measure(Unsettled open)
    {
        if (open.Events.OfType<LedgerEvent.TargetSeen>().FirstOrDefault() is not { } first)
        {
            return (false, ["the target was not measured: the operation stopped before its first reading"]);
        }

        var checks = open.Events.OfType<LedgerEvent.CheckMade>().Select(c => c.Check).ToList();
        var anchored = first with { Anchors = checks.Find(c => c.Id == "G3.anchors.first")?.Evidence?.Measured ?? first.Anchors };
        TargetReading last;
        try
        {
            last = TargetReading.Take(host.Root, open.Begun.Slot, [], CancellationToken.None).WithAnchorsOf(anchored, CancellationToken.None);
        }
        catch (IOException e)
        {
            return (false, [$"the target was not measured a second time: {e.Message}"]);
        }

        host.Ledger.Append(open.Id, last.Seen(first), durable: false);
        var changes = TargetReading.ChangesSince(anchored, last, OtherWork.Beside(host.Ledger, open.Id));
        return (true, [.. changes, .. ReleaseChange(open.Begun, checks)]);
    }

    /// <summary>What became of a release that lay there before and was looked at whole.</summary>
    private IEnumerable<string> ReleaseChange(LedgerEvent.OperationBegun begun, List<Check> checks)
    {
        var looked = checks.Find(c => c is { Id: "G3.whole" or "G4.present", Status: CheckStatus.Held });
        if (looked is null || !ReleaseId.TryParse(begun.Release, out var release))
        {
            yield break;
        }

        if (ReleaseFolder.TryVerify(host.Root, release, CancellationToken.None) is not { HoldsTheManifest: true })
        {
            yield return $"release {release} was whole, and is so no more";
        }
        else if (looked.Evidence?.Measured?.GetValueOrDefault(ReleaseReading.ExtraSha256) is { } before
            && ReleaseFolder.TryExtra(host.Root, release, CancellationToken.None)?.Digest.ToString() != before)
        {
            yield return $"release {release}: what lies beside the manifest's files is not as it was";
        }
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
        else if (host.Ledger.History(begun.Slot).Live == intended.Previous)
        {
            // It had not been switched yet, or was put back, and the ledger says no other.
            return null;
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

    private sealed record Unsettled(string Id, LedgerEvent.OperationBegun Begun, List<LedgerEvent> Events)
    {
        public bool IsProved => Events.Exists(e => e is LedgerEvent.ReleaseProved);

        public bool IsCancelled => Events.Exists(e => e is LedgerEvent.CheckMade { Check.Id: var id } && id.EndsWith($".{Operation.CancelledCheck}", StringComparison.Ordinal));
    }

    [LoggerMessage(200, LogLevel.Warning, "settling {Kind} {Operation}, which was under way when the agent was stopped")]
    private static partial void LogSettling(ILogger log, string kind, string operation);
}
