using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace IuCutter.Gates;

/// <summary>One gate's checks and what they came to.</summary>
/// <param name="Cause">Why it is BLOCKED or NOT_EXECUTED, or what failed; null for PASS.</param>
public sealed record GateResult([property: JsonRequired] GateId Gate, [property: JsonRequired] Outcome Outcome, string? Cause, [property: JsonRequired] ImmutableArray<Check> Checks)
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
