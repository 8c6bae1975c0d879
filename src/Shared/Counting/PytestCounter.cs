using System.Text.RegularExpressions;

namespace IuCutter.Counting;

/// <summary>
/// pytest's last line: <c>=== 1 failed, 4 passed, 1 skipped in 0.05s ===</c>, without the rules when quiet. xfailed counts as skipped,
/// xpassed as passed, which is how pytest ends; deselected tests and subtests are not counted. pytest captures what tests print, so an
/// imitation is seen only with -s or for failures, before the real line; the last one counts.
/// </summary>
public sealed partial class PytestCounter : TestCounter
{
    private TestCounts? _result;

    public override TestCounts? Result => _result;

    protected override void Read(ReadOnlySpan<char> line)
    {
        if (line.Contains(" in ", StringComparison.Ordinal) && Summary().Match(line.ToString()) is { Success: true } summary)
        {
            _result = Counts(summary);
        }
        else if (line.EndsWith("%]") && ProgressForm().Match(line.ToString()) is { Success: true } progress)
        {
            SoFar += progress.Groups["marks"] is { Success: true } marks ? marks.Length : 1;
        }
    }

    private static TestCounts Counts(Match summary)
    {
        int passed = 0, failed = 0, errors = 0, skipped = 0;
        foreach (Capture capture in summary.Groups["part"].Captures)
        {
            var space = capture.ValueSpan.IndexOf(' ');
            var number = Number(capture.ValueSpan[..space]);
            switch (capture.ValueSpan[(space + 1)..])
            {
                case "passed" or "xpassed":
                    passed += number;
                    break;
                case "failed":
                    failed += number;
                    break;
                case "error" or "errors":
                    errors += number;
                    break;
                case "skipped" or "xfailed":
                    skipped += number;
                    break;
            }
        }

        return TestCounts.Of(passed, failed, errors, skipped);
    }

    [GeneratedRegex(
        @"^(=+ )?(no tests ran|(?<part>[0-9]+ [a-z]+( [a-z]+)?)(, (?<part>[0-9]+ [a-z]+( [a-z]+)?))*) in [0-9.]+s( \([0-9:]+(, [0-9:]+)*\))?( =+)?\z",
        RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex Summary();

    [GeneratedRegex(
        @"^((\S+ )?(?<marks>[.FEsxX]+)|\S.* (PASSED|FAILED|SKIPPED|ERROR|XFAIL|XPASS)( \(.*\))?) +\[ *[0-9]+%\]\z",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking,
        1000)]
    private static partial Regex ProgressForm();
}
