using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Reports;
using IuCutter.Tests.Unit.Support;

namespace IuCutter.Tests.Unit.Reports;

public sealed class InTotoStatementsTests : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private string PublicKey => Convert.ToBase64String(_key.ExportSubjectPublicKeyInfo());

    public void Dispose() => _key.Dispose();

    [Fact]
    public void What_is_signed_is_the_encoding_that_DSSE_says() =>
        Assert.Equal("DSSEv1 28 application/vnd.in-toto+json 5 hello", Encoding.UTF8.GetString(DsseEnvelope.SignedBytes("hello"u8)));

    [Fact]
    public void An_ended_push_brings_a_provenance_a_test_result_and_a_deployment_of_its_manifest()
    {
        var statements = InTotoStatements.Of(Push(Outcome.Pass, CheckStatus.Held)).Select(s => JsonElement.Parse(s)).ToList();

        Assert.Equal(3, statements.Count);
        Assert.All(statements, s =>
        {
            Assert.Equal("https://in-toto.io/Statement/v1", s.GetProperty("_type").GetString());
            Assert.Equal("m", s.GetProperty("subject")[0].GetProperty("digest").GetProperty("sha256").GetString());
        });
        Assert.Equal("c", statements[0].GetProperty("predicate").GetProperty("buildDefinition").GetProperty("resolvedDependencies")[0].GetProperty("digest").GetProperty("gitCommit").GetString());
        Assert.Equal("PASSED", statements[1].GetProperty("predicate").GetProperty("result").GetString());
        Assert.Equal("A", statements[2].GetProperty("predicate").GetProperty("verdict").GetString());
    }

    [Theory]
    [InlineData(Outcome.Fail, CheckStatus.NotHeld, false, "FAILED")]
    [InlineData(Outcome.Blocked, CheckStatus.CouldNotRun, false, "FAILED")]
    [InlineData(Outcome.Partial, CheckStatus.CouldNotRun, true, "WARNED")]
    public void A_test_result_is_no_better_than_its_checks(Outcome outcome, CheckStatus status, bool hasGap, string result)
    {
        var predicate = JsonElement.Parse(InTotoStatements.Of(Push(outcome, status, hasGap))[1]).GetProperty("predicate");

        Assert.Equal(result, predicate.GetProperty("result").GetString());
        Assert.Equal(1, predicate.GetProperty(hasGap ? "warnedTests" : "failedTests").GetArrayLength());
    }

    [Fact]
    public void What_has_not_ended_and_what_brought_nothing_attest_nothing()
    {
        var push = Push(Outcome.Pass, CheckStatus.Held);

        Assert.Empty(InTotoStatements.Of(push with { End = null }));
        Assert.Empty(InTotoStatements.Of(push with { Order = push.Order with { Push = null } }));
        Assert.Empty(InTotoStatements.Of(push with { Order = push.Order with { Operation = "smoke" } }));
    }

    [Fact]
    public void An_envelope_holds_for_its_own_payload_under_its_own_key_and_every_flip_of_it_is_found()
    {
        var payload = "{\"a\":1}"u8.ToArray();
        var envelope = Sign(payload, DsseEnvelope.SignedBytes(payload));

        Assert.True(DsseEnvelope.Verifies(envelope, payload, PublicKey));
        Assert.False(DsseEnvelope.Verifies(envelope, "{\"a\":2}"u8.ToArray(), PublicKey));
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.False(DsseEnvelope.Verifies(envelope, payload, Convert.ToBase64String(other.ExportSubjectPublicKeyInfo())));
        for (var at = 0; at < envelope.Length; at++)
        {
            var flipped = envelope.ToArray();
            flipped[at] ^= 1;
            Assert.False(DsseEnvelope.Verifies(flipped, payload, PublicKey), $"byte {at}");
        }
    }

    [Fact]
    public void A_signature_made_for_a_ledger_head_never_serves_for_a_statement()
    {
        var payload = Encoding.ASCII.GetBytes(LedgerReceipt.SignedText(1, new string('0', 64)));

        Assert.False(DsseEnvelope.Verifies(Sign(payload, payload), payload, PublicKey));
    }

    private byte[] Sign(byte[] payload, byte[] signed) =>
        DsseEnvelope.Write(payload, _key.SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence), _key.ExportSubjectPublicKeyInfo());

    private static OperationRecord Push(Outcome smoke, CheckStatus status, bool hasGap = false)
    {
        var check = SignedHistory.Check("G6.smoke.1", status) with { Gap = hasGap ? new Gap("no-smoke", "none", "me") : null };
        check = status == CheckStatus.CouldNotRun ? check with { Evidence = null } : check;
        return new OperationRecord
        {
            Id = "op-1",
            Began = DateTimeOffset.UnixEpoch,
            Order = new LedgerEvent.OperationBegun("push", "app", "me", "app-1", new LedgerEvent.PushSubject("c", "m", "contents", "a", "r", "", default)),
            Gates =
            [
                Gate(GateId.G5, Outcome.Pass, SignedHistory.Check("G5.test.1")),
                Gate(GateId.G6, smoke, SignedHistory.Check("G6.unchanged"), check),
            ],
            Deeds = [],
            End = new LedgerEvent.OperationEnded(Verdict.A, "", [], null, null),
            Ended = DateTimeOffset.UnixEpoch,
            Lines = (1, 9),
        };
    }

    private static GateRecord Gate(GateId gate, Outcome outcome, params ImmutableArray<Check> checks) =>
        new(gate, "target", DateTimeOffset.UnixEpoch, checks, checks.Length, outcome, null, 1);
}
