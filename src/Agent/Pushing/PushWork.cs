using IuCutter.Agent.Measuring;
using IuCutter.Agent.Operations;
using IuCutter.Agent.Payload;
using IuCutter.Agent.Releases;
using IuCutter.Agent.Reporting;
using IuCutter.Configuration;
using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Manifests;

namespace IuCutter.Agent.Pushing;

/// <summary>
/// A push on the target, from the guards to the signed report. What comes before G3 happened on the source host and is recorded first.
/// Whatever stops the way, what was begun is undone, and the target is measured again.
/// </summary>
public sealed class PushWork(TargetHost host, Operation operation, PushOrder order) : IOperationWork
{
    private readonly TaskCompletionSource<bool> _preflight = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TargetLooks _looks = new(host, operation);
    private SlotState? _switchedFrom;
    private bool _published;
    private string? _damage;
    private ReleaseReading? _present;
    private TreeMarks? _staged;
    private int _runsBefore;

    public PushOrder Order => order;

    /// <summary>Takes the contents while G4 waits for them.</summary>
    public Transfer Transfer { get; } = new(host, operation, order);

    /// <summary>True once the target may be written to, false when it may not.</summary>
    public Task<bool> Preflight => _preflight.Task;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var known = host.Root.Manifests.Hold();
        var foreseen = Task.Run(ReadLiveManifest, CancellationToken.None);
        var whileWanted = operation.WhileWanted(cancellationToken);
        await using var word = whileWanted.Register(() => Transfer.Stop(operation.Cancellation?.Asked));
        try
        {
            var around = HostReading.TakeAsync(host.Payload.SearchPath, cancellationToken);
            foreach (var gate in order.SourceGates)
            {
                operation.RecordSourceGate(gate);
            }

            var preflight = new Preflight(host, order);
            await operation.RunGateAsync(GateId.G3, g => preflight.RunAsync(g, _looks.Begin, whileWanted));
            operation.Record(await around);
            SpendApproval(preflight);
            _preflight.TrySetResult(operation.Stopper is null);
            await operation.RunGateAsync(GateId.G4, g => StageAsync(g, cancellationToken, whileWanted));
            var checks = new PayloadChecks(host, operation, order.Release, order.Configuration, Gaps()) { Staged = _staged, RunsBefore = _runsBefore };
            await operation.RunGateAsync(GateId.G5, g => checks.PostDeployAsync(g, SourceTests(), whileWanted));
            await operation.RunGateAsync(GateId.G6, g => checks.SmokeAsync(g, whileWanted));
            await operation.RunGateAsync(GateId.G7, g => PromoteAsync(g, checks, whileWanted), settles: true);
            UndoIfStopped();
            var afterwards = HostReading.TakeAsync(host.Payload.SearchPath, cancellationToken);
            await operation.RunGateAsync(GateId.G8, g => new ReportWriter(host, operation.Id).RunAsync(g, cancellationToken), needsEarlier: false);
            UndoIfStopped();

            // Where something was undone since, what was seen before that does not count.
            operation.Record(operation.Stopper is null ? await afterwards : await HostReading.TakeAsync(host.Payload.SearchPath, cancellationToken));
            Finish(cancellationToken);
            await TidyAsync(cancellationToken);
        }
        finally
        {
            _preflight.TrySetResult(false);
            Transfer.Close();
            await foreseen;
        }
    }

    /// <summary>It is needed several times, and is parsed while the packager makes its offer. Where that fails, whoever needs it finds out why.</summary>
    private void ReadLiveManifest()
    {
        try
        {
            if (host.Root.Slot(order.Slot).Read().LiveRelease is { } live)
            {
                ReleaseFolder.TryReadManifest(host.Root, live);
            }
        }
        catch (IOException)
        {
        }
    }

    /// <summary>Before anything is begun, and only then: a push that G3 has stopped leaves its approval to be used.</summary>
    private void SpendApproval(Preflight preflight)
    {
        if (operation is { Stopper: null, Cancellation: null or { Asked: null } } && preflight.Approval is { } approval)
        {
            operation.Record(approval, durable: true);
        }
    }

    private List<Gap> Gaps() => [.. order.SourceGates.SelectMany(g => g.Checks).Select(c => c.Gap).OfType<Gap>()];

    private Dictionary<string, TestEvidence> SourceTests() => order.SourceGates
        .Where(g => g.Gate == GateId.G1)
        .SelectMany(g => g.Checks)
        .Where(c => c is { Status: CheckStatus.Held, Evidence.Command.Tests: not null })
        .ToDictionary(c => c.Id["G1.".Length..], c => c.Evidence!.Command!.Tests!, StringComparer.Ordinal);

    private async Task StageAsync(CheckList gate, CancellationToken cancellationToken, CancellationToken whileWanted)
    {
        _runsBefore = host.Payload.Runs;
        if (host.Root.Has(order.Release) && IsWhole(gate, whileWanted))
        {
            Transfer.NothingNeeded();
        }
        else
        {
            var staging = await Transfer.ReceiveAsync(gate, cancellationToken);
            if (staging is null)
            {
                return;
            }

            await PublishAsync(gate, staging, whileWanted);
        }

        ReadAnchors(gate, "anchors.staged", "the anchors are as they were, after staging", whileWanted);
    }

    /// <summary>A release that lies there already is used only if every file still is what the manifest says.</summary>
    private bool IsWhole(CheckList gate, CancellationToken cancellationToken)
    {
        var comparison = ReleaseFolder.TryVerify(host.Root, order.Release, cancellationToken);
        var present = new PresentRelease(host, order);
        var isInUse = present.Users.Count > 0;

        // What its own commands have left in a release that is in use is no change of what was released; one that is not is staged anew.
        var isChanged = comparison is not { HoldsTheManifest: true } || (comparison.Extra > 0 && !isInUse);
        if (isChanged || present.WasPushedDifferently())
        {
            if (isInUse)
            {
                throw new RefusalException(
                    RefusalCode.WrongState,
                    $"release {order.Release} is live or on the way back, and "
                        + (isChanged ? $"lies there changed ({comparison?.ToString() ?? "it cannot be read"})" : "was brought with another configuration meanwhile"),
                    "push another commit, or roll back to a release before it first");
            }

            operation.Record(new LedgerEvent.StepIntended("prune", order.Slot, order.Release.ToString(), null), durable: true);
            host.Root.Remove(order.Release);
            operation.Record(new LedgerEvent.ReleaseRemoved(order.Release.ToString(), "it lay there changed and is staged anew"), durable: true);
            return false;
        }

        gate.Observe("present", "the release lies there already, whole", "every file equals the manifest", () =>
        {
            _present = new ReleaseReading(comparison!, ReleaseFolder.Extra(host.Root, order.Release, cancellationToken));
            return Observation.Held(comparison!.ToString(), _present.Measured);
        });
        return true;
    }

    private async Task PublishAsync(CheckList gate, Staging staging, CancellationToken cancellationToken)
    {
        using (staging)
        {
            await gate.ObserveAsync("complete", "the release directory is complete", "every file of the manifest as it lies there, no other path, and all of it flushed", async () =>
            {
                // A command of another slot's operation may have run while the contents came.
                var comparison = await staging.CompleteAsync(
                    order.ConfigurationJson, host.Spares.FlushFileSystem, cancellationToken, readAll: host.Payload.Runs != _runsBefore);
                _staged = staging.Marks;
                var isWhole = comparison is { HoldsTheManifest: true, Extra: 0 };
                return order.Configuration.Link == LinkRule.Copy
                    ? Observation.Of(isWhole, comparison.ToString(), ("files", comparison.Files), ("bytes read", comparison.Bytes))
                    : Observation.Of(
                        isWhole,
                        $"{comparison}, read-only, {comparison.Linked} hard links",
                        ("files", comparison.Files),
                        ("bytes read", comparison.Bytes),
                        ("files linked", comparison.Linked));
            });
        }

        if (!gate.MayGoOn)
        {
            return;
        }

        operation.Record(new LedgerEvent.StepIntended("publish", order.Slot, order.Release.ToString(), null), durable: true);
        _published = true;
        host.Root.Publish(order.Release);
        operation.Record(
            new LedgerEvent.ReleaseStaged(order.Slot, order.Release.ToString(), order.Manifest.ToString(), order.Entries, order.ContentBytes), durable: true);
        Footprint.Settle(order.Entries);
    }

    private async Task PromoteAsync(CheckList gate, PayloadChecks checks, CancellationToken cancellationToken)
    {
        var promotion = new Promotion(host, operation, order.Slot);
        gate.Observe("promote", "the slot is switched to the release by one rename", order.Release.ToString(), () =>
        {
            Switch(promotion);
            var seen = host.Root.Slot(order.Slot).Read();
            return Observation.Of(seen.LiveRelease == order.Release, seen.LiveRelease == order.Release ? "slot switched" : seen.ToString());
        });
        if (gate.MayGoOn)
        {
            _damage = promotion.ProveTheWayBack(gate, order.Release, _switchedFrom!, e => checks.NothingHasRun ? Transfer.SeenOf(e) : null, cancellationToken);
            ReadAnchors(gate, "anchors.promoted", "the anchors are as they were, after promoting", cancellationToken);
            await checks.ReadSwitchFilesAsync(gate, cancellationToken);
        }
    }

    /// <summary>An error may come after the rename: only a refusal says that the slot was left as it was found.</summary>
    private void Switch(Promotion promotion)
    {
        _switchedFrom = _looks.First!.Slot;
        try
        {
            promotion.Switch(_looks.First.Slot, order.Release, "promote");
        }
        catch (RefusalException)
        {
            _switchedFrom = null;
            throw;
        }
    }

    private void ReadAnchors(CheckList gate, string id, string statement, CancellationToken cancellationToken)
    {
        gate.Observe(id, statement, "no difference to the first reading", () =>
        {
            var now = TargetReading.Take(host.Root, order.Slot, order.Configuration.Anchors, cancellationToken);
            var changes = _looks.First!.AnchorChangesTo(now);
            return Observation.Of(
                changes.IsEmpty,
                changes.IsEmpty ? $"{now.Summary} unchanged" : string.Join("; ", changes),
                [.. now.Anchors.Select(a => (a.Key, (object)a.Value))]);
        });
    }

    private void Finish(CancellationToken cancellationToken)
    {
        if (operation.Stopper is null)
        {
            operation.Record(new LedgerEvent.ReleaseProved(order.Slot, order.Release.ToString()), durable: true);
        }

        var target = Measure(cancellationToken);
        operation.End(target, Next(target));
        new ReportWriter(host, operation.Id).Finish();
        if (operation.Stopper is null)
        {
            new Retention(host).Prune(order.Slot, order.Configuration.Keep);
        }
    }

    /// <summary>The push has its end already: a mirror that cannot be tidied is made anew at the next need.</summary>
    private async Task TidyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Transfer.TidyAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or RefusalException)
        {
            operation.Report(GateId.G8, $"the mirror could not be tidied: {e.Message}", 0, 0, "");
        }
    }

    private string? Next(TargetState target) => operation.Stopper is null
        ? $"iucutter smoke --slot {order.Slot}"
        : _damage is not null && target.Undo is null
            ? $"no whole release is there to go back to: take the link {host.Root.Path}/{order.Slot} away on the target, users find nothing there until then, and push again"
            : null;

    /// <summary>Takes back what was begun, last things first. What cannot be taken back shows in the measurement that follows.</summary>
    private void UndoIfStopped()
    {
        if (operation.Stopper is null)
        {
            return;
        }

        try
        {
            if (_switchedFrom is { } before)
            {
                Promotion.Rehearsal(host.Root, order.Slot);
                SwitchBack(before);
                _switchedFrom = null;
            }

            if (_published)
            {
                operation.Record(new LedgerEvent.StepIntended("undo", order.Slot, order.Release.ToString(), null), durable: true);
                host.Root.Remove(order.Release);
                _published = false;
                operation.Record(new LedgerEvent.ReleaseRemoved(order.Release.ToString(), "the push did not pass"), durable: true);
            }

            host.Root.DropStaging(order.Release);
        }
        catch (Exception e) when (e is (IOException or RefusalException) and not Ledger.LedgerUnwritableException)
        {
            operation.Report(GateId.G8, $"undoing stopped: {e.Message}", 0, 0, "");
        }
    }

    private void SwitchBack(SlotState before)
    {
        if (host.Root.Slot(order.Slot).Read() != before)
        {
            new Promotion(host, operation, order.Slot).Switch(new SlotState.Live(order.Release), before.LiveRelease, "undo");
            return;
        }

        if (host.Ledger.History(order.Slot).Live == order.Release.ToString())
        {
            operation.Record(new LedgerEvent.SlotSwitched(order.Slot, before.LiveRelease?.ToString(), order.Release.ToString(), "undo"), durable: true);
        }
    }

    private TargetState Measure(CancellationToken cancellationToken)
    {
        var (measured, changes) = _looks.End(order.Configuration.Anchors, cancellationToken);
        if (_looks is not { First: { } first, Last: { } last })
        {
            return new TargetState(measured, changes, null);
        }

        _damage ??= SharedDamage(first.Slot, cancellationToken);
        var undo = last.Slot == first.Slot || first.Slot is SlotState.Free ? null : WayBackTo(first.Slot.LiveRelease);

        // Nobody had looked at it before: that it was so already cannot be claimed.
        IEnumerable<string> damage = _damage is null ? [] : [_damage];
        return new TargetState(measured, [.. changes, .. ReleaseChange(cancellationToken), .. damage], undo ?? WayRoundDamage(cancellationToken));
    }

    /// <summary>With hard links a file of the release before is the new one's too: whoever wrote to the one has changed both.</summary>
    private string? SharedDamage(SlotState before, CancellationToken cancellationToken) =>
        operation.Stopper is not null && _staged is not null && order.Configuration.Link == LinkRule.Hard && before.LiveRelease is { } live
        && ReleaseFolder.TryVerify(host.Root, live, cancellationToken) is var now and not { HoldsTheManifest: true }
            ? Promotion.Damage(live, now?.ToString() ?? "it cannot be read any more")
            : null;

    private string WayBackTo(ReleaseId? before) => before is { } id && host.Ledger.History(order.Slot).RollbackRelease != id.ToString()
        ? $"iucutter rollback --slot {order.Slot} --to {id}"
        : $"iucutter rollback --slot {order.Slot}";

    /// <summary>The newest proved release before the damaged one that is whole; null when there is none, or nothing is damaged.</summary>
    private string? WayRoundDamage(CancellationToken cancellationToken)
    {
        var history = host.Ledger.History(order.Slot);
        var sound = _damage is null ? null : history.WayBack.Reverse().Where(r => r != history.Live).FirstOrDefault(IsWhole);
        return sound is null ? null : $"iucutter rollback --slot {order.Slot} --to {sound}";

        bool IsWhole(string release) => ReleaseId.TryParse(release, out var id)
            && ReleaseFolder.TryVerify(host.Root, id, cancellationToken) is { HoldsTheManifest: true };
    }

    /// <summary>A release that lay there before was not the push's to remove: what the payload's commands did to it stays.</summary>
    private IEnumerable<string> ReleaseChange(CancellationToken cancellationToken) =>
        operation.Stopper is not null && _present?.ChangeSince(host.Root, order.Release, filesHold: false, cancellationToken) is { } change ? [change] : [];
}
