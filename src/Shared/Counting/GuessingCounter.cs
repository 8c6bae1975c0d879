namespace IuCutter.Counting;

/// <summary>
/// Lets every counter read and takes the one that found a summary. When more than one did, the output mixes frameworks, there are no
/// counts, and the configuration has to say <c>counts:</c>.
/// </summary>
public sealed class GuessingCounter : TestCounter
{
    private readonly (TestFramework Framework, TestCounter Counter)[] _all =
        [.. Enum.GetValues<TestFramework>().Where(framework => framework is not TestFramework.Junit).Select(framework => (framework, TestCounters.Create(framework)))];

    /// <summary>The one framework whose summary was seen; null when none was, or several.</summary>
    public TestFramework? Framework => Found() is { Length: 1 } found ? found[0].Framework : null;

    public override TestCounts? Result => Found() is { Length: 1 } found ? found[0].Counter.Result : null;

    protected override void Read(ReadOnlySpan<char> line)
    {
        foreach (var (_, counter) in _all)
        {
            counter.Line(line);
            SoFar = Math.Max(SoFar, counter.SoFar);
        }
    }

    // Node's TAP is TAP, but its own summary tells subtests from suites.
    private (TestFramework Framework, TestCounter Counter)[] Found()
    {
        var found = Array.FindAll(_all, one => one.Counter.Result is not null);
        return found.Length == 2 && Array.Exists(found, one => one.Framework is TestFramework.Node)
            ? Array.FindAll(found, one => one.Framework is not TestFramework.Tap)
            : found;
    }
}
