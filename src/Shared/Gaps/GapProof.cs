using IuCutter.Gates;

namespace IuCutter.Gaps;

/// <summary>What would close a gap.</summary>
/// <param name="Check">As <see cref="CheckMatch"/> reads it.</param>
/// <param name="Statement">What the check must claim: under a number of its own, the next configuration may have another one. Null for any.</param>
/// <param name="OnlyWhileNamed">The gap, where the name is the configuration's own: in one that does not name the gap it may mean something else. Null for always.</param>
internal sealed record GapProof(string Check, string? Statement, string? OnlyWhileNamed)
{
    public bool IsAbout(Check check) => CheckMatch.Means(Check, check) && (Statement is null || check.Statement == Statement);
}
