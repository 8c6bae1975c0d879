namespace IuCutter.Gates;

/// <summary>
/// The rules that turn checks into a gate's outcome. Total and pure: anyone can run them again on the ledger.
/// </summary>
public static class OutcomeRules
{
    /// <summary>What the checks of a gate that was begun amount to.</summary>
    public static Outcome Of(IReadOnlyCollection<Check> checks)
    {
        if (checks.Any(c => c.Status == CheckStatus.NotHeld))
        {
            return Outcome.Fail;
        }

        if (checks.Any(c => !Ran(c) && c.Gap is null))
        {
            return Outcome.Blocked;
        }

        // Gaps alone are no observation: a gate in which nothing ran has passed nothing.
        if (!checks.Any(Ran))
        {
            return Outcome.Blocked;
        }

        return checks.Any(c => !Ran(c)) ? Outcome.Partial : Outcome.Pass;
    }

    /// <summary>The first thing that kept the gate from a PASS, in one sentence; null when nothing did.</summary>
    public static string? CauseOf(IReadOnlyCollection<Check> checks)
    {
        var culprit = checks.FirstOrDefault(c => c.Status == CheckStatus.NotHeld)
            ?? checks.FirstOrDefault(c => !Ran(c) && c.Gap is null)
            ?? checks.FirstOrDefault(c => !Ran(c));
        if (culprit is null)
        {
            return checks.Count == 0 ? "nothing was checked" : null;
        }

        return culprit.Status == CheckStatus.NotHeld
            ? $"{culprit.Statement}: expected {culprit.Expected}, got {culprit.Seen}"
            : $"{culprit.Statement}: {culprit.Gap?.Statement ?? culprit.Seen}";
    }

    /// <summary>True when the check was executed and left evidence.</summary>
    public static bool Ran(Check check) => check.Status != CheckStatus.CouldNotRun && check.Evidence is not null;
}
