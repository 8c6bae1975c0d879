using IuCutter.Gates;

namespace IuCutter.Gaps;

/// <summary>Which checks a name means: a check's id, a part's (G5.test for G5.test.1 and all its like), or an assertion's name.</summary>
internal static class CheckMatch
{
    private const string Assertions = "G5.assert.";

    public static bool Means(string name, Check check) =>
        check.Id == name
        || (check.Id.Length > name.Length && check.Id[name.Length] == '.' && check.Id.StartsWith(name, StringComparison.Ordinal))
        || (check.Statement == name && check.Id.StartsWith(Assertions, StringComparison.Ordinal));

    public static bool Holds(Check check) => check.Status == CheckStatus.Held && OutcomeRules.Ran(check);
}
