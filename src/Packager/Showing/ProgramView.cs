using System.Text.Json;
using IuCutter.Gates;
using IuCutter.Ledgers;

namespace IuCutter.Packager.Showing;

/// <summary>Shows an operation to programs: JSON lines on standard output, and what is meant for people on standard error.</summary>
internal sealed class ProgramView(JsonLines lines, Screen people, TimeProvider time) : IOperationView
{
    private static readonly TimeSpan ProgressPause = TimeSpan.FromMilliseconds(100);

    private long _lastProgress;

    public void Heading(string text) => people.Line(SafeText.Line(text));

    public void Note(string text) => people.Line(SafeText.Line(text));

    public void SourceGate(GateResult gate, double milliseconds) => lines.Write(json =>
    {
        json.WritePropertyName("gate");
        json.WriteRawValue(LedgerJson.Write(gate));
        json.WriteNumber("milliseconds", Math.Round(milliseconds, 1));
    });

    public void Progress(string operation, string gate, string what, long done, long total, string unit)
    {
        // Two that come at once may both be written: that costs a line and no lock.
        var now = time.GetTimestamp();
        if (time.GetElapsedTime(Volatile.Read(ref _lastProgress), now) < ProgressPause && (total == 0 || done < total))
        {
            return;
        }

        Volatile.Write(ref _lastProgress, now);
        lines.Write(json =>
        {
            json.WriteString("operation", operation);
            json.WriteStartObject("progress");
            json.WriteString("gate", gate);
            json.WriteString("what", what);
            json.WriteNumber("done", done);
            json.WriteNumber("total", total);
            json.WriteString("unit", unit);
            json.WriteEndObject();
        });
    }

    public void Recorded(long number, string operation, ReadOnlyMemory<byte> line, LedgerEntry? entry) => lines.Write(json =>
    {
        json.WriteNumber("number", number);
        json.WriteString("operation", operation);
        WriteLedgerLine(json, line.Span);
    });

    public void Result(OperationResult result) => lines.Write(json =>
    {
        json.WriteStartObject("result");
        json.WriteString("kind", result.Kind);
        json.WriteString("operation", result.Operation);
        json.WriteString("verdict", result.Verdict.ToString());
        json.WriteNumber("exitCode", (int)result.Exit);
        json.WriteString("reason", result.Reason);
        json.WriteString("slot", result.Slot);
        json.WriteString("release", result.Release);
        json.WriteString("releasePath", result.ReleasePath);
        json.WriteBoolean("wasLiveAlready", result.WasLiveAlready);
        json.WriteStartArray("changes");
        foreach (var change in result.Changes)
        {
            json.WriteStringValue(change);
        }

        json.WriteEndArray();
        json.WriteString("report", result.Report);
        json.WriteString("undo", result.Undo);
        json.WriteString("next", result.Next);
        json.WriteEndObject();
    });

    /// <summary>The line's own bytes, so that its sha256 can be checked; what is no JSON in one line becomes a string.</summary>
    internal static void WriteLedgerLine(Utf8JsonWriter json, ReadOnlySpan<byte> line)
    {
        if (!line.Contains((byte)'\n') && IsJson(line))
        {
            json.WritePropertyName("line");
            json.WriteRawValue(line, skipInputValidation: true);
        }
        else
        {
            json.WriteString("notJson", Convert.ToHexStringLower(line));
        }
    }

    private static bool IsJson(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        try
        {
            while (reader.Read())
            {
                // Only whether it can be read to its end matters.
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
