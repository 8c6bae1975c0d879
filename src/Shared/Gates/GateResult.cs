using System.Collections.Immutable;

namespace IuCutter.Gates;

/// <summary>One gate's checks and what they came to.</summary>
/// <param name="Cause">Why it is BLOCKED or NOT_EXECUTED, or what failed; null for PASS.</param>
public sealed record GateResult(GateId Gate, Outcome Outcome, string? Cause, ImmutableArray<Check> Checks)
{
    /// <summary>Computes a gate that ran from its checks.</summary>
    public static GateResult Of(GateId gate, ImmutableArray<Check> checks)
    {
        var outcome = OutcomeRules.Of(checks);
        return new GateResult(gate, outcome, OutcomeRules.CauseOf(checks), checks);
    }

    /// <summary>A gate that an earlier one kept from running.</summary>
    public static GateResult NotExecuted(GateId gate, string cause) => new(gate, Outcome.NotExecuted, cause, []);
}
