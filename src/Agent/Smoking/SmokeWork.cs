using IuCutter.Agent.Measuring;
using IuCutter.Agent.Operations;
using IuCutter.Agent.Payload;
using IuCutter.Agent.Releases;
using IuCutter.Agent.Reporting;
using IuCutter.Configuration;
using IuCutter.Gates;
using IuCutter.Manifests;

namespace IuCutter.Agent.Smoking;

/// <summary>Smokes a release that lies on the target, with the commands that it was pushed with.</summary>
public sealed class SmokeWork(TargetHost host, Operation operation, ReleaseId release) : IOperationWork
{
    public ReleaseId Release => release;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        TargetReading? first = null;
        ReleaseConfiguration? configuration = null;
        TreeComparison? whole = null;
        await operation.RecordHostAsync(host.Payload.SearchPath, cancellationToken);
        await operation.RunGateAsync(GateId.G3, g =>
        {
            g.Observe("whole", "the release is whole", $"every file of {release} equals its manifest", () =>
            {
                configuration = ReleaseFolder.ReadConfiguration(host.Root, release);
                first = TargetReading.Take(host.Root, operation.Slot, configuration.Anchors, cancellationToken);
                whole = ReleaseFolder.Verify(host.Root, release, cancellationToken);
                return Observation.Of(whole.HoldsTheManifest, whole.ToString(), ("files", whole.Files), ("bytes", whole.Bytes));
            });
            return Task.CompletedTask;
        });
        await operation.RunGateAsync(GateId.G6, g => new PayloadChecks(host, operation, release, configuration!, []).SmokeAsync(g, cancellationToken));
        await operation.RunGateAsync(GateId.G8, g => new ReportWriter(host, operation.Id).RunAsync(g, cancellationToken), needsEarlier: false);
        await operation.RecordHostAsync(host.Payload.SearchPath, cancellationToken);
        operation.End(Measure(first, configuration, whole, cancellationToken), next: null);
        new ReportWriter(host, operation.Id).Finish();
    }

    private TargetState Measure(TargetReading? first, ReleaseConfiguration? configuration, TreeComparison? whole, CancellationToken cancellationToken)
    {
        if (first is null || whole is null)
        {
            return new TargetState(false, ["the target was not measured: the release could not be read"], null);
        }

        var changes = first.ChangesTo(TargetReading.Take(host.Root, operation.Slot, configuration!.Anchors, cancellationToken), OtherWork.Beside(host.Ledger, operation.Id));
        var left = operation.Stopper is null ? [] : ReleaseFolder.ChangesSince(whole, host.Root, release, cancellationToken);
        return new TargetState(true, [.. changes, .. left], null);
    }
}
