using IuCutter.Gates;

namespace IuCutter.Agent.Releases;

/// <summary>Holds what lies at a slot against the ledger, before anything is said or done of the release that is live there.</summary>
internal static class SlotCheck
{
    /// <param name="recorded">The release that is live, by the ledger.</param>
    public static void Observe(CheckList gate, DeployRoot root, string slot, SlotState seen, string? recorded) =>
        gate.Observe("slot", "the slot is as the ledger says", $"link to {recorded}", () => IsAsRecorded(seen, recorded)
            ? Observation.Held("slot as recorded")
            : Observation.CouldNotRun($"the slot is {seen}, but the ledger says link to {recorded}; someone changed it by hand: {HowToRepair(root, slot, recorded)}"));

    public static bool IsAsRecorded(SlotState seen, string? recorded) => seen.ToString() == $"link to {recorded}";

    /// <summary>What to do about a slot that is not as the ledger says.</summary>
    public static string HowToRepair(DeployRoot root, string slot, string? recorded) =>
        recorded is null ? "move away what lies there" : $"put it back on the target with `{root.Repair(slot, recorded)}`";
}
