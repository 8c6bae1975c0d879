using System.Collections.Immutable;
using System.Text.Json;
using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Reports;

namespace IuCutter.Tests.Unit.Reports;

/// <summary>NONE is said only of what was looked at or could not happen. Exhaustive over which of the lines that speak of it are there.</summary>
public sealed class AttestationRulesTests
{
    private static readonly string[] Ids = ["G3.anchors.first", "G4.anchors.staged", "G7.anchors.promoted", "G7.way-back.whole", "G3.way-back", "G5.assert.1", "G5.test.1", "G6.switch.1"];
    private static readonly string Digest = new('1', 64);

    public static IEnumerable<OperationRecord> Every =>
        from present in Enumerable.Range(0, 1 << Ids.Length)
        from status in (CheckStatus[])[CheckStatus.Held, CheckStatus.NotHeld, CheckStatus.CouldNotRun]
        from looks in (int[])[0, 1, 2]
        from ended in (bool[])[true, false]
        select Operation(Ids.Where((_, i) => (present >> i & 1) == 1), status, looks, ended);

    private static Attestation Of(OperationRecord operation, string id) => AttestationRules.Of(operation).Single(a => a.Id == id);

    [Fact]
    public void None_is_said_only_with_a_basis_and_with_evidence_that_is_there()
    {
        foreach (var operation in Every)
        {
            var made = operation.Checks.Where(OutcomeRules.Ran).Select(c => c.Id).ToHashSet(StringComparer.Ordinal);
            foreach (var attestation in AttestationRules.Of(operation).Where(a => a.Says == Attestation.None))
            {
                Assert.NotEqual(AttestationBasis.NotObserved, attestation.Basis);
                Assert.NotEmpty(attestation.Evidence);
                Assert.All(attestation.Evidence, e => Assert.True(e.StartsWith("line", StringComparison.Ordinal) || made.Contains(e), $"{attestation.Id}: {e}"));
            }
        }
    }

    [Fact]
    public void A_check_that_did_not_hold_keeps_its_attestation_from_saying_none()
    {
        var operation = Operation(Ids, CheckStatus.NotHeld, 2, ended: true);

        Assert.All(AttestationRules.Of(operation).Where(a => a.Id is "production-mutation" or "earlier-releases" or "kill-switch"), a => Assert.NotEqual(Attestation.None, a.Says));
    }

    [Fact]
    public void An_operation_that_has_not_ended_attests_nothing_of_what_only_a_second_look_shows() =>
        Assert.All(Every.Where(o => o.End is null), o => Assert.DoesNotContain(
            AttestationRules.Of(o), a => a.SaysNone && a.Id is "host-mutation" or "production-mutation" or "earlier-releases" or "hard-deletes" && a.SaysNone));

    [Fact]
    public void Without_two_readings_of_the_target_and_nothing_done_after_the_last_nothing_is_said_of_it()
    {
        var both = Operation(Ids, CheckStatus.Held, 2, ended: true);
        Assert.True(Of(both, "host-mutation").SaysNone);
        Assert.True(Of(both, "production-mutation").SaysNone);

        var switched = both.Deeds[^1] with { Event = new LedgerEvent.SlotSwitched("app", "app-1", null, "promote") };
        OperationRecord[] blind = [Operation(Ids, CheckStatus.Held, 1, ended: true), both with { Deeds = both.Deeds.Add(switched) }, both with { Deeds = both.Deeds.Insert(0, switched) }];
        Assert.All(blind, o => Assert.Equal(AttestationBasis.NotObserved, Of(o, "host-mutation").Basis));
        Assert.All(blind, o => Assert.Equal(AttestationBasis.NotObserved, Of(o, "production-mutation").Basis));
    }

    [Theory]
    [InlineData("absent")]
    [InlineData("unreadable (cannot enter /x: Permission denied (errno 13))")]
    [InlineData("a link to where nothing is (00)")]
    public void An_anchor_of_which_nothing_was_read_is_no_basis_for_none(string reading)
    {
        var operation = WithAnchor(Operation(Ids, CheckStatus.Held, 2, ended: true), reading);

        Assert.Equal(AttestationBasis.NotObserved, Of(operation, "production-mutation").Basis);
        Assert.True(Of(WithAnchor(operation, new('2', 64)), "production-mutation").SaysNone);
    }

    [Fact]
    public void A_first_reading_that_did_not_hold_is_no_basis_for_none()
    {
        var operation = Operation(Ids, CheckStatus.Held, 2, ended: true);
        var first = operation.Gates[0].Checks[0] with { Status = CheckStatus.NotHeld };
        operation = operation with { Gates = [operation.Gates[0] with { Checks = operation.Gates[0].Checks.SetItem(0, first) }] };

        Assert.Equal(AttestationBasis.NotObserved, Of(operation, "production-mutation").Basis);
    }

    [Fact]
    public void An_anchor_that_differs_between_two_readings_is_said_though_no_change_is_recorded()
    {
        var operation = Operation(Ids, CheckStatus.Held, 2, ended: true);
        var last = operation.Deeds[^1];
        var other = ((LedgerEvent.TargetSeen)last.Event).Anchors.SetItem("/etc/x", new('2', 64));
        operation = operation with { Deeds = operation.Deeds.SetItem(operation.Deeds.Length - 1, last with { Event = (LedgerEvent.TargetSeen)last.Event with { Anchors = other } }) };

        Assert.Contains("anchor /etc/x", Of(operation, "production-mutation").Says, StringComparison.Ordinal);
    }

    [Fact]
    public void A_switch_is_off_as_far_as_it_was_read_after_the_last_command_of_the_payload()
    {
        Assert.True(Of(Operation(["G5.test.1", "G5.assert.1"], CheckStatus.Held, 2, ended: true), "kill-switch").SaysNone);
        Assert.True(Of(Operation(["G5.assert.1", "G5.test.1", "G6.switch.1"], CheckStatus.Held, 2, ended: true), "kill-switch").SaysNone);

        var stale = Of(Operation(["G5.assert.1", "G5.test.1"], CheckStatus.Held, 2, ended: true), "kill-switch");
        Assert.Equal((AttestationBasis.NotObserved, "it was not read again after G5.test.1"), (stale.Basis, stale.Says));
        var half = Of(Operation(["G5.assert.2", "G5.test.1", "G6.switch.1"], CheckStatus.Held, 2, ended: true), "kill-switch");
        Assert.Equal(AttestationBasis.NotObserved, half.Basis);
    }

    [Fact]
    public void Of_a_command_that_was_under_way_and_has_no_check_nothing_is_attested()
    {
        var operation = Operation(["G5.test.1", "G5.assert.1"], CheckStatus.Held, 2, ended: true);
        Assert.True(Of(operation, "kill-switch").SaysNone && Of(operation, "remote-pushes").SaysNone);
        var killed = new GateRecord(GateId.G6, "target", DateTimeOffset.UnixEpoch, [], null, null, null, 0);

        operation = operation with { Gates = operation.Gates.Add(killed) };
        Assert.Equal((AttestationBasis.NotObserved, AttestationBasis.NotObserved), (Of(operation, "kill-switch").Basis, Of(operation, "remote-pushes").Basis));
    }

    [Fact]
    public void Of_assertions_that_were_not_come_to_nobody_is_told_to_write_them() =>
        Assert.StartsWith("the assertions that read it were not run", Of(Operation(["G5.test.1"], CheckStatus.Held, 2, ended: true), "kill-switch").Says, StringComparison.Ordinal);

    [Fact]
    public void A_switch_whose_last_reading_could_not_be_made_is_not_said_to_be_off()
    {
        var operation = Operation(["G5.assert.1", "G6.switch.1"], CheckStatus.Held, 2, ended: true);
        var last = operation.Gates[0].Checks[1] with { Status = CheckStatus.CouldNotRun, Evidence = null };
        operation = operation with { Gates = [operation.Gates[0] with { Checks = operation.Gates[0].Checks.SetItem(1, last) }] };

        Assert.Equal(AttestationBasis.NotObserved, Of(operation, "kill-switch").Basis);
    }

    [Fact]
    public void Anchors_that_nobody_named_and_looks_without_evidence_attest_nothing()
    {
        var operation = Operation(Ids, CheckStatus.Held, 2, ended: true);
        var bare = operation.Gates[0].Checks.Select(c => c with { Evidence = c.Evidence! with { Measured = null } }).ToImmutableArray();
        operation = operation with { Gates = [operation.Gates[0] with { Checks = bare }] };

        Assert.Equal(AttestationBasis.NotObserved, AttestationRules.Of(operation).Single(a => a.Id == "production-mutation").Basis);
        var unnamed = bare.Select(c => c with { Evidence = c.Evidence! with { Measured = ImmutableSortedDictionary<string, string>.Empty } }).ToImmutableArray();
        Assert.Contains("name in `anchors:` what must not change", Of(operation with { Gates = [operation.Gates[0] with { Checks = unnamed }] }, "production-mutation").Says, StringComparison.Ordinal);
        Assert.Equal(AttestationBasis.NotObserved, Attestation.Observed("id", "subject", looked: true, "why not", []).Basis);
    }

    [Fact]
    public void What_changed_is_said_in_its_own_words()
    {
        var operation = Operation(Ids, CheckStatus.Held, 2, ended: true);
        var seen = (LedgerEvent.HostSeen)operation.Deeds[2].Event;
        operation = operation with
        {
            Deeds = operation.Deeds.SetItem(2, operation.Deeds[2] with { Event = seen with { Measured = seen.Measured.SetItem("listening ports", "0.0.0.0:8080") } }),
            End = operation.End! with { Changes = ["anchor /etc/x was 1, is 2"] },
        };

        var says = AttestationRules.Of(operation).ToDictionary(a => a.Id, a => a.Says, StringComparer.Ordinal);
        Assert.Equal("listening ports: was 0.0.0.0:22, is 0.0.0.0:8080", says["services"]);
        Assert.Equal("anchor /etc/x was 1, is 2", says["production-mutation"]);
        Assert.Equal("anchor /etc/x was 1, is 2", says["host-mutation"]);
    }

    [Fact]
    public void A_command_outside_a_fence_or_with_the_network_open_ends_what_the_fence_could_attest()
    {
        foreach (var (sandbox, network) in (ReadOnlySpan<(string, bool)>)[("T0", false), ("T3", true)])
        {
            var operation = Operation(Ids, CheckStatus.Held, 2, ended: true, sandbox, network);

            Assert.Equal(AttestationBasis.NotObserved, AttestationRules.Of(operation).Single(a => a.Id == "remote-pushes").Basis);
        }
    }

    [Fact]
    public void A_value_that_was_too_short_to_be_masked_is_named_and_nothing_is_attested_of_secrets()
    {
        var operation = Operation(Ids, CheckStatus.Held, 2, ended: true);
        Assert.Equal(Attestation.None, AttestationRules.Of(operation).Single(a => a.Id == "secrets").Says);
        var gate = operation.Gates[0];
        operation = operation with
        {
            Gates = [gate with { Checks = [.. gate.Checks.Select(c => c.Evidence?.Command is { } run ? c with { Evidence = c.Evidence with { Command = run with { NotMasked = ["PIN"] } } } : c)] }],
        };

        var secrets = AttestationRules.Of(operation).Single(a => a.Id == "secrets");

        Assert.Equal(AttestationBasis.NotObserved, secrets.Basis);
        Assert.Contains("PIN", secrets.Says, StringComparison.Ordinal);
    }

    private static OperationRecord Operation(IEnumerable<string> ids, CheckStatus status, int looks, bool ended, string sandbox = "T3", bool network = false)
    {
        var checks = ids.Select(id => Check(id, status, sandbox, network)).ToImmutableArray();
        var push = new LedgerEvent.PushSubject("c", "m", "contents", "a", "r", "", JsonElement.Parse("""{"assert":[{"assert":"switch_off_file"},{"assert":"refused"}]}"""));
        var seen = new LedgerEvent.HostSeen(ImmutableSortedDictionary<string, string>.Empty.Add("listening ports", "0.0.0.0:22"));
        var target = new LedgerEvent.TargetSeen("nothing there", [], "", null, ImmutableSortedDictionary<string, string>.Empty.Add("/etc/x", Digest));
        return new OperationRecord
        {
            Id = "op-1",
            Began = DateTimeOffset.UnixEpoch,
            Order = new LedgerEvent.OperationBegun("push", "app", "me", "app-1", push),
            Gates = [new GateRecord(GateId.G3, "target", DateTimeOffset.UnixEpoch, checks, checks.Length, Outcome.Pass, null, 0)],
            Deeds = [.. Enumerable.Range(1, looks).SelectMany(_ => (LedgerEvent[])[seen, target]).Select((e, i) => new LedgerEntry(i + 1, "", DateTimeOffset.UnixEpoch, "op-1", e))],
            End = ended ? new LedgerEvent.OperationEnded(Verdict.A, "", [], null, null) : null,
            Lines = (1, 9),
        };
    }

    /// <summary>The same operation, every reading of its anchor being this.</summary>
    private static OperationRecord WithAnchor(OperationRecord operation, string reading)
    {
        var anchors = ImmutableSortedDictionary<string, string>.Empty.Add("/etc/x", reading);
        var gate = operation.Gates[0];
        return operation with
        {
            Gates = [gate with { Checks = [.. gate.Checks.Select(c => c.Evidence?.Measured is null ? c : c with { Evidence = c.Evidence with { Measured = anchors } })] }],
            Deeds = [.. operation.Deeds.Select(d => d.Event is LedgerEvent.TargetSeen seen ? d with { Event = seen with { Anchors = anchors } } : d)],
        };
    }

    private static Check Check(string id, CheckStatus status, string sandbox, bool network) => new()
    {
        Id = id,
        Statement = id,
        Status = status,
        Expected = "so",
        Seen = id == "G3.way-back" ? "first release here" : "seen",
        Evidence = status == CheckStatus.CouldNotRun ? null : new Evidence
        {
            Started = DateTimeOffset.UnixEpoch,
            Milliseconds = 1,
            Measured = id.Contains("anchors", StringComparison.Ordinal) ? ImmutableSortedDictionary<string, string>.Empty.Add("/etc/x", Digest) : null,
            Command = id != "G5.test.1" ? null : new CommandEvidence
            {
                Arguments = ["t"],
                WorkingDirectory = "/",
                EnvironmentNames = [],
                Sandbox = sandbox,
                Network = network,
                OutputSha256 = "",
                OutputBytes = 0,
                Tail = "",
            },
        },
    };
}
