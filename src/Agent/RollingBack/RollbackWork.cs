using IuCutter.Agent.Measuring;
using IuCutter.Agent.Operations;
using IuCutter.Agent.Releases;
using IuCutter.Agent.Reporting;
using IuCutter.Gates;
using IuCutter.Manifests;

namespace IuCutter.Agent.RollingBack;

/// <summary>
/// Switches a slot to a release that was proved there. It needs no network, no packager and no payload code: only that the release
/// is whole.
/// </summary>
public sealed class RollbackWork(TargetHost host, Operation operation, ReleaseId to) : IOperationWork
{
    public ReleaseId To => to;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var known = host.Root.Manifests.Hold();
        var looks = new TargetLooks(host, operation);
        var first = TargetReading.Take(host.Root, operation.Slot, [], cancellationToken);
        looks.Begin(first);
        var history = host.Ledger.History(operation.Slot);
        await operation.RecordHostAsync(host.Payload.SearchPath, cancellationToken);
        await operation.RunGateAsync(GateId.G3, g =>
        {
            Inspect(g, first.Slot, history.Live, operation.WhileWanted(cancellationToken));
            return Task.CompletedTask;
        }, settles: true);
        var promotion = new Promotion(host, operation, operation.Slot);
        await operation.RunGateAsync(GateId.G7, g =>
        {
            g.Observe("switch", "the slot is switched to the release by one rename", to.ToString(), () =>
            {
                CrashPoint.Reach("C23.before");
                promotion.Switch(first.Slot, to, "rollback");
                CrashPoint.Reach("C23.after");
                var seen = host.Root.Slot(operation.Slot).Read();
                return Observation.Of(seen.LiveRelease == to, seen.LiveRelease == to ? "slot switched" : seen.ToString());
            });
            return Task.CompletedTask;
        });
        await operation.RunGateAsync(GateId.G8, g => new ReportWriter(host, operation.Id).RunAsync(g, cancellationToken), needsEarlier: false);

        await operation.RecordHostAsync(host.Payload.SearchPath, cancellationToken);
        var (measured, changes) = looks.End([], cancellationToken);
        var back = looks.Last?.Slot != first.Slot && history.Live is { } was ? $"iucutter rollback --slot {operation.Slot} --to {was}" : null;
        operation.End(new TargetState(measured, changes, back), next: null);
        new ReportWriter(host, operation.Id).Finish();
    }

    private void Inspect(CheckList gate, SlotState seen, string? recorded, CancellationToken cancellationToken)
    {
        SlotCheck.Observe(gate, host.Root, operation.Slot, seen, recorded);
        gate.Observe("whole", "the release is whole", $"every file of {to} equals its manifest", () =>
        {
            var comparison = ReleaseFolder.Verify(host.Root, to, cancellationToken);
            return Observation.Of(comparison.HoldsTheManifest, comparison.ToString(), ("files", comparison.Files), ("bytes", comparison.Bytes));
        });
    }
}
