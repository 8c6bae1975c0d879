using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Reports;
using IuCutter.Tests.Unit.Support;

namespace IuCutter.Tests.Unit.Reports;

/// <summary>An agent that lies in an outcome can sign what it likes: the rules, run again on its own checks, say another thing.</summary>
public sealed class RecomputationTests
{
    private static OperationRecord Honest
    {
        get
        {
            using var history = SignedHistory.OfPush();
            return OperationRecord.Of("op-1", SignedLedger.Read(history.Lines, history.Receipt));
        }
    }

    [Fact]
    public void An_honest_operation_contradicts_nothing() => Assert.Empty(Recomputation.Contradictions(Honest));

    [Fact]
    public void A_pass_over_a_check_that_did_not_hold_is_a_contradiction() =>
        Contradicts(WithChecks(5, c => c with { Status = CheckStatus.NotHeld }), "G5 is recorded as PASS, its checks give FAIL");

    [Fact]
    public void A_pass_over_a_check_without_evidence_is_a_contradiction() =>
        Contradicts(WithChecks(5, c => c with { Evidence = null }), "G5 is recorded as PASS, its checks give BLOCKED");

    [Fact]
    public void A_pass_over_a_check_that_could_not_run_is_a_contradiction() =>
        Contradicts(WithChecks(6, c => c with { Status = CheckStatus.CouldNotRun, Evidence = null, Gap = new Gap("g", "missing", "me") }), "G6 is recorded as PASS, its checks give PARTIAL");

    [Fact]
    public void A_gate_with_a_check_taken_away_is_a_contradiction() =>
        Contradicts(With(3, g => g with { Checks = g.Checks[1..] }), "G3 was closed with 2 checks, 1 are recorded");

    [Fact]
    public void A_gate_that_was_not_executed_names_its_cause_and_comes_after_one_that_stopped()
    {
        Contradicts(With(6, g => g with { Outcome = Outcome.NotExecuted, Checks = [], Closed = 0 }), "G6 is recorded as NOT_EXECUTED without a cause");
        Contradicts(With(6, g => g with { Outcome = Outcome.NotExecuted, Checks = [], Closed = 0, Cause = "tired" }), "every gate before it passed");
        Contradicts(With(6, g => g with { Outcome = Outcome.NotExecuted, Cause = "tired" }), "G6 is recorded as NOT_EXECUTED, but has checks");
    }

    [Fact]
    public void A_verdict_that_the_gates_and_the_changes_do_not_give_is_a_contradiction()
    {
        var missing = Honest with { Gates = Honest.Gates.RemoveAt(6) };
        Contradicts(missing, "the verdict is recorded as A, the gates and the measured changes give B");
        Contradicts(missing with { End = missing.End! with { Verdict = Verdict.B, Changes = ["release x was added"] } }, "recorded as B, the gates and the measured changes give C");
    }

    [Fact]
    public void A_verdict_of_an_unchanged_target_without_two_readings_of_it_is_a_contradiction()
    {
        var unread = Honest with { Gates = Honest.Gates.RemoveAt(6), End = Honest.End! with { Verdict = Verdict.B } };
        Assert.Empty(Recomputation.Contradictions(unread));

        Contradicts(unread with { Deeds = unread.Deeds.RemoveAt(unread.Deeds.Length - 1) }, "recorded as B, the gates and the measured changes give C");
    }

    [Fact]
    public void No_change_over_two_readings_of_the_slot_that_differ_is_a_contradiction()
    {
        var last = Honest.Deeds[^1] with { Event = SignedHistory.TargetSeen("link to elsewhere") };

        Contradicts(Honest with { Deeds = Honest.Deeds.SetItem(Honest.Deeds.Length - 1, last) }, "no change is recorded, but the slot was seen as nothing there first and as link to elsewhere at last");
    }

    [Fact]
    public void A_check_recorded_twice_is_a_contradiction() =>
        Contradicts(With(4, g => g with { Checks = [g.Checks[0], g.Checks[0]] }), "check G4.check.1 is recorded 2 times");

    [Fact]
    public void Lines_that_are_no_operation_are_refused()
    {
        using var history = SignedHistory.OfPush();
        var entries = SignedLedger.Read(history.Lines, history.Receipt);

        Assert.Throws<LedgerBrokenException>(() => OperationRecord.Of("op-1", entries.Skip(2)));
        Assert.Throws<LedgerBrokenException>(() => OperationRecord.Of("op-1", [.. entries, entries[5]]));
        Assert.Throws<LedgerBrokenException>(() => OperationRecord.Of("op-1", entries.Where(e => e.Event is not LedgerEvent.GateBegun)));
    }

    private static void Contradicts(OperationRecord operation, string what) =>
        Assert.Contains(Recomputation.Contradictions(operation), c => c.Contains(what, StringComparison.Ordinal));

    private static OperationRecord With(int gate, Func<GateRecord, GateRecord> change) => Honest with { Gates = Honest.Gates.SetItem(gate, change(Honest.Gates[gate])) };

    private static OperationRecord WithChecks(int gate, Func<Check, Check> change) => With(gate, g => g with { Checks = [g.Checks[0], change(g.Checks[1])] });
}
