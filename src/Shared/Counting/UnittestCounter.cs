using System.Buffers;
using System.Text.RegularExpressions;

namespace IuCutter.Counting;

/// <summary>
/// Python's unittest: a rule of 70 dashes, <c>Ran 7 tests in 0.001s</c>, and <c>OK</c> or <c>FAILED</c> with what was not plain success.
/// The last such group counts, so that the summary of a run inside a test does not. A test that prints rule, line and verdict after the
/// run's end (at exit) is taken for it.
/// </summary>
public sealed partial class UnittestCounter : TestCounter
{
    private static readonly SearchValues<char> Marks = SearchValues.Create(".FEsxu");
    private TestCounts? _result;
    private int? _ran;
    private bool _isAfterRule;

    public override TestCounts? Result => _result;

    protected override void Read(ReadOnlySpan<char> line)
    {
        if (line.StartsWith("Ran ") && _isAfterRule && RanForm().Match(line.ToString()) is { Success: true } ran)
        {
            _ran = Number(ran.Groups["tests"].ValueSpan);
        }
        else if (_ran is { } total && !line.IsWhiteSpace())
        {
            _ran = null;
            if (VerdictForm().Match(line.ToString()) is { Success: true } verdict)
            {
                _result = Counts(total, verdict);
            }
        }
        else
        {
            CountProgress(line);
        }

        _isAfterRule = line is "----------------------------------------------------------------------";
    }

    // A failing subtest counts as a failure of its own, a class that cannot be set up as an error without a test: so never below 0.
    private static TestCounts Counts(int total, Match verdict)
    {
        int failed = 0, errors = 0, skipped = 0;
        foreach (Capture capture in verdict.Groups["detail"].Captures)
        {
            var equals = capture.ValueSpan.IndexOf('=');
            var number = Number(capture.ValueSpan[(equals + 1)..]);
            switch (capture.ValueSpan[..equals])
            {
                case "failures" or "unexpected successes":
                    failed += number;
                    break;
                case "errors":
                    errors += number;
                    break;
                default:
                    skipped += number;
                    break;
            }
        }

        return new TestCounts(total, Math.Max(0, total - failed - errors - skipped), failed, errors, skipped);
    }

    private void CountProgress(ReadOnlySpan<char> line)
    {
        if (line.Length > 0 && !line.ContainsAnyExcept(Marks))
        {
            SoFar += line.Length;
        }
        else if (line.Contains(" ... ", StringComparison.Ordinal))
        {
            SoFar++;
        }
    }

    [GeneratedRegex(@"^Ran (?<tests>[0-9]+) tests? in [0-9.]+s\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RanForm();

    [GeneratedRegex(
        @"^(OK|FAILED|NO TESTS RAN)( \((?<detail>(failures|errors|skipped|expected failures|unexpected successes)=[0-9]+)(, (?<detail>(failures|errors|skipped|expected failures|unexpected successes)=[0-9]+))*\))?\z",
        RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex VerdictForm();
}
