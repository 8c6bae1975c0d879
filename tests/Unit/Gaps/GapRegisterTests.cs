using IuCutter.Gaps;
using IuCutter.Gates;
using IuCutter.Ledgers;

namespace IuCutter.Tests.Unit.Gaps;

public sealed class GapRegisterTests
{
    [Fact]
    public void A_gap_that_the_configuration_names_is_open_from_the_release_that_named_it_first()
    {
        var ledger = new GapLedger();
        var first = ledger.Push("r1", GapLedger.NoLoad);
        ledger.Push("r2", GapLedger.NoLoad);

        var gap = ledger.Gap("no-load");

        Assert.Equal((GapStatus.Open, "nobody has put load on it", "ann", "r1", first), (gap.Status, gap.Statement, gap.Owner, gap.Since.Release, gap.Since.Operation));
        Assert.Single(gap.History);
        Assert.Null(gap.NotNamedSince);
    }

    [Theory]
    [InlineData("G5.assert.1")]
    [InlineData("G5.assert")]
    [InlineData("the file is there")]
    public void The_check_that_a_gap_names_closes_it_when_it_ran_and_held(string closedBy)
    {
        var ledger = new GapLedger();
        var gaps = GapLedger.NoFile.Replace("G5.assert.1", closedBy, StringComparison.Ordinal);
        ledger.Push("r1", gaps, GapLedger.Broken("G5.assert.1") with { Statement = "the file is there" });
        Assert.Equal(GapStatus.Open, ledger.Gap("no-file").Status);

        var second = ledger.Push("r2", gaps, GapLedger.Held("G5.assert.1", "the file is there"));

        var gap = ledger.Gap("no-file");
        Assert.Equal((GapStatus.Closed, "G5.assert.1", second, "r2"), (gap.Status, gap.Last.Check, gap.Last.Operation, gap.Last.Release));
        Assert.IsType<LedgerEvent.CheckMade>(ledger.Entries[(int)gap.Last.Line - 1].Event);
    }

    [Fact]
    public void A_name_of_an_assertion_is_no_other_checks_claim_and_a_number_no_other_number()
    {
        var ledger = new GapLedger();
        var byName = GapLedger.NoFile.Replace("G5.assert.1", "the file is there", StringComparison.Ordinal);
        ledger.Push("r1", byName, GapLedger.Held("G6.smoke.1", "the file is there"));
        ledger.Push("r2", GapLedger.NoFile, GapLedger.Held("G5.assert.10"));

        Assert.Equal(GapStatus.Open, ledger.Gap("no-file").Status);
    }

    [Fact]
    public void A_release_that_did_not_go_live_closes_nothing()
    {
        var ledger = new GapLedger();
        ledger.Push("r1", GapLedger.NoFile);
        ledger.Push("r2", GapLedger.NoFile, GapLedger.Held("G5.assert.1"), GapLedger.Broken("G6.smoke.1"));

        Assert.Equal(GapStatus.Open, ledger.Gap("no-file").Status);
    }

    [Fact]
    public void What_has_not_ended_and_what_another_slot_did_say_nothing()
    {
        var ledger = new GapLedger();
        ledger.Push("r1", GapLedger.NoFile);
        var other = ledger.Begin("push", "r1", push: null, slot: "other");
        ledger.Add(other, new LedgerEvent.CheckMade(GateId.G5, GapLedger.Held("G5.assert.1")));
        ledger.Add(other, new LedgerEvent.OperationEnded(Verdict.A, "it ended", [], null, null));
        var running = ledger.Begin("push", "r1", push: null);
        ledger.Add(running, new LedgerEvent.CheckMade(GateId.G5, GapLedger.Held("G5.assert.1")));

        Assert.Equal(GapStatus.Open, ledger.Gap("no-file").Status);
        Assert.Empty(GapRegister.Of("other", ledger.Entries).Gaps);
    }

    [Fact]
    public void A_gap_that_is_not_named_any_more_stays_open_and_says_since_when()
    {
        var ledger = new GapLedger();
        ledger.Push("r1", GapLedger.NoFile);
        var second = ledger.Push("r2");
        ledger.Push("r3", "", GapLedger.Held("G5.assert.1"));

        var gap = ledger.Gap("no-file");
        Assert.Equal((GapStatus.Open, second, "r2"), (gap.Status, gap.NotNamedSince?.Operation, gap.NotNamedSince?.Release));

        ledger.Push("r4", GapLedger.NoFile);
        Assert.Null(ledger.Gap("no-file").NotNamedSince);
    }

    [Theory]
    [InlineData("no-compile", "G0.no-compile", "G5.compile.1")]
    [InlineData("no-import", "G0.no-import", "G5.import.1")]
    [InlineData("no-test", "G5.test", "G5.test.1")]
    [InlineData("no-assert", "G0.no-assert", "G5.assert.1")]
    [InlineData("no-smoke", "G6.smoke", "G6.smoke.2")]
    [InlineData("no-source-tests", "G1.test", "G1.test.1")]
    public void A_part_that_was_left_out_is_a_gap_until_it_has_run(string id, string check, string proof)
    {
        var ledger = new GapLedger();
        ledger.Push("r1", "", GapLedger.NotRun(check, id));
        Assert.Equal((GapStatus.Open, "eve"), (ledger.Gap(id).Status, ledger.Gap(id).Owner));

        ledger.Push("r2");
        Assert.Equal((GapStatus.Open, "r2"), (ledger.Gap(id).Status, ledger.Gap(id).NotNamedSince?.Release));

        ledger.Push("r3", "", GapLedger.Held(proof));
        Assert.Equal((GapStatus.Closed, proof), (ledger.Gap(id).Status, ledger.Gap(id).Last.Check));

        ledger.Push("r4", "", GapLedger.NotRun(check, id));
        Assert.Equal((GapStatus.Open, "r1", "r4"), (ledger.Gap(id).Status, ledger.Gap(id).Since.Release, ledger.Gap(id).Last.Release));
    }

    [Fact]
    public void A_gap_of_two_checks_of_which_one_held_is_partial()
    {
        var ledger = new GapLedger();
        ledger.Push("r1", "", GapLedger.NotRun("G1.scan", "no-scan"), GapLedger.NotRun("G2.scan", "no-scan"));
        ledger.Push("r2", "", GapLedger.Held("G1.scan"), GapLedger.NotRun("G2.scan", "no-reproduction"));
        Assert.Equal((GapStatus.Partial, "G1.scan"), (ledger.Gap("no-scan").Status, ledger.Gap("no-scan").Last.Check));

        ledger.Push("r3", "", GapLedger.Held("G1.scan"), GapLedger.Held("G2.scan"));
        Assert.Equal(GapStatus.Closed, ledger.Gap("no-scan").Status);
    }

    [Fact]
    public void A_check_that_was_kept_from_running_is_a_gap_of_whoever_pushed_until_that_very_check_has_held()
    {
        var ledger = new GapLedger();
        ledger.Push("r1", "", GapLedger.NotRun("G3.guard.2") with { Statement = "tool jq is there" });
        var gap = ledger.Gap("not-run-g3.guard.2");
        Assert.Equal((GapStatus.Open, "me@here", "tool jq is there: no such tool"), (gap.Status, gap.Owner, gap.Statement));

        ledger.Push("r1", "", GapLedger.Held("G3.guard.2", "directory /a is there"), GapLedger.Held("G3.guard.1", "tool jq is there"));
        Assert.Equal(GapStatus.Open, ledger.Gap("not-run-g3.guard.2").Status);

        ledger.Push("r2", "", GapLedger.Held("G3.guard.2", "tool jq is there"));
        Assert.Equal(GapStatus.Closed, ledger.Gap("not-run-g3.guard.2").Status);
    }

    [Fact]
    public void A_held_check_without_evidence_did_not_run()
    {
        var ledger = new GapLedger();
        ledger.Push("r1", GapLedger.NoFile, GapLedger.Held("G5.assert.1") with { Evidence = null });

        Assert.Equal(GapStatus.Open, ledger.Gap("no-file").Status);
    }

    [Fact]
    public void A_check_of_the_live_release_that_later_does_not_hold_opens_its_gap_again()
    {
        var ledger = new GapLedger();
        ledger.Push("r1", "", GapLedger.NotRun("G6.smoke", "no-smoke"));
        ledger.Smoke(GapLedger.Held("G6.smoke.1"));
        Assert.Equal(GapStatus.Closed, ledger.Gap("no-smoke").Status);

        var broken = ledger.Smoke(GapLedger.Broken("G6.smoke.1"));
        Assert.Equal((GapStatus.Open, "G6.smoke.1", broken), (ledger.Gap("no-smoke").Status, ledger.Gap("no-smoke").Last.Check, ledger.Gap("no-smoke").Last.Operation));
    }

    [Fact]
    public void A_smoke_of_another_release_or_one_that_failed_closes_nothing()
    {
        var ledger = new GapLedger();
        ledger.Push("r1", "", GapLedger.Held("G6.smoke.1"));
        ledger.Push("r2", GapLedger.NoFile.Replace("G5.assert.1", "G6.smoke.1", StringComparison.Ordinal));
        ledger.SmokeOf("r1", GapLedger.Held("G6.smoke.1"));
        ledger.Smoke(GapLedger.Held("G6.smoke.1"), GapLedger.Broken("G6.smoke.2"));
        Assert.Equal(GapStatus.Open, ledger.Gap("no-file").Status);

        ledger.Smoke(GapLedger.Held("G6.smoke.1"));
        Assert.Equal(GapStatus.Closed, ledger.Gap("no-file").Status);
    }

    [Fact]
    public void A_check_that_a_later_release_does_not_run_has_closed_nothing_for_it()
    {
        var ledger = new GapLedger();
        ledger.Push("r1", GapLedger.NoFile, GapLedger.Held("G5.assert.1"));
        ledger.Push("r2", GapLedger.NoFile);

        Assert.Equal((GapStatus.Open, "r2"), (ledger.Gap("no-file").Status, ledger.Gap("no-file").Last.Release));
    }

    [Fact]
    public void Evidence_of_one_release_is_none_of_the_one_that_the_slot_goes_back_to()
    {
        var ledger = new GapLedger();
        ledger.Push("r1", "", GapLedger.NotRun("G5.test", "no-test"));
        ledger.Push("r2", "", GapLedger.Held("G5.test.1"));
        ledger.Push("r3", "", GapLedger.Held("G5.test.1"));
        ledger.RollBack("r2");
        Assert.Equal(GapStatus.Closed, ledger.Gap("no-test").Status);

        ledger.RollBack("r1");
        Assert.Equal((GapStatus.Open, "r1"), (ledger.Gap("no-test").Status, ledger.Gap("no-test").Last.Release));
        Assert.Null(ledger.Gap("no-test").NotNamedSince);
    }

    [Fact]
    public void A_push_with_another_configuration_that_came_to_nothing_says_nothing_of_the_live_release()
    {
        var ledger = new GapLedger();
        ledger.Push("r1", GapLedger.NoFile, GapLedger.Held("G5.assert.1"));
        ledger.Push("r1", $$"""{"gaps":[{{GapLedger.NoFile}}],"smoke":[]}""", [GapLedger.Broken("G4.whole")], again: true);

        Assert.Equal(GapStatus.Closed, ledger.Gap("no-file").Status);
    }

    [Fact]
    public void A_persons_word_closes_what_is_open_and_names_the_person()
    {
        var ledger = new GapLedger();
        ledger.Push("r1", GapLedger.NoLoad);
        ledger.Word("no-load");
        ledger.Push("r2", GapLedger.NoLoad);

        var gap = ledger.Gap("no-load");
        Assert.Equal((GapStatus.Closed, "", (string?)null), (gap.Status, gap.Last.Operation, gap.Last.Check));
        Assert.Equal("ann@example.org signed with SHA256:ann: proved by hand", gap.Last.What);
    }

    [Fact]
    public void A_word_for_one_opening_closes_no_other_even_when_its_line_is_written_again()
    {
        var ledger = new GapLedger();
        ledger.Push("r1", "", GapLedger.NotRun("G6.smoke", "no-smoke"));
        var word = ledger.Word("no-smoke");
        ledger.Push("r2", "", GapLedger.NotRun("G6.smoke", "no-smoke"));
        Assert.Equal(GapStatus.Open, ledger.Gap("no-smoke").Status);

        ledger.Add("", word);

        Assert.Equal(GapStatus.Open, ledger.Gap("no-smoke").Status);
    }

    [Fact]
    public void A_word_for_a_gap_that_nobody_named_makes_none()
    {
        var ledger = new GapLedger();
        ledger.Push("r1", GapLedger.NoLoad);
        ledger.Word("other", opened: 1);
        ledger.Word("no-load", opened: 99);

        Assert.Equal(GapStatus.Open, ledger.Gap("no-load").Status);
        Assert.Single(ledger.Register.Gaps);
    }

    [Fact]
    public void Another_statement_under_the_same_name_is_open_again()
    {
        var ledger = new GapLedger();
        ledger.Push("r1", GapLedger.NoLoad);
        ledger.Word("no-load");
        ledger.Push("r2", GapLedger.NoLoad.Replace("load on it", "a million users on it", StringComparison.Ordinal));

        Assert.Equal((GapStatus.Open, "named again with another statement"), (ledger.Gap("no-load").Status, ledger.Gap("no-load").Last.What));
    }

    [Fact]
    public void Gaps_in_a_form_that_is_not_known_are_an_error_and_not_none()
    {
        var ledger = new GapLedger();
        ledger.Push("r1", """{ "id": "a", "statement": "b", "owner": "c", "severity": "high" }""");

        Assert.Throws<LedgerBrokenException>(() => ledger.Register);
    }
}
