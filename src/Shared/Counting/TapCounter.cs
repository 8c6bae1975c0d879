using System.Text.RegularExpressions;

namespace IuCutter.Counting;

/// <summary>
/// Test Anything Protocol, versions 12 to 14: unindented points against the plan. Points that the plan promised and the stream lacks (or
/// has too many) are errors, and so is "Bail out!". Todo points count as skipped. Several streams one after the other add up. A stream
/// without a plan may have been cut off and has no counts.
/// </summary>
public sealed partial class TapCounter : TestCounter
{
    private TestCounts _closed;
    private TestCounts _open;
    private int? _plan;
    private bool _isPlanLast;
    private bool _sawPlan;
    private bool _lacksPlan;

    public override TestCounts? Result => _sawPlan && !_lacksPlan && (_plan is not null || _open == default) ? _closed + Closed() : null;

    protected override void Read(ReadOnlySpan<char> line)
    {
        if (line.StartsWith("ok") || line.StartsWith("not ok"))
        {
            if (PointForm().Match(line.ToString()) is { Success: true } point)
            {
                TakePoint(point);
            }
        }
        else if (line.StartsWith("1..") && PlanForm().Match(line.ToString()) is { Success: true } plan)
        {
            TakePlan(Number(plan.Groups["tests"].ValueSpan));
        }
        else if (line.StartsWith("TAP version ") && (_plan is not null || _open != default))
        {
            Close();
        }
        else if (line.StartsWith("Bail out!"))
        {
            _open += TestCounts.Of(0, 0, 1, 0);
        }
    }

    private void TakePoint(Match point)
    {
        if (_isPlanLast)
        {
            Close();
        }

        SoFar++;
        var isGood = !point.Groups["not"].Success;
        _open += point.Groups["directive"].Success ? TestCounts.Of(0, 0, 0, 1) : TestCounts.Of(isGood ? 1 : 0, isGood ? 0 : 1, 0, 0);
    }

    private void TakePlan(int tests)
    {
        if (_plan is not null)
        {
            Close();
        }

        _sawPlan = true;
        _plan = tests;
        _isPlanLast = _open.Total > 0;
    }

    private void Close()
    {
        _lacksPlan |= _plan is null;
        _closed += Closed();
        _open = default;
        _plan = null;
        _isPlanLast = false;
    }

    private TestCounts Closed()
    {
        var points = _open.Passed + _open.Failed + _open.Skipped;
        return _open + TestCounts.Of(0, 0, Math.Abs((_plan ?? points) - points), 0);
    }

    [GeneratedRegex(
        @"^(?<not>not )?ok\b(?:[^#\\]|\\.|#(?! *(?:skip|todo)))*(?<directive># *(skip|todo)\b.*)?\z",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        1000)]
    private static partial Regex PointForm();

    [GeneratedRegex(@"^1\.\.(?<tests>[0-9]+)\s*(#.*)?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PlanForm();
}
