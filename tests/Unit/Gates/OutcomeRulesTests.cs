using System.Collections.Immutable;
using IuCutter.Gates;

namespace IuCutter.Tests.Unit.Gates;

/// <summary>Exhaustive: every list of up to three checks of every kind there is.</summary>
public sealed class OutcomeRulesTests
{
    private static readonly Evidence Seen = new() { Started = DateTimeOffset.UnixEpoch, Milliseconds = 1 };
    private static readonly Gap Gap = new("gap", "it is missing", "somebody");

    private static readonly ImmutableArray<Check> Kinds =
    [
        .. from status in Enum.GetValues<CheckStatus>()
           from hasEvidence in (bool[])[true, false]
           from hasGap in (bool[])[true, false]
           select Made(status, hasEvidence, hasGap),
    ];

    private static IEnumerable<ImmutableArray<Check>> Lists =>
    [
        [],
        .. Kinds.Select(a => (ImmutableArray<Check>)[a]),
        .. from a in Kinds from b in Kinds select (ImmutableArray<Check>)[a, b],
        .. from a in Kinds from b in Kinds from c in Kinds select (ImmutableArray<Check>)[a, b, c],
    ];

    [Fact]
    public void Nothing_passes_without_an_executed_check_that_left_evidence() =>
        Assert.All(Lists, list => Assert.True(
            OutcomeRules.Of(list) is not (Outcome.Pass or Outcome.Partial) || list.Any(c => c.Status == CheckStatus.Held && c.Evidence is not null)));

    [Fact]
    public void A_check_that_did_not_hold_always_fails_the_gate() =>
        Assert.All(Lists.Where(l => l.Any(c => c.Status == CheckStatus.NotHeld)), list => Assert.Equal(Outcome.Fail, OutcomeRules.Of(list)));

    [Fact]
    public void Adding_a_check_that_is_not_held_never_improves_an_outcome() =>
        Assert.All(Lists.Where(l => l.Length < 3), list =>
        {
            foreach (var bad in Kinds.Where(k => k.Status != CheckStatus.Held))
            {
                Assert.True(Rank(OutcomeRules.Of(list.Add(bad))) >= Rank(OutcomeRules.Of(list)) || list.IsEmpty);
            }
        });

    [Fact]
    public void A_gate_is_partial_only_where_every_missing_check_has_a_gap_with_an_owner() =>
        Assert.All(Lists.Where(l => OutcomeRules.Of(l) == Outcome.Partial), list =>
        {
            Assert.Contains(list, c => !OutcomeRules.Ran(c));
            Assert.All(list.Where(c => !OutcomeRules.Ran(c)), c => Assert.NotEmpty(c.Gap!.Owner));
        });

    [Fact]
    public void Whatever_is_no_pass_says_why() =>
        Assert.All(Lists, list => Assert.Equal(OutcomeRules.Of(list) == Outcome.Pass, OutcomeRules.CauseOf(list) is null));

    [Fact]
    public void Verdict_A_needs_every_required_gate_and_B_a_measured_unchanged_target()
    {
        var unchanged = new TargetState(true, [], null);
        var changed = new TargetState(true, ["something"], "undo it");
        var unmeasured = new TargetState(false, [], null);
        foreach (var outcome in Enum.GetValues<Outcome>())
        {
            GateResult[] gates = [new(GateId.G3, Outcome.Pass, null, []), new(GateId.G6, outcome, null, [])];
            var isGood = outcome is Outcome.Pass or Outcome.Partial;

            Assert.Equal(isGood ? Verdict.A : Verdict.B, VerdictRules.Of(gates, [GateId.G3, GateId.G6], unchanged));
            Assert.Equal(isGood ? Verdict.A : Verdict.C, VerdictRules.Of(gates, [GateId.G3, GateId.G6], changed));
            Assert.Equal(isGood ? Verdict.A : Verdict.C, VerdictRules.Of(gates, [GateId.G3, GateId.G6], unmeasured));
            Assert.NotEqual(Verdict.A, VerdictRules.Of(gates, [GateId.G3, GateId.G6, GateId.G8], unchanged));
            Assert.NotEqual(Verdict.A, VerdictRules.Of([], [], unchanged));
        }
    }

    // A list with nothing in it is BLOCKED; with one that failed it is FAIL, which is no improvement either.
    private static int Rank(Outcome outcome) => outcome switch
    {
        Outcome.Pass => 0,
        Outcome.Partial => 1,
        _ => 2,
    };

    private static Check Made(CheckStatus status, bool hasEvidence, bool hasGap) => new()
    {
        Id = "G5.x.1",
        Statement = "it is so",
        Status = status,
        Expected = "yes",
        Seen = "what was seen",
        Evidence = hasEvidence ? Seen : null,
        Gap = hasGap ? Gap : null,
    };
}
