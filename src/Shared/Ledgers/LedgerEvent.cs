using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using IuCutter.Gaps;
using IuCutter.Gates;

namespace IuCutter.Ledgers;

/// <summary>
/// What a ledger line says. A closed set: an intention is written before its deed (<see cref="StepIntended"/>) and the deed after
/// it, so that a killed agent knows at its next start what was under way.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(AgentStarted), "agent-started")]
[JsonDerivedType(typeof(OperationBegun), "operation-begun")]
[JsonDerivedType(typeof(GateBegun), "gate-begun")]
[JsonDerivedType(typeof(CheckMade), "check-made")]
[JsonDerivedType(typeof(GateClosed), "gate-closed")]
[JsonDerivedType(typeof(StepIntended), "step-intended")]
[JsonDerivedType(typeof(StepDone), "step-done")]
[JsonDerivedType(typeof(ReleaseStaged), "release-staged")]
[JsonDerivedType(typeof(SlotSwitched), "slot-switched")]
[JsonDerivedType(typeof(ReleaseProved), "release-proved")]
[JsonDerivedType(typeof(ReleaseRemoved), "release-removed")]
[JsonDerivedType(typeof(HostSeen), "host-seen")]
[JsonDerivedType(typeof(TargetSeen), "target-seen")]
[JsonDerivedType(typeof(ApprovalUsed), "approval-used")]
[JsonDerivedType(typeof(OperationEnded), "operation-ended")]
[JsonDerivedType(typeof(GapClosed), "gap-closed")]
public abstract record LedgerEvent
{
    private LedgerEvent()
    {
    }

    public sealed record AgentStarted(string Version, string Host, int ProcessId, string DeployRoot) : LedgerEvent;

    /// <param name="Operation">What is done: push, smoke, rollback.</param>
    public sealed record OperationBegun(string Operation, string Slot, string RequestedBy, string? Release, PushSubject? Push) : LedgerEvent;

    /// <param name="Observer">Who saw it: the source host or the target host.</param>
    public sealed record GateBegun(GateId Gate, string Observer) : LedgerEvent;

    public sealed record CheckMade(GateId Gate, Check Check) : LedgerEvent;

    /// <param name="Checks">How many checks the gate had.</param>
    public sealed record GateClosed(GateId Gate, Outcome Outcome, string? Cause, int Checks, double Milliseconds) : LedgerEvent;

    /// <param name="Step">What is about to be done to the target: stage, publish, switch, undo, prune.</param>
    public sealed record StepIntended(string Step, string Slot, string Release, string? Previous) : LedgerEvent;

    public sealed record StepDone(string Step, string Slot, string Release) : LedgerEvent;

    public sealed record ReleaseStaged(string Slot, string Release, string ManifestSha256, long Entries, long Bytes) : LedgerEvent;

    /// <param name="Release">What the slot points at from now on; null when the slot's link was taken away again.</param>
    /// <param name="Why">promote, rollback or undo.</param>
    public sealed record SlotSwitched(string Slot, string? Release, string? Previous, string Why) : LedgerEvent;

    /// <summary>The release's last gate has passed: from now on it is one to go back to.</summary>
    public sealed record ReleaseProved(string Slot, string Release) : LedgerEvent;

    public sealed record ReleaseRemoved(string Release, string Why) : LedgerEvent;

    /// <summary>What runs on the host beside the release, as far as the agent can read it: listening ports, services, crontabs, containers.</summary>
    public sealed record HostSeen(ImmutableSortedDictionary<string, string> Measured) : LedgerEvent;

    /// <summary>
    /// The target at one moment: the first is read before anything is begun, the last when all is done or undone, by the operation or by the agent's next start.
    /// What an operation changed is the difference of the two; with less than two nothing can be said of it.
    /// </summary>
    /// <param name="NeighboursSha256">Over everything that lies beside the slot, names and how each was seen, without insides.</param>
    /// <param name="Neighbours">Each by name; null where they are too many for a line, or as they were the first time.</param>
    /// <param name="Anchors">Each anchor's tree digest; empty where they were not read, or in a check of their own.</param>
    public sealed record TargetSeen(
        string Slot,
        ImmutableSortedSet<string> Releases,
        string NeighboursSha256,
        ImmutableSortedDictionary<string, string>? Neighbours,
        ImmutableSortedDictionary<string, string> Anchors) : LedgerEvent;

    /// <summary>A person's approval of a plan is spent: written before anything is begun by it, and good for no other operation from then on.</summary>
    /// <param name="Key">The fingerprint of the person's ssh key.</param>
    public sealed record ApprovalUsed(string PlanSha256, string Release, string Approver, string Key, string Nonce, DateTimeOffset ExpiresAt) : LedgerEvent;

    /// <param name="Next">What to do next, as a sentence or a command.</param>
    public sealed record OperationEnded(Verdict Verdict, string Reason, ImmutableArray<string> Changes, string? Undo, string? Next) : LedgerEvent;

    /// <summary>A named person's word, which the agent has verified. Belongs to no operation.</summary>
    /// <param name="Signature">Made by ssh-keygen over <see cref="GapWord.Text"/>, armoured.</param>
    /// <param name="Key">The fingerprint of the person's key.</param>
    public sealed record GapClosed(GapWord Word, string Signature, string Key) : LedgerEvent;

    /// <summary>What is being pushed, as the source host said it.</summary>
    /// <param name="PlanSha256">The locked plan that the push must keep to; null without one.</param>
    public sealed record PushSubject(
        string Commit,
        string ManifestSha256,
        string ArtifactFormat,
        string ArtifactSha256,
        string Repository,
        string Ref,
        JsonElement Configuration,
        string? PlanSha256 = null);
}
