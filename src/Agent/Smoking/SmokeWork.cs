using IuCutter.Agent.Measuring;
using IuCutter.Agent.Operations;
using IuCutter.Agent.Payload;
using IuCutter.Agent.Releases;
using IuCutter.Agent.Reporting;
using IuCutter.Configuration;
using IuCutter.Gates;
using IuCutter.Manifests;
using IuCutter.Policies;

namespace IuCutter.Agent.Smoking;

/// <summary>Smokes a release that lies on the target, with the commands that it was pushed with.</summary>
public sealed class SmokeWork(TargetHost host, Operation operation, ReleaseId release) : IOperationWork
{
    public ReleaseId Release => release;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var known = host.Root.Manifests.Hold();
        var whileWanted = operation.WhileWanted(cancellationToken);
        ReleaseConfiguration? configuration = null;
        ReleaseReading? whole = null;
        var looks = new TargetLooks(host, operation);
        var live = host.Ledger.History(operation.Slot).Live;
        looks.Begin(TargetReading.Take(host.Root, operation.Slot, [], cancellationToken));
        await operation.RecordHostAsync(host.Payload.SearchPath, cancellationToken);
        await operation.RunGateAsync(GateId.G3, g =>
        {
            if (release.ToString() == live)
            {
                SlotCheck.Observe(g, host.Root, operation.Slot, looks.First!.Slot, live);
            }

            g.Observe("whole", "the release is whole", $"every file of {release} equals its manifest", () =>
            {
                configuration = ReleaseFolder.ReadConfiguration(host.Root, release);
                whole = ReleaseReading.Take(host.Root, release, whileWanted);
                return Observation.Of(whole.Files.HoldsTheManifest, whole.Files.ToString(), whole.Measured);
            });
            if (configuration is not null)
            {
                PolicyCheck.Keeps(host.Policy, g, "smoke", () => PolicyRules.BrokenBySmoke(host.Policy, configuration));
                ReadAnchors(g, looks, configuration.Anchors, whileWanted);
            }

            return Task.CompletedTask;
        });
        await operation.RunGateAsync(GateId.G6, g => new PayloadChecks(host, operation, release, configuration!, []).SmokeAsync(g, whileWanted), settles: true);
        await operation.RunGateAsync(GateId.G8, g => new ReportWriter(host, operation.Id).RunAsync(g, cancellationToken), needsEarlier: false);
        await operation.RecordHostAsync(host.Payload.SearchPath, cancellationToken);
        operation.End(Measure(looks, configuration, whole, cancellationToken), next: null);
        new ReportWriter(host, operation.Id).Finish();
    }

    /// <summary>What has become of an anchor since the push is no matter of a smoke: only what becomes of it meanwhile.</summary>
    private static void ReadAnchors(CheckList gate, TargetLooks looks, IReadOnlyList<Anchor> anchors, CancellationToken cancellationToken)
    {
        if (anchors.Count > 0)
        {
            gate.Observe("anchors.first", "the anchors were read before anything ran", "each as it is", () =>
            {
                var reading = looks.First!.WithAnchors(anchors, cancellationToken);
                looks.Begin(reading);
                return Observation.Held(reading.Summary, [.. reading.Anchors.Select(a => (a.Key, (object)a.Value))]);
            });
        }
    }

    private TargetState Measure(TargetLooks looks, ReleaseConfiguration? configuration, ReleaseReading? whole, CancellationToken cancellationToken)
    {
        var (measured, changes) = looks.End(configuration?.Anchors ?? [], cancellationToken);
        if (whole is null)
        {
            return new TargetState(false, [.. changes, "the release was not measured: it could not be read"], null);
        }

        var change = whole.ChangeSince(host.Root, release, filesHold: operation.Stopper is null, cancellationToken);
        return new TargetState(measured, change is null ? changes : [.. changes, change], null);
    }
}
