using IuCutter.Gates;

namespace IuCutter.Packager.Showing;

/// <summary>What a gate came to in half a line: why it is no PASS, or else what its checks saw.</summary>
internal static class GateSummary
{
    private const int LongestPart = 60;

    public static string Of(GateResult gate)
    {
        if (gate.Outcome is not (Outcome.Pass or Outcome.Partial))
        {
            return gate.Cause ?? "";
        }

        var seen = gate.Checks.Where(OutcomeRules.Ran).GroupBy(Part, StringComparer.Ordinal).Select(Said);
        var missing = gate.Checks.Where(c => !OutcomeRules.Ran(c)).Select(c => $"not: {c.Gap?.Id ?? c.Statement}");
        return string.Join(", ", seen.Concat(missing));
    }

    // G5.test.2 -> test
    private static string Part(Check check)
    {
        var parts = check.Id.Split('.');
        return parts.Length > 1 ? parts[1] : check.Id;
    }

    private static string Said(IGrouping<string, Check> part)
    {
        var checks = part.ToList();
        var tests = checks.Select(c => c.Evidence?.Command?.Tests).OfType<TestEvidence>().ToList();
        if (tests.Count > 0)
        {
            var skipped = tests.Sum(t => t.Skipped);
            return Amount.Count(tests.Sum(t => t.Passed), "test") + " passed" + (skipped == 0 ? "" : $" ({skipped} skipped)");
        }

        var one = checks[0];
        return checks.Count == 1 && one.Evidence?.Command is null && one.Seen.Length <= LongestPart
            ? one.Seen.TrimEnd('.')
            : $"{part.Key} {(checks.Count == 1 ? "ok" : Amount.Count(checks.Count, "check") + " ok")}";
    }
}
