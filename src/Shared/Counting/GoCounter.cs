using System.Text.Json;
using System.Text.RegularExpressions;

namespace IuCutter.Counting;

/// <summary>
/// <c>go test -v</c> and <c>go test -json</c>, tests and subtests alike, all packages together. An end counts only for a test whose
/// start was seen, which leaves out what a test prints about tests that do not exist. A package that does not build is an error; a test
/// still running when its package ends has failed. Plain <c>go test</c> names no passing test: no counts.
/// </summary>
public sealed partial class GoCounter : TestCounter
{
    /// <summary>A package with more tests under way at once is not believed.</summary>
    private const int MostRunning = 100_000;

    private readonly Dictionary<string, HashSet<string>> _running = new(StringComparer.Ordinal);
    private TestCounts _counts;
    private bool _sawStart;

    public override TestCounts? Result => _sawStart ? _counts + TestCounts.Of(0, _running.Values.Sum(tests => tests.Count), 0, 0) : null;

    protected override void Read(ReadOnlySpan<char> line)
    {
        if (line.StartsWith("{\""))
        {
            ReadEvent(line);
        }
        else if (line.StartsWith("=== RUN "))
        {
            Start("", line["=== RUN ".Length..].Trim().ToString());
        }
        else if (line.Contains("--- ", StringComparison.Ordinal) && EndForm().Match(line.ToString()) is { Success: true } end)
        {
            End("", end.Groups["test"].Value, end.Groups["how"].Value);
        }
        else if (line.StartsWith("FAIL\t") || line.StartsWith("ok  \t"))
        {
            var isBroken = line.EndsWith("[build failed]") || line.EndsWith("[setup failed]");
            _counts += TestCounts.Of(0, 0, isBroken ? 1 : 0, 0);
            EndPackage("");
        }
    }

    // Output events are most of a run and tell nothing that the others do not.
    private void ReadEvent(ReadOnlySpan<char> line)
    {
        if (line.Contains("\"Action\":\"output\"", StringComparison.Ordinal) || !line.EndsWith("}"))
        {
            return;
        }

        try
        {
            using var parsed = JsonDocument.Parse(line.ToString());
            var (action, package, test) = (Text(parsed, "Action"), Text(parsed, "Package"), Text(parsed, "Test"));
            switch (action, test)
            {
                case ("run", not null):
                    Start(package ?? "", test);
                    break;
                case ("pass" or "fail" or "skip", not null):
                    End(package ?? "", test, action.ToUpperInvariant());
                    break;
                case ("pass" or "fail" or "skip", null):
                    EndPackage(package ?? "");
                    break;
            }
        }
        catch (JsonException)
        {
            // A test printed something that only begins like an event.
        }
    }

    private static string? Text(JsonDocument parsed, string name) =>
        parsed.RootElement.ValueKind is JsonValueKind.Object && parsed.RootElement.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String
            ? value.GetString()
            : null;

    private void Start(string package, string test)
    {
        _sawStart = true;
        if (!_running.TryGetValue(package, out var running))
        {
            _running[package] = running = new HashSet<string>(StringComparer.Ordinal);
        }

        if (running.Count < MostRunning)
        {
            running.Add(test);
        }
    }

    private void End(string package, string test, string how)
    {
        if (_running.TryGetValue(package, out var running) && running.Remove(test))
        {
            SoFar++;
            _counts += how switch
            {
                "PASS" => TestCounts.Of(1, 0, 0, 0),
                "SKIP" => TestCounts.Of(0, 0, 0, 1),
                _ => TestCounts.Of(0, 1, 0, 0),
            };
        }
    }

    private void EndPackage(string package)
    {
        if (_running.Remove(package, out var running))
        {
            _counts += TestCounts.Of(0, running.Count, 0, 0);
        }
    }

    // Not at the line's beginning: what a test printed without a line feed stands before it.
    [GeneratedRegex(@"--- (?<how>PASS|FAIL|SKIP): (?<test>\S+) \([0-9.]+s\)\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex EndForm();
}
