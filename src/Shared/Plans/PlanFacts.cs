using System.Globalization;

namespace IuCutter.Plans;

/// <summary>A plan as lines: what is shown to whoever approves it is what is compared before it is done.</summary>
public static class PlanFacts
{
    private const string Nothing = "nothing";

    /// <summary>Everything that a plan fixes, in order; each name once.</summary>
    public static IEnumerable<(string Name, string Value)> Of(ReleasePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return
        [
            ("host", plan.Target.Host),
            ("agent key", plan.Target.AgentKey),
            ("deploy root", plan.Target.DeployRoot),
            ("slot", plan.Slot),
            ("release", plan.Release),
            ("commit", plan.Commit),
            ("manifest sha256", plan.ManifestSha256),
            ("configuration sha256", plan.ConfigurationSha256),
            ("files", Number(plan.Entries)),
            ("bytes", Number(plan.Bytes)),
            ("approval", plan.ApprovalRequired ? "required" : "not required"),
            .. plan.LeftOut.Select((gap, i) => ($"left out {i + 1}", gap)),
            .. Of(plan.Survey),
            .. plan.Commands.Select((command, i) => ($"command {i + 1}, {command.Check}", command.ToString())),
            ("way back", plan.WayBack),
        ];
    }

    /// <summary>What differs between a plan and how it would be made now: what the plan says, and what is seen.</summary>
    public static IReadOnlyList<(string Name, string Planned, string Seen)> Differences(ReleasePlan plan, ReleasePlan now)
    {
        var (planned, seen) = (Of(plan).ToList(), Of(now).ToList());
        return
        [
            .. planned.Select(p => p.Name).Union(seen.Select(s => s.Name), StringComparer.Ordinal)
                .Select(name => (Name: name, Planned: Value(planned, name), Seen: Value(seen, name)))
                .Where(d => d.Planned != d.Seen),
        ];
    }

    /// <summary>A difference as a sentence.</summary>
    public static string Sentence((string Name, string Planned, string Seen) difference) =>
        $"{difference.Name}: the plan says {difference.Planned}, seen {difference.Seen}";

    private static IEnumerable<(string Name, string Value)> Of(PlanSurvey survey) =>
    [
        ("at the slot", survey.Slot),
        ("release directory", survey.ReleaseDirectory),
        .. survey.Guards.Select((guard, i) => ($"guard {i + 1}, {guard.Guard}", guard.Seen)),
        .. survey.Anchors.Select(anchor => ($"anchor {anchor.Key}", anchor.Value)),
        .. survey.Tools.Select(tool => ($"tool {tool.Key}", tool.Value)),
        ("sandbox", survey.Sandbox),
        ("room", survey.Room.Suffices ? "enough" : "too little"),
        ("policy", survey.Policy),
    ];

    private static string Value(List<(string Name, string Value)> facts, string name)
    {
        var at = facts.FindIndex(f => f.Name == name);
        return at < 0 ? Nothing : facts[at].Value;
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
