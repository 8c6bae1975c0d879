using IuCutter.Gaps;
using IuCutter.Gates;

namespace IuCutter.Tests.Unit.Gaps;

public sealed class ReadinessListTests
{
    [Fact]
    public void A_condition_without_evidence_is_open_and_says_what_is_missing()
    {
        var ledger = new GapLedger();
        Push(ledger, "r1", """{"condition":"gap","gap":"unheard-of"},{"condition":"gate","gate":"G5"},{"condition":"check","check":"G5.test"},{"condition":"smoke_within","span":"1.00:00:00"}""");

        var list = List(ledger);

        Assert.False(list.IsReady);
        Assert.All(list.Conditions, c => Assert.Equal((false, (long?)null), (c.IsClosed, c.Line)));
        Assert.Equal(4, list.Conditions.Length);
    }

    [Theory]
    [InlineData("gap", "gap", "no-load")]
    [InlineData("gate", "gate", "G5")]
    [InlineData("gate", "gate", "G6")]
    [InlineData("check", "check", "G5.test.1")]
    [InlineData("check", "check", "G5.test")]
    [InlineData("verdict", "verdict", "A")]
    [InlineData("smoke_within", "span", "02:00:00")]
    public void A_condition_is_closed_by_what_the_ledger_shows(string condition, string member, string value)
    {
        var ledger = new GapLedger();
        var push = Push(ledger, "r1", $$"""{"condition":"{{condition}}","{{member}}":"{{value}}"}""", GapLedger.Held("G5.test.1"), GapLedger.Held("G6.smoke.1"));
        ledger.Word("no-load");

        var list = List(ledger);

        var state = Assert.Single(list.Conditions);
        Assert.True(list.IsReady, state.Evidence);
        Assert.Equal(condition == "gap" ? null : push, state.Operation);
        Assert.NotNull(state.Line);
    }

    [Fact]
    public void A_gate_that_is_partial_has_not_passed()
    {
        var ledger = new GapLedger();
        Push(ledger, "r1", """{"condition":"gate","gate":"G6"}""", GapLedger.NotRun("G6.smoke", "no-smoke"));

        Assert.False(List(ledger).IsReady);
    }

    [Fact]
    public void A_smoke_counts_only_as_long_as_it_is_young_and_none_later_has_failed()
    {
        var ledger = new GapLedger();
        Push(ledger, "r1", """{"condition":"smoke_within","span":"02:00:00"}""", GapLedger.Held("G6.smoke.1"));
        Assert.True(ReadinessList.Of("app", ledger.Entries, ledger.Now + TimeSpan.FromHours(2)).IsReady);
        Assert.False(ReadinessList.Of("app", ledger.Entries, ledger.Now + TimeSpan.FromHours(2) + TimeSpan.FromSeconds(1)).IsReady);
        Assert.False(ReadinessList.Of("app", ledger.Entries, ledger.Now - TimeSpan.FromMinutes(6)).IsReady);

        ledger.Smoke(GapLedger.Broken("G6.smoke.1"));
        Assert.False(List(ledger).IsReady);
        ledger.Smoke(GapLedger.Held("G6.smoke.1"));
        Assert.True(List(ledger).IsReady);
    }

    [Fact]
    public void A_later_push_of_the_same_release_with_a_check_that_does_not_hold_counts()
    {
        var ledger = new GapLedger();
        var conditions = """{"condition":"check","check":"G5.test"},{"condition":"gate","gate":"G5"},{"condition":"verdict","verdict":"A"}""";
        Push(ledger, "r1", conditions, GapLedger.Held("G5.test.1"));
        Assert.True(List(ledger).IsReady);

        Push(ledger, "r1", conditions, GapLedger.Held("G5.test.1"), GapLedger.Broken("G5.test.2"));

        Assert.All(List(ledger).Conditions, c => Assert.False(c.IsClosed));
    }

    [Fact]
    public void The_conditions_are_those_of_the_live_release_and_its_evidence_is_its_own()
    {
        var ledger = new GapLedger();
        Push(ledger, "r1", """{"condition":"check","check":"G5.test.1"}""", GapLedger.Held("G5.assert.1"));
        Push(ledger, "r2", """{"condition":"verdict","verdict":"A"}""", GapLedger.Held("G5.test.1"));
        Assert.True(List(ledger).IsReady);

        ledger.RollBack("r1");

        Assert.Equal("r1", List(ledger).Live);
        Assert.False(List(ledger).IsReady);
    }

    [Fact]
    public void No_condition_at_all_is_not_ready()
    {
        var ledger = new GapLedger();
        Assert.False(List(ledger).IsReady);
        ledger.Push("r1");

        Assert.Equal(("r1", false), (List(ledger).Live, List(ledger).IsReady));
    }

    private static string Push(GapLedger ledger, string release, string conditions, params Check[] checks) =>
        ledger.Push(release, $$"""{"gaps":[{{GapLedger.NoLoad}}],"enable_when":[{{conditions}}]}""", checks, again: true);

    private static ReadinessList List(GapLedger ledger) => ReadinessList.Of("app", ledger.Entries, ledger.Now);
}
