using System.Globalization;
using IuCutter.Configuration;
using IuCutter.Digests;
using IuCutter.Gates;

namespace IuCutter.Agent.Endpoint;

/// <summary>What the values of a source gate must hold that its JSON cannot say. The ledger keeps what passes here for ever, and every report is made of it.</summary>
internal static class SourceGateRules
{
    /// <summary>About thirty years: so many of them can be added up.</summary>
    private const double LongestMilliseconds = 1e12;

    private static readonly DateTimeOffset Latest = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The first value that cannot be, with its place; null when there is none.</summary>
    public static string? Problem(GateResult gate)
    {
        for (var i = 0; i < gate.Checks.Length; i++)
        {
            if (gate.Checks[i].Evidence is { } evidence && (Problem(evidence) ?? (evidence.Command is { } command ? Problem(command) : null)) is { } problem)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{gate.Gate} checks[{i}].evidence.{problem}");
            }
        }

        return null;
    }

    private static string? Problem(Evidence evidence) =>
        evidence.Milliseconds is not (>= 0 and <= LongestMilliseconds) ? Wrong("milliseconds", evidence.Milliseconds, "0 to 1e12")
        : evidence.Started < DateTimeOffset.UnixEpoch || evidence.Started > Latest ? Wrong("started", evidence.Started, "a moment from 1970 on")
        : null;

    private static string? Problem(CommandEvidence command) =>
        command.Arguments.IsDefaultOrEmpty ? "command.arguments names no program"
        : command.EnvironmentNames.IsDefault ? "command.environmentNames is missing"
        : !Enum.TryParse<SandboxTier>(command.Sandbox, out var tier) || tier.ToString() != command.Sandbox ? Wrong("command.sandbox", command.Sandbox, "T0 to T4")
        : !Sha256Digest.TryParse(command.OutputSha256, out _) ? Wrong("command.outputSha256", command.OutputSha256, "64 lower-case hex digits")
        : command.OutputBytes < 0 ? Wrong("command.outputBytes", command.OutputBytes, "0 or more")
        : command.ExitCode is < 0 or > 255 ? Wrong("command.exitCode", command.ExitCode, "0 to 255")
        : command.Signal is < 1 or > 64 ? Wrong("command.signal", command.Signal, "1 to 64")
        : command.Tests is { } tests && !AreCounts(tests) ? Wrong("command.tests", tests, "counts of 0 or more, and no more passed than there were")
        : null;

    private static bool AreCounts(TestEvidence tests) => tests is { Total: >= 0, Passed: >= 0, Failed: >= 0, Skipped: >= 0 } && tests.Passed <= tests.Total;

    private static string Wrong(string field, object? got, string wanted) => string.Create(CultureInfo.InvariantCulture, $"{field} is {got}; wanted {wanted}");
}
