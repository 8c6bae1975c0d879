using IuCutter.Agent.Operations;
using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Manifests;

namespace IuCutter.Agent.Releases;

/// <summary>Switches a slot, written down before and after, and proves that there is a way back.</summary>
public sealed class Promotion(TargetHost host, Operation operation, string slot)
{
    /// <summary>The link beside a slot on which the way back is tried, cleared of what a trial that broke off has left.</summary>
    public static SlotLink Rehearsal(DeployRoot root, string slot)
    {
        var link = root.Slot($"{DeployRoot.OwnDirectory}-rehearsal-{slot}");
        link.Clear();
        if (link.Read() is SlotState.Live leftover)
        {
            link.Switch(leftover, null);
        }

        return link;
    }

    /// <summary>Switches the slot from what it is expected to be.</summary>
    /// <param name="why">promote, rollback or undo.</param>
    public void Switch(SlotState expected, ReleaseId? to, string why)
    {
        CrashPoint.Reach("C18.before");
        operation.Record(new LedgerEvent.StepIntended(why, slot, to?.ToString() ?? "", expected.LiveRelease?.ToString()), durable: true);
        CrashPoint.Reach("C18.after");
        host.Root.Slot(slot).Switch(expected, to);
        CrashPoint.Reach("C21.before");
        operation.Record(new LedgerEvent.SlotSwitched(slot, to?.ToString(), expected.LiveRelease?.ToString(), why), durable: true);
        CrashPoint.Reach("C21.after");
    }

    /// <summary>
    /// Tries the way back with the same code on a link beside the slot, so that users never see it, and reads the release that a
    /// rollback would go to from the disk, file for file.
    /// </summary>
    /// <param name="seen">Says which files of that release were read already, where it still counts; the others are read now.</param>
    /// <returns>What is wrong with the release to go back to; null when nothing is, or there is none.</returns>
    public string? ProveTheWayBack(CheckList gate, ReleaseId live, SlotState before, Func<ReleaseId, TreeMarks?> seen, CancellationToken cancellationToken)
    {
        gate.Observe("way-back.tried", "the way back and forth was tried on a link beside the slot", $"{before}, then {live}", () =>
        {
            var rehearsal = Rehearsal(host.Root, slot);
            var start = new SlotState.Live(live);
            rehearsal.Switch(new SlotState.Free(), live);
            CrashPoint.Reach("C22.before");
            rehearsal.Switch(start, before.LiveRelease);
            var back = rehearsal.Read();
            rehearsal.Switch(back, live);
            var forth = rehearsal.Read();
            CrashPoint.Reach("C22.after");
            rehearsal.Switch(forth, null);
            return Observation.Of(back == before && forth == start, $"{back}, then {forth}");
        });

        if (before.LiveRelease is not { } earlier)
        {
            return null;
        }

        var whole = gate.Observe("way-back.whole", "the release to go back to is whole", $"every file of {earlier} equals its manifest", () =>
        {
            var comparison = ReleaseFolder.Verify(host.Root, earlier, cancellationToken, marks: seen(earlier));
            return Observation.Of(comparison.HoldsTheManifest, comparison.ToString(), ("files", comparison.Files), ("bytes read", comparison.Bytes));
        });
        return whole.IsHeld ? null : Damage(earlier, whole.Seen);
    }

    /// <param name="seen">What was seen of the release that was live before.</param>
    public static string Damage(ReleaseId earlier, string seen) => $"release {earlier}, live before, does not equal its manifest: {seen}";
}
