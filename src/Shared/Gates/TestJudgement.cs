using IuCutter.Configuration;

namespace IuCutter.Gates;

/// <summary>When a test run's counts are good: something passed, nothing failed, and it is what the source host counted.</summary>
public static class TestJudgement
{
    /// <summary>What is expected, for people.</summary>
    /// <param name="source">The same tests' counts on the source host; null where they did not run there.</param>
    public static string Expected(TestCommand test, TestEvidence? source)
    {
        ArgumentNullException.ThrowIfNull(test);
        return Compares(test, source) ? $"{source!.Passed} passed as on the source host, none failed" : $"{Least(test)} passed or more, none failed";
    }

    /// <summary>The counts alone; the command's exit code is judged elsewhere, and both must hold.</summary>
    public static (bool Holds, string Seen) Of(TestCommand test, TestEvidence? source, TestEvidence? counts)
    {
        ArgumentNullException.ThrowIfNull(test);
        if (counts is null)
        {
            return (false, "no test summary was found in the output: name the framework with `counts:`, or leave tests out by name with `--without test`");
        }

        var seen = $"{counts.Passed}/{counts.Total} passed" + (counts.Skipped > 0 ? $", {counts.Skipped} skipped" : "");
        if (counts.Failed > 0)
        {
            return (false, $"{seen}, {counts.Failed} failed");
        }

        if (counts.Passed < Least(test))
        {
            return (false, $"{seen}; at least {Least(test)} must pass");
        }

        return Compares(test, source) && (counts.Passed != source!.Passed || counts.Total != source.Total)
            ? (false, $"{seen}; the source host counted {source.Passed}/{source.Total}")
            : (true, seen);
    }

    /// <summary>Zero tests run is no pass, whatever the configuration says.</summary>
    private static int Least(TestCommand test) => Math.Max(test.Minimum ?? 1, 1);

    private static bool Compares(TestCommand test, TestEvidence? source) => test.Parity == ParityRule.Required && source is not null;
}
