using System.Buffers;
using System.Text.Json;
using IuCutter.Gates;
using IuCutter.Ledgers;

namespace IuCutter.Reports;

/// <summary>Writes an operation's report for programs: one indented JSON object.</summary>
internal static class JsonForm
{
    private static readonly JsonWriterOptions Readable = new() { Indented = true, NewLine = "\n" };

    public static byte[] Write(OperationRecord operation)
    {
        var buffer = new ArrayBufferWriter<byte>();
#pragma warning disable MA0045 // It writes to memory.
        using (var json = new Utf8JsonWriter(buffer, Readable))
#pragma warning restore MA0045
        {
            json.WriteStartObject();
            json.WriteString("format", "iucutter-report-v1");
            json.WriteString("operation", operation.Id);
            json.WriteString("kind", operation.Order.Operation);
            json.WriteString("slot", operation.Order.Slot);
            json.WriteString("release", operation.Order.Release);
            json.WriteString("requestedBy", operation.Order.RequestedBy);
            json.WriteString("began", operation.Began);
            json.WriteNumber("firstLine", operation.Lines.First);
            json.WriteNumber("lastLine", operation.Lines.Last);
            if (operation.Order.Push is { } push)
            {
                json.WriteString("commit", push.Commit);
                json.WriteString("manifestSha256", push.ManifestSha256);
                json.WriteString("artifactSha256", push.ArtifactSha256);
            }

            json.WriteString("verdict", operation.End?.Verdict.ToString());
            json.WriteString("reason", operation.End?.Reason);
            WriteGates(json, operation);
            WriteAttestations(json, operation);
            WriteTexts(json, "changes", operation.End?.Changes ?? []);
            json.WriteString("undo", operation.End?.Undo);
            json.WriteString("next", operation.End?.Next);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A gate is written as it is recorded, with every check and its evidence.</summary>
    private static void WriteGates(Utf8JsonWriter json, OperationRecord operation)
    {
        json.WriteStartArray("gates");
        foreach (var gate in operation.Gates.Select(g => g.Result).OfType<GateResult>())
        {
            JsonSerializer.Serialize(json, gate, LedgerJson.Default.GateResult);
        }

        json.WriteEndArray();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static void WriteAttestations(Utf8JsonWriter json, OperationRecord operation)
    {
        json.WriteStartArray("attestations");
        foreach (var attestation in AttestationRules.Of(operation))
        {
            json.WriteStartObject();
            json.WriteString("id", attestation.Id);
            json.WriteString("basis", ReportDocuments.BasisWord(attestation.Basis));
            json.WriteString("says", attestation.Says);
            WriteTexts(json, "evidence", attestation.Evidence);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
