using System.Text.RegularExpressions;

namespace IuCutter.Counting;

/// <summary>
/// <c>cargo test</c>: a group for each test program, <c>running 4 tests</c> to <c>test result: ...</c>; groups add up. A result whose
/// numbers do not make up what was announced was printed by a test. A program that announces and has no result died: one error.
/// </summary>
public sealed partial class CargoCounter : TestCounter
{
    private TestCounts _closed;
    private TestCounts? _open;
    private int? _announced;

    public override TestCounts? Result => _announced is null ? null : _closed + (_open ?? TestCounts.Of(0, 0, 1, 0));

    protected override void Read(ReadOnlySpan<char> line)
    {
        if (line.StartsWith("running ") && Announcement().Match(line.ToString()) is { Success: true } announcement)
        {
            _closed = Result ?? default;
            _open = null;
            _announced = Number(announcement.Groups["tests"].ValueSpan);
        }
        else if (line.StartsWith("test result: ") && ResultForm().Match(line.ToString()) is { Success: true } result)
        {
            var counts = TestCounts.Of(
                Number(result.Groups["passed"].ValueSpan) + Number(result.Groups["measured"].ValueSpan),
                Number(result.Groups["failed"].ValueSpan),
                0,
                Number(result.Groups["ignored"].ValueSpan));
            _open = counts.Total == _announced ? counts : _open;
        }
        else if (line.StartsWith("test ") && line.Contains(" ... ", StringComparison.Ordinal))
        {
            SoFar++;
        }
    }

    [GeneratedRegex(@"^running (?<tests>[0-9]+) tests?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Announcement();

    [GeneratedRegex(
        @"^test result: (ok|FAILED)\. (?<passed>[0-9]+) passed; (?<failed>[0-9]+) failed; (?<ignored>[0-9]+) ignored; (?<measured>[0-9]+) measured; [0-9]+ filtered out",
        RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex ResultForm();
}
