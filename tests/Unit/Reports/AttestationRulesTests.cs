using System.Collections.Immutable;
using System.Text.Json;
using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Reports;

namespace IuCutter.Tests.Unit.Reports;

/// <summary>NONE is said only of what was looked at or could not happen. Exhaustive over which of the lines that speak of it are there.</summary>
public sealed class AttestationRulesTests
{
    private static readonly string[] Ids = ["G3.anchors.first", "G4.anchors.staged", "G7.anchors.promoted", "G7.way-back.whole", "G3.way-back", "G5.assert.1", "G5.test.1"];

    public static IEnumerable<OperationRecord> Every =>
        from present in Enumerable.Range(0, 1 << Ids.Length)
        from status in (CheckStatus[])[CheckStatus.Held, CheckStatus.NotHeld, CheckStatus.CouldNotRun]
        from looks in (int[])[0, 1, 2]
        from ended in (bool[])[true, false]
        select Operation(Ids.Where((_, i) => (present >> i & 1) == 1), status, looks, ended);

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
            AttestationRules.Of(o), a => a.SaysNone && a.Id is "host-mutation" or "earlier-releases" or "hard-deletes" && a.SaysNone));

    [Fact]
    public void Anchors_that_nobody_named_and_looks_without_evidence_attest_nothing()
    {
        var operation = Operation(Ids, CheckStatus.Held, 2, ended: true);
        var bare = operation.Gates[0].Checks.Select(c => c with { Evidence = c.Evidence! with { Measured = null } }).ToImmutableArray();
        operation = operation with { Gates = [operation.Gates[0] with { Checks = bare }] };

        Assert.Equal(AttestationBasis.NotObserved, AttestationRules.Of(operation).Single(a => a.Id == "production-mutation").Basis);
        Assert.Equal(AttestationBasis.NotObserved, Attestation.Observed("id", "subject", looked: true, "why not", []).Basis);
    }

    [Fact]
    public void What_changed_is_said_in_its_own_words()
    {
        var operation = Operation(Ids, CheckStatus.Held, 2, ended: true);
        var seen = (LedgerEvent.HostSeen)operation.Deeds[^1].Event;
        operation = operation with
        {
            Deeds = operation.Deeds.SetItem(1, operation.Deeds[1] with { Event = seen with { Measured = seen.Measured.SetItem("listening ports", "0.0.0.0:8080") } }),
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
        var push = new LedgerEvent.PushSubject("c", "m", "contents", "a", "r", "", JsonElement.Parse("""{"assert":[{"assert":"switch_off_file"}]}"""));
        var seen = new LedgerEvent.HostSeen(ImmutableSortedDictionary<string, string>.Empty.Add("listening ports", "0.0.0.0:22"));
        return new OperationRecord
        {
            Id = "op-1",
            Began = DateTimeOffset.UnixEpoch,
            Order = new LedgerEvent.OperationBegun("push", "app", "me", "app-1", push),
            Gates = [new GateRecord(GateId.G3, "target", DateTimeOffset.UnixEpoch, checks, null, null, null, 0)],
            Deeds = [.. Enumerable.Range(1, looks).Select(i => new LedgerEntry(i, "", DateTimeOffset.UnixEpoch, "op-1", seen))],
            End = ended ? new LedgerEvent.OperationEnded(Verdict.A, "", [], null, null) : null,
            Lines = (1, 9),
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
            Measured = id.Contains("anchors", StringComparison.Ordinal) ? ImmutableSortedDictionary<string, string>.Empty.Add("/etc/x", "1") : null,
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
