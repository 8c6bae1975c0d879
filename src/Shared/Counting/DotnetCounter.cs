using System.Text.RegularExpressions;

namespace IuCutter.Counting;

/// <summary>
/// <c>dotnet test</c>. One line an assembly (<c>Passed!  - Failed: 0, Passed: 3, Skipped: 0, Total: 3, ...</c>) or, at higher verbosity,
/// one block an assembly (<c>Total tests: 3</c>): these add up. The terminal logger and Microsoft.Testing.Platform sum up themselves
/// (<c>Test summary: total: 3, ...</c>, <c>Test run summary:</c> and a block); theirs goes before, and of the former the last. English
/// output only. A test program that died leaves a summary that says "Passed!" of those before it: "Test Run Aborted." is an error. Lines count only as the framework indents them. What passing tests print is
/// shown by loggers of higher verbosity alone, and there the block goes before lines.
/// </summary>
public sealed partial class DotnetCounter : TestCounter
{
    private readonly DotnetBlock _vstest = new("Total tests:", "     Passed:", "     Failed:", "    Skipped:");
    private readonly DotnetBlock _platform = new("  total:", "  succeeded:", "  failed:", "  skipped:");
    private TestCounts? _terminal;
    private TestCounts? _lines;
    private bool _isInPlatformBlock;
    private int _aborted;

    public override TestCounts? Result => (_terminal ?? _platform.Sum ?? _vstest.Sum ?? _lines) is { } counts
        ? counts + Aborted
        : _aborted > 0 ? Aborted : null;

    private TestCounts Aborted => TestCounts.Of(0, 0, _aborted, 0);

    protected override void Read(ReadOnlySpan<char> line)
    {
        if (line.Contains("otal: ", StringComparison.Ordinal) && Sentence().Match(line.ToString()) is { Success: true } sentence)
        {
            var counts = Counts(sentence);
            _lines = sentence.Groups["line"].Success ? (_lines ?? default) + counts : _lines;
            _terminal = sentence.Groups["terminal"].Success ? counts : _terminal;
            return;
        }

        if (line is "Test Run Aborted.")
        {
            _aborted++;
        }
        else if (line.StartsWith("Test run summary:"))
        {
            _isInPlatformBlock = true;
        }
        else if (_isInPlatformBlock)
        {
            _isInPlatformBlock = _platform.Take(line);
        }
        else if (!_vstest.Take(line) && line.StartsWith("  ") && line.EndsWith("]") && ProgressForm().IsMatch(line))
        {
            SoFar++;
        }
    }

    private static TestCounts Counts(Match sentence) => new(
        Number(sentence.Groups["total"].ValueSpan),
        Number(sentence.Groups["passed"].ValueSpan),
        Number(sentence.Groups["failed"].ValueSpan),
        0,
        Number(sentence.Groups["skipped"].ValueSpan));

    [GeneratedRegex(
        @"^((?<line>(Passed|Failed|Skipped)! +- Failed: +(?<failed>[0-9]+), Passed: +(?<passed>[0-9]+), Skipped: +(?<skipped>[0-9]+), Total: +(?<total>[0-9]+), Duration:)|(?<terminal>Test summary: total: (?<total>[0-9]+), failed: (?<failed>[0-9]+), succeeded: (?<passed>[0-9]+), skipped: (?<skipped>[0-9]+), duration:))",
        RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex Sentence();

    [GeneratedRegex(@"^ +(Passed|Failed|Skipped) \S.* \[.*\]\z", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking, 1000)]
    private static partial Regex ProgressForm();
}
