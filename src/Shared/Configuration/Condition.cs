using System.Text.Json.Serialization;
using IuCutter.Gates;

namespace IuCutter.Configuration;

/// <summary>What must be so before the live release may be enabled. The cases are all there are.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "condition")]
[JsonDerivedType(typeof(GapClosed), "gap")]
[JsonDerivedType(typeof(GatePassed), "gate")]
[JsonDerivedType(typeof(CheckHeld), "check")]
[JsonDerivedType(typeof(VerdictReached), "verdict")]
[JsonDerivedType(typeof(SmokeWithin), "smoke_within")]
public abstract record Condition
{
    private Condition()
    {
    }

    public string? Name { get; init; }

    public sealed record GapClosed(string Gap) : Condition;

    /// <summary>PASS, not PARTIAL, in the live release's push.</summary>
    public sealed record GatePassed(GateId Gate) : Condition;

    /// <param name="Check">A check's id, a part's such as G5.test, or an assertion's name.</param>
    public sealed record CheckHeld(string Check) : Condition;

    public sealed record VerdictReached(Verdict Verdict) : Condition;

    /// <summary>The live release's newest smoke passed, and is no older.</summary>
    public sealed record SmokeWithin(TimeSpan Span) : Condition;
}
