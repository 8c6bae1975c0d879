using IuCutter.Configuration.Detection;

namespace IuCutter.Configuration;

/// <summary>Every command that a configuration lets run on the target, in the order of the gates.</summary>
public static class ReleaseCommands
{
    public static IEnumerable<PlannedCommand> Of(ReleaseConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var (c, found) = (configuration, configuration.Detected);
        return
        [
            .. Of("compile", c.Compile, found?.Compile),
            .. Of("import", c.Import, found?.Import),
            .. Of("test", c.Test?.Select(t => t.Command), found?.Test),
            .. OfAssertions(c, _ => true),
            .. Of("smoke", c.Smoke, found?.Smoke),
        ];
    }

    /// <summary>What a smoke runs: its own commands, and those that read a switch.</summary>
    public static IEnumerable<PlannedCommand> OfSmoke(ReleaseConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return
        [
            .. Of("smoke", configuration.Smoke, configuration.Detected?.Smoke),
            .. OfAssertions(configuration, a => a is Assertion.SwitchOffCommand),
        ];
    }

    private static IEnumerable<PlannedCommand> OfAssertions(ReleaseConfiguration configuration, Func<Assertion, bool> isMeant) => (configuration.Assert ?? [])
        .Select((a, i) => (Check: $"assert.{i + 1}", Command: isMeant(a) ? Of(a) : null))
        .Where(a => a.Command is not null)
        .Select(a => new PlannedCommand(a.Check, a.Command!));

    private static IEnumerable<PlannedCommand> Of(string part, IEnumerable<CheckCommand>? configured, IReadOnlyList<Candidate>? detected) => configured is not null
        ? configured.Select((command, i) => new PlannedCommand($"{part}.{i + 1}", command))
        : (detected ?? []).SelectMany(way => way.Commands.Select((command, i) => new PlannedCommand($"{part}.{i + 1}", command, way.Probe)));

    private static CheckCommand? Of(Assertion assertion) => assertion switch
    {
        Assertion.Version version => version.Command,
        Assertion.SwitchOffCommand off => off.Command,
        Assertion.Refused refused => refused.Command,
        _ => null,
    };
}
