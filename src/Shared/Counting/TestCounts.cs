using System.Runtime.InteropServices;

namespace IuCutter.Counting;

/// <summary>
/// What a test run's own summary says. Skipped holds all that did not prove anything: skipped, ignored, todo, expected to fail.
/// Errors holds what broke around tests: collection, fixtures, a test program that died.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TestCounts(int Total, int Passed, int Failed, int Errors, int Skipped)
{
    /// <summary>True when nothing went wrong and at least one test passed: a run of none proves nothing.</summary>
    public bool Holds => Passed > 0 && Failed == 0 && Errors == 0;

    public static TestCounts operator +(TestCounts left, TestCounts right) => new(
        left.Total + right.Total, left.Passed + right.Passed, left.Failed + right.Failed, left.Errors + right.Errors, left.Skipped + right.Skipped);

    public static TestCounts Add(TestCounts left, TestCounts right) => left + right;

    /// <summary>Counts whose total is the sum of the rest.</summary>
    public static TestCounts Of(int passed, int failed, int errors, int skipped) => new(passed + failed + errors + skipped, passed, failed, errors, skipped);
}
