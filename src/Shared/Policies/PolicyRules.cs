using System.Text.Json;
using IuCutter.Configuration;
using IuCutter.Configuration.Detection;
using IuCutter.Gates;

namespace IuCutter.Policies;

/// <summary>Holds what a push would do against an agent's policy. Total and pure.</summary>
public static class PolicyRules
{
    /// <summary>The word of a part as files and options have it.</summary>
    public static string Word(PolicyPart part) => JsonNamingPolicy.SnakeCaseLower.ConvertName(part.ToString());

    /// <summary>Each rule that the push would break, as <c>rule: how</c>; none when it may go on.</summary>
    /// <param name="configuration">As the agent got it, with what was detected.</param>
    /// <param name="sourceGates">G0 to G2 as the source host saw them.</param>
    public static IReadOnlyList<string> Broken(AgentPolicy policy, ReleaseConfiguration configuration, IReadOnlyCollection<GateResult> sourceGates)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(configuration);
        var checks = sourceGates.SelectMany(g => g.Checks).ToDictionary(c => c.Id, StringComparer.Ordinal);
        return
        [
            .. policy.Require.Select(part => (Part: part, Why: Missing(part, configuration, checks))).Where(m => m.Why is not null).Select(m => $"require {Word(m.Part)}: {m.Why}"),
            .. policy.RequiresParity ? WithoutParity(configuration, checks) : [],
            .. policy.RequiresSwitchOff ? WithoutSwitchOff(configuration) : [],
            .. policy.RequiresCleanTree && !IsClean(checks.GetValueOrDefault("G0.clean")) ? ["clean: the work tree held what the commit does not, or was not looked at"] : (string[])[],
            .. ReleaseCommands.Of(configuration).SelectMany(c => OfCommand(policy, c)),
            .. ForeignPrograms(policy, ReleaseCommands.Of(configuration), configuration.Guards.OfType<Guard.Tool>().Where(t => t.Version is not null).Select(t => t.Name)),
        ];
    }

    /// <summary>As <see cref="Broken"/>, of a smoke alone: it runs what was pushed earlier, when another policy may have been in force.</summary>
    public static IReadOnlyList<string> BrokenBySmoke(AgentPolicy policy, ReleaseConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(configuration);
        var commands = ReleaseCommands.OfSmoke(configuration).ToList();
        return [.. commands.SelectMany(c => OfCommand(policy, c)), .. ForeignPrograms(policy, commands, [])];
    }

    private static string? Missing(PolicyPart part, ReleaseConfiguration c, Dictionary<string, Check> checks)
    {
        if (checks.Values.FirstOrDefault(k => k.Gap?.Id == $"no-{Word(part)}")?.Gap is { } gap)
        {
            return gap.Statement;
        }

        return part switch
        {
            PolicyPart.Compile => Missing(c.Compile?.Count, c.Detected?.Compile),
            PolicyPart.Import => Missing(c.Import?.Count, c.Detected?.Import),
            PolicyPart.Test => Missing(c.Test?.Count, c.Detected?.Test),
            PolicyPart.Smoke => Missing(c.Smoke?.Count, c.Detected?.Smoke),
            PolicyPart.Assert => c.Assert is { Count: > 0 } ? null : "the configuration asserts nothing",
            PolicyPart.Scan => NotHeld(checks, "G1.scan", "G2.scan"),
            PolicyPart.Reproduction => NotHeld(checks, "G2.reproduced"),
        };
    }

    /// <summary>A way whose probe may fail on the target is none that must run.</summary>
    private static string? Missing(int? configured, IReadOnlyList<Candidate>? detected) => (configured, detected) switch
    {
        ( > 0, _) => null,
        (0, _) => "the configuration says []",
        (null, null or []) => "the configuration names none, and none was detected",
        _ => detected!.Any(d => d is { Probe: null, Tests.Count: > 0 }) ? null : "what was detected hangs on a probe; name the command in the configuration",
    };

    private static string? NotHeld(Dictionary<string, Check> checks, params ReadOnlySpan<string> ids)
    {
        foreach (var id in ids)
        {
            if (checks.GetValueOrDefault(id) is not { } check || !OutcomeRules.Ran(check) || check.Status != CheckStatus.Held)
            {
                return $"{id} did not run on the source host, or did not hold";
            }
        }

        return null;
    }

    private static IEnumerable<string> WithoutParity(ReleaseConfiguration c, Dictionary<string, Check> checks)
    {
        var tests = c.Test ?? [.. (c.Detected?.Test ?? []).SelectMany(d => d.Tests)];
        foreach (var (test, i) in tests.Select((t, i) => (t, i + 1)))
        {
            if (test.Parity != ParityRule.Required || !test.Source)
            {
                yield return $"parity: test.{i} has {(test.Source ? "parity: off" : "source: false")}";
            }
            else if ((c.Test is not null || i == 1) && checks.GetValueOrDefault($"G1.test.{i}") is not { Status: CheckStatus.Held, Evidence.Command.Tests: not null })
            {
                yield return $"parity: the source host has no count of test.{i}";
            }
        }
    }

    private static IEnumerable<string> WithoutSwitchOff(ReleaseConfiguration c)
    {
        if (c.Assert?.Any(a => a is Assertion.SwitchOffFile or Assertion.SwitchOffCommand) is not true)
        {
            yield return "switch_off: no assertion reads a switch off (`switch_off:`)";
        }

        if (c.Assert?.Any(a => a is Assertion.Refused) is not true)
        {
            yield return "switch_off: no assertion shows the live mode refused (`refused:`)";
        }
    }

    /// <summary>Without a work tree there is nothing that could be unclean, and nothing to count.</summary>
    private static bool IsClean(Check? check) =>
        check is { Status: CheckStatus.Held, Evidence: { } evidence } && (evidence.Measured?.GetValueOrDefault("paths not committed") ?? "0") == "0";

    private static IEnumerable<string> OfCommand(AgentPolicy policy, PlannedCommand planned)
    {
        var command = planned.Command;
        if (command.Sandbox < policy.Sandbox)
        {
            yield return $"sandbox: {planned.Check} asks for {command.Sandbox}, the least is {policy.Sandbox}";
        }

        if (command.Network && policy.ForbidsNetwork)
        {
            yield return $"network: {planned.Check} asks for one";
        }

        if (command.Timeout > policy.MostTimeout)
        {
            yield return $"most_timeout: {planned.Check} may take {command.Timeout.TotalSeconds:0} s, the most is {policy.MostTimeout.Value.TotalSeconds:0} s";
        }

        if (command.Memory > policy.MostMemory)
        {
            yield return $"most_memory: {planned.Check} may take {command.Memory} bytes, the most is {policy.MostMemory}";
        }
    }

    private static IEnumerable<string> ForeignPrograms(AgentPolicy policy, IEnumerable<PlannedCommand> commands, IEnumerable<string> tools) => policy.Programs is not { } allowed ? [] : commands
        .SelectMany(p => (IReadOnlyList<string>?[])[p.Command.Run, p.Probe, p.Command.Effect?.Run])
        .Where(run => run is { Count: > 0 })
        .Select(run => run![0])
        .Concat(tools)
        .Distinct(StringComparer.Ordinal)
        .Where(p => !allowed.Contains(p, StringComparer.Ordinal))
        .Select(p => $"programs: {p} is not among {(allowed.Count == 0 ? "those allowed, which are none" : string.Join(", ", allowed))}");
}
