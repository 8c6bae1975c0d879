using IuCutter.Gates;
using IuCutter.Manifests;

namespace IuCutter.Configuration;

/// <summary>What the values of gaps and of conditions must hold.</summary>
internal static class GapRules
{
    private const int LongestLine = 1000;
    private static readonly TimeSpan LongestSpan = TimeSpan.FromDays(366);

    public static void Check(RuleWalk walk, ReleaseConfiguration configuration)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        walk.Each("gaps", configuration.Gaps, (key, gap) =>
        {
            Id(walk, $"{key}.id", gap.Id);
            if (!seen.Add(gap.Id))
            {
                walk.Refuse($"{key}.id", $"{Quoted.Text(gap.Id)} is named twice; wanted one item a gap");
            }

            Line(walk, $"{key}.statement", gap.Statement);
            Line(walk, $"{key}.owner", gap.Owner);
            Line(walk, $"{key}.closed_by", gap.ClosedBy);
        });
        walk.Each("enable_when", configuration.EnableWhen, (key, condition) => Check(walk, key, condition));
    }

    private static void Check(RuleWalk walk, string key, Condition condition)
    {
        Line(walk, $"{key}.name", condition.Name);
        switch (condition)
        {
            case Condition.GapClosed gap:
                Id(walk, $"{key}.gap", gap.Gap);
                break;
            case Condition.GatePassed { Gate: var gate } when !Enum.IsDefined(gate):
                walk.Refuse($"{key}.gate", "wanted one of G0 to G8");
                break;
            case Condition.CheckHeld check:
                Line(walk, $"{key}.check", check.Check);
                break;
            case Condition.VerdictReached { Verdict: not Verdict.A }:
                walk.Refuse($"{key}.verdict", "wanted A: no other verdict says that a release may be enabled");
                break;
            case Condition.SmokeWithin { Span: var span } when span < TimeSpan.FromSeconds(1) || span > LongestSpan:
                walk.Refuse($"{key}.smoke_within", "out of range; wanted 1s to 366 days (8784h)");
                break;
        }
    }

    private static void Id(RuleWalk walk, string key, string id)
    {
        if (ReleaseName.Refusal(id) is { } refusal)
        {
            walk.Refuse(key, $"got {Quoted.Text(id)}: {refusal}");
        }
    }

    /// <summary>These are signed, printed and compared as one line.</summary>
    private static void Line(RuleWalk walk, string key, string? text)
    {
        if (text is not null && (string.IsNullOrWhiteSpace(text) || text.Length > LongestLine || text.Any(char.IsControl)))
        {
            walk.Refuse(key, $"got {Quoted.Text(text)}; wanted one line of 1 to {LongestLine} characters");
        }
    }
}
