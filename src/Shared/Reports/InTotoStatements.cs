using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using IuCutter.Gates;

namespace IuCutter.Reports;

/// <summary>
/// What an ended push says in the words of in-toto (Statement v1, github.com/in-toto/attestation): SLSA provenance v1 of what was released, a test result v0.1,
/// and a deployment of our own kind. A pure function of the push's ledger lines; other operations bring nothing of which a digest could be named.
/// </summary>
public static class InTotoStatements
{
    public const string File = "attestations.intoto.jsonl";

    private const string DeployType = "urn:iucutter:deploy:v1";

    public static ImmutableArray<byte[]> Of(OperationRecord operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        return operation is { Order: { Operation: "push", Push: not null }, End: not null }
            ?
            [
                Statement(operation, "https://slsa.dev/provenance/v1", WriteProvenance),
                Statement(operation, "https://in-toto.io/attestation/test-result/v0.1", WriteTestResult),
                Statement(operation, DeployType, WriteDeploy),
            ]
            : [];
    }

    private static byte[] Statement(OperationRecord operation, string type, Action<Utf8JsonWriter, OperationRecord> writePredicate)
    {
        var buffer = new ArrayBufferWriter<byte>();
#pragma warning disable MA0045 // It writes to memory.
        using (var json = new Utf8JsonWriter(buffer))
#pragma warning restore MA0045
        {
            json.WriteStartObject();
            json.WriteString("_type", "https://in-toto.io/Statement/v1");
            json.WriteStartArray("subject");
            json.WriteStartObject();
            json.WriteString("name", operation.Order.Release);
            WriteDigest(json, "sha256", operation.Order.Push!.ManifestSha256);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteString("predicateType", type);
            json.WriteStartObject("predicate");
            writePredicate(json, operation);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteProvenance(Utf8JsonWriter json, OperationRecord operation)
    {
        var push = operation.Order.Push!;
        json.WriteStartObject("buildDefinition");
        json.WriteString("buildType", "urn:iucutter:git-commit:v1");
        json.WriteStartObject("externalParameters");
        json.WriteString("repository", push.Repository);
        json.WriteString("ref", push.Ref);
        json.WriteString("commit", push.Commit);
        json.WriteEndObject();
        json.WriteStartArray("resolvedDependencies");
        json.WriteStartObject();
        json.WriteString("uri", "git+" + push.Repository);
        WriteDigest(json, "gitCommit", push.Commit);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartObject("runDetails");
        json.WriteStartObject("builder");
        json.WriteString("id", "urn:iucutter:packager:" + operation.Order.RequestedBy);
        json.WriteEndObject();
        json.WriteStartObject("metadata");
        json.WriteString("invocationId", operation.Id);
        json.WriteString("startedOn", Moment(operation.Began));
        json.WriteString("finishedOn", Moment(operation.Ended!.Value));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteTestResult(Utf8JsonWriter json, OperationRecord operation)
    {
        var checks = operation.Gates.Where(g => g.Gate is GateId.G5 or GateId.G6).SelectMany(g => g.Checks).ToList();
        var passed = checks.Where(c => c.Status == CheckStatus.Held && OutcomeRules.Ran(c)).ToList();
        var warned = checks.Where(c => !OutcomeRules.Ran(c) && c.Gap is not null).ToList();
        var failed = checks.Except(passed).Except(warned).ToList();
        var isWhole = operation.Gates.Count(g => g is { Gate: GateId.G5 or GateId.G6, Outcome: Outcome.Pass or Outcome.Partial }) == 2;
        json.WriteString("result", failed.Count > 0 || passed.Count == 0 || !isWhole ? "FAILED" : warned.Count > 0 ? "WARNED" : "PASSED");
        json.WriteStartArray("configuration");
        json.WriteStartObject();
        json.WriteString("name", operation.Order.Push!.Repository);
        WriteDigest(json, "gitCommit", operation.Order.Push.Commit);
        json.WriteEndObject();
        json.WriteEndArray();
        WriteIds(json, "passedTests", passed);
        WriteIds(json, "warnedTests", warned);
        WriteIds(json, "failedTests", failed);
    }

    private static void WriteDeploy(Utf8JsonWriter json, OperationRecord operation)
    {
        json.WriteString("operation", operation.Id);
        json.WriteString("slot", operation.Order.Slot);
        json.WriteString("verdict", operation.End!.Verdict.ToString());
        json.WriteString("reason", operation.End.Reason);
        json.WriteString("endedOn", Moment(operation.Ended!.Value));
        json.WriteStartObject("gates");
        foreach (var gate in operation.Gates.Where(g => g.Outcome is not null))
        {
            json.WriteString(gate.Gate.ToString(), gate.Outcome!.Value.Word());
        }

        json.WriteEndObject();
        json.WriteStartArray("attestations");
        foreach (var attestation in AttestationRules.Of(operation))
        {
            json.WriteStartObject();
            json.WriteString("id", attestation.Id);
            json.WriteString("basis", ReportDocuments.BasisWord(attestation.Basis));
            json.WriteString("says", attestation.Says);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteDigest(Utf8JsonWriter json, string algorithm, string hex)
    {
        json.WriteStartObject("digest");
        json.WriteString(algorithm, hex);
        json.WriteEndObject();
    }

    private static void WriteIds(Utf8JsonWriter json, string name, IEnumerable<Check> checks)
    {
        json.WriteStartArray(name);
        foreach (var check in checks)
        {
            json.WriteStringValue(check.Id);
        }

        json.WriteEndArray();
    }

    /// <summary>RFC 3339, UTC.</summary>
    private static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
