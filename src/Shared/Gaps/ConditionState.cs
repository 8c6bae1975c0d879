using IuCutter.Configuration;

namespace IuCutter.Gaps;

/// <summary>Whether one condition is met, and what says so.</summary>
/// <param name="Operation">The operation that the evidence is of; null where there is none.</param>
/// <param name="Check">The check that is the evidence; null where none is.</param>
/// <param name="Line">The ledger line that says so; null where none does.</param>
/// <param name="Evidence">In words.</param>
public sealed record ConditionState(Condition Condition, bool IsClosed, string? Operation, string? Check, long? Line, string Evidence)
{
    public string Title => Condition.Name ?? Condition switch
    {
        Condition.GapClosed gap => $"gap {gap.Gap} is closed",
        Condition.GatePassed gate => $"gate {gate.Gate} passed",
        Condition.CheckHeld check => $"check {check.Check} held",
        Condition.VerdictReached verdict => $"the push ended with verdict {verdict.Verdict}",
        Condition.SmokeWithin smoke => $"a smoke passed within {Quantity.Text(smoke.Span)}",
        _ => throw new InvalidOperationException($"a condition without a title: {Condition}"),
    };
}
