using System.Text.RegularExpressions;
using IuCutter.Gates;

namespace IuCutter.Configuration.Yaml;

/// <summary>Reads one item of <c>gaps:</c> or of <c>enable_when:</c>.</summary>
internal sealed partial class GapReader(ProblemList problems)
{
    private const string AssertionPrefix = "G5.assert.";

    public ConfiguredGap? Read(YamlNode node, KeyPath path)
    {
        if (MappingReader.Of(node, path, problems, "a gap { id: NAME, statement: what is missing, owner: who closes it }") is not { } mapping)
        {
            return null;
        }

        var id = mapping.RequiredText("id", "a name");
        var statement = mapping.RequiredText("statement", "what is missing, in one sentence");
        var owner = mapping.RequiredText("owner", "who has to close it");
        var closedBy = mapping.Text("closed_by", "a check's id or an assertion's name");
        mapping.RefuseUnknown();
        return id is null || statement is null || owner is null ? null : new ConfiguredGap(id, statement, owner, closedBy);
    }

    public Condition? ReadCondition(YamlNode node, KeyPath path)
    {
        if (MappingReader.Of(node, path, problems, "a condition such as { gap: ID } or { gate: G5 }") is not { } mapping)
        {
            return null;
        }

        var kind = mapping.Which("gap", "gate", "check", "verdict", "smoke_within");
        var name = mapping.Text("name");
        Condition? condition = kind switch
        {
            "gap" => mapping.Text("gap") is { } gap ? new Condition.GapClosed(gap) : null,
            "gate" => Named<GateId>(mapping, "gate", "G0 to G8") is { } gate ? new Condition.GatePassed(gate) : null,
            "check" => mapping.Text("check") is { } check ? new Condition.CheckHeld(check) : null,
            "verdict" => Named<Verdict>(mapping, "verdict", "A") is { } verdict ? new Condition.VerdictReached(verdict) : null,
            "smoke_within" => mapping.Time("smoke_within") is { } span ? new Condition.SmokeWithin(span) : null,
            _ => null,
        };
        if (kind is not null)
        {
            mapping.RefuseUnknown();
        }

        return condition is null ? null : condition with { Name = name };
    }

    /// <summary>
    /// A check that the file cannot have would leave its gap open for ever. Held against the file alone: what a push leaves out (--without) is not the file's fault.
    /// </summary>
    public void RefuseUnknownChecks(ReleaseConfiguration configuration)
    {
        foreach (var (gap, i) in (configuration.Gaps ?? []).Select((g, i) => (g, i)))
        {
            Refuse($"gaps[{i}].closed_by", gap.ClosedBy, configuration.Assert ?? []);
        }

        foreach (var (condition, i) in (configuration.EnableWhen ?? []).Select((c, i) => (c, i)))
        {
            Refuse($"enable_when[{i}].check", (condition as Condition.CheckHeld)?.Check, configuration.Assert ?? []);
        }
    }

    private void Refuse(string key, string? check, IReadOnlyList<Assertion> assertions)
    {
        if (check is null || assertions.Any(a => a.Name == check))
        {
            return;
        }

        if (!CheckId().IsMatch(check))
        {
            var near = NearestWord.Of(check, assertions.Select(a => a.Name).OfType<string>());
            problems.AddFound(new ConfigurationProblem(
                0, 0, key, $"got {Quoted.Text(check)}{(near is null ? "" : $" (did you mean `{near}`?)")}; wanted a check's id such as G5.assert.2, a part's such as G5.test, or the name of an assertion"));
        }
        else if (check.StartsWith(AssertionPrefix, StringComparison.Ordinal) && !Enumerable.Range(1, assertions.Count).Any(n => check == $"{AssertionPrefix}{n}"))
        {
            problems.AddFound(new ConfigurationProblem(0, 0, key, $"got {Quoted.Text(check)}, but `assert` has {assertions.Count} items; wanted one of them, counted from 1"));
        }
    }

    private TEnum? Named<TEnum>(MappingReader mapping, string key, string wanted)
        where TEnum : struct, Enum
    {
        if (mapping.Text(key) is not { } text)
        {
            return null;
        }

        if (Array.IndexOf(Enum.GetNames<TEnum>(), text) is var index and >= 0)
        {
            return Enum.GetValues<TEnum>()[index];
        }

        var node = mapping.Node(key)!;
        problems.Add(node.Line, node.Column, mapping.Path.Key(key).Shown, $"got {Quoted.Text(text)}; wanted {wanted}");
        return null;
    }

    [GeneratedRegex(@"^G[0-8](\.[a-z0-9_-]+)+\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CheckId();
}
