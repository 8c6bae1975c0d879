using System.Collections.Immutable;
using IuCutter.Agent.Operations;
using IuCutter.Agent.Releases;
using IuCutter.Commands;
using IuCutter.Configuration;
using IuCutter.Configuration.Detection;
using IuCutter.Gates;
using IuCutter.Manifests;

namespace IuCutter.Agent.Payload;

/// <summary>Gates G5 and G6: runs the payload's own commands in its release directory, and believes only what was seen.</summary>
/// <param name="gaps">What whoever pushes allowed to be missing, by name.</param>
public sealed class PayloadChecks(
    TargetHost host, Operation operation, ReleaseId release, ReleaseConfiguration configuration, IReadOnlyList<Gap> gaps)
{
    private readonly string _tree = host.Root.TreePath(release);
    private readonly PayloadRunner _payload = host.Payload.For(configuration);

    /// <summary>What was seen of the release's files when it was read back whole, before it was published; null when it lay there before.</summary>
    public TreeMarks? Staged { get; init; }

    /// <summary>How many commands this agent had run, for any slot, before the first of the release's files was read.</summary>
    public int RunsBefore { get; init; }

    /// <summary>True as long as no command of any payload has run since: then whatever has written to a file has left its change time.</summary>
    public bool NothingHasRun => host.Payload.Runs == RunsBefore;

    /// <summary>Compile, import, test, assert.</summary>
    /// <param name="sourceTests">What the same tests counted on the source host, by check: <c>test.1</c> and so on.</param>
    public async Task PostDeployAsync(CheckList gate, IReadOnlyDictionary<string, TestEvidence> sourceTests, CancellationToken cancellationToken)
    {
        await RunAllAsync(gate, "compile", await ChooseAsync(configuration.Compile, configuration.Detected?.Compile, cancellationToken), cancellationToken);
        await RunAllAsync(gate, "import", await ChooseAsync(configuration.Import, configuration.Detected?.Import, cancellationToken), cancellationToken);
        await TestAsync(gate, sourceTests, cancellationToken);
        await AssertAsync(gate, cancellationToken);
        CheckUnchanged(gate, isLast: false, cancellationToken);
    }

    public async Task SmokeAsync(CheckList gate, CancellationToken cancellationToken)
    {
        if (await ChooseAsync(configuration.Smoke, configuration.Detected?.Smoke, cancellationToken) is { Count: > 0 } smoke)
        {
            await RunAllAsync(gate, "smoke", smoke, cancellationToken);
        }
        else
        {
            NothingToRun(gate, "smoke", configuration.Smoke is null);
        }

        // Commands first: a file is read when nothing runs any more that could write it.
        await ReadSwitchesAsync(gate, a => AssertionCheck.CommandOf(a) is not null, cancellationToken);
        await ReadSwitchesAsync(gate, a => AssertionCheck.CommandOf(a) is null, cancellationToken);
        CheckUnchanged(gate, isLast: true, cancellationToken);
    }

    /// <summary>Reads once more, now that the release is live, what can be read of the switch without running anything.</summary>
    public Task ReadSwitchFilesAsync(CheckList gate, CancellationToken cancellationToken) =>
        ReadSwitchesAsync(gate, a => AssertionCheck.CommandOf(a) is null, cancellationToken);

    /// <summary>A part left empty on purpose is a gap that its configuration owns; one merely forgotten blocks.</summary>
    private void NothingToRun(CheckList gate, string part, bool isUnset) =>
        gate.Observe(part, $"the release's {part} ran", "one command at least", () => isUnset
            ? Observation.CouldNotRun($"neither iucutter.yaml nor detection names a {part} command; write `{part}:`, or allow the gap with `{part}: []`")
            : Observation.CouldNotRun(
                $"no {part} command",
                gaps.FirstOrDefault(g => g.Id == $"no-{part}")
                    ?? new Gap($"no-{part}", $"the release has no {part}: its configuration says `{part}: []`", ReleaseConfiguration.FileName)));

    private async Task<IReadOnlyList<CheckCommand>?> ChooseAsync(
        IReadOnlyList<CheckCommand>? configured, IReadOnlyList<Candidate>? detected, CancellationToken cancellationToken) =>
        configured ?? (await ChooseAsync(detected, cancellationToken))?.Select(t => t.Command).ToList();

    /// <summary>The first detected way whose probe is fine on this host: another host may have chosen another.</summary>
    private async Task<IReadOnlyList<TestCommand>?> ChooseAsync(IReadOnlyList<Candidate>? detected, CancellationToken cancellationToken)
    {
        foreach (var candidate in detected ?? [])
        {
            if (candidate.Probe is not { } probe)
            {
                return candidate.Tests;
            }

            var run = await _payload.RunAsync(new CheckCommand { Run = probe }, _tree, onLine: null, cancellationToken);
            if (run.Evidence.ExitCode == 0)
            {
                return candidate.Tests;
            }
        }

        return null;
    }

    private async Task RunAllAsync(CheckList gate, string part, IReadOnlyList<CheckCommand>? commands, CancellationToken cancellationToken)
    {
        foreach (var (command, i) in (commands ?? []).Select((c, i) => (c, i + 1)))
        {
            operation.Report(gate.Gate, command.Title, i - 1, commands!.Count, "commands");
            await gate.ObserveAsync($"{part}.{i}", command.Title, Expected(command), async () =>
            {
                var effect = new EffectLook(_payload, _tree, host.Time);
                var before = await effect.TwiceAsync(command, cancellationToken);
                var run = await _payload.RunAsync(command, _tree, onLine: null, cancellationToken);
                return JudgeEffect(command, Judge(command, run), before, await effect.AtAsync(command, cancellationToken));
            });
        }
    }

    private async Task TestAsync(CheckList gate, IReadOnlyDictionary<string, TestEvidence> sourceTests, CancellationToken cancellationToken)
    {
        var tests = configuration.Test ?? await ChooseAsync(configuration.Detected?.Test, cancellationToken);
        if (tests is not { Count: > 0 })
        {
            NothingToRun(gate, "test", configuration.Test is null);
            return;
        }

        foreach (var (test, i) in tests.Select((t, i) => (t, i + 1)))
        {
            var id = $"test.{i}";
            var source = sourceTests.GetValueOrDefault(id);
            await gate.ObserveAsync(id, test.Command.Title, TestJudgement.Expected(test, source), async () =>
            {
                var counting = new TestCounting(test, _tree);
                var run = await _payload.RunAsync(
                    test.Command,
                    _tree,
                    line =>
                    {
                        counting.Line(line);
                        operation.Report(gate.Gate, "testing", counting.SoFar, source?.Total ?? 0, "tests");
                    },
                    cancellationToken);
                return Judge(test, source, run, await counting.FinishAsync(cancellationToken));
            });
        }
    }

    private Task AssertAsync(CheckList gate, CancellationToken cancellationToken) => LookAsync(gate, "assert", _ => true, cancellationToken);

    /// <summary>What the assertions said of the switch, said again: a command that ran since may have put it on.</summary>
    private Task ReadSwitchesAsync(CheckList gate, Func<Assertion, bool> which, CancellationToken cancellationToken) =>
        LookAsync(gate, "switch", a => a is Assertion.SwitchOffFile or Assertion.SwitchOffCommand or Assertion.Refused && which(a), cancellationToken);

    private async Task LookAsync(CheckList gate, string part, Func<Assertion, bool> which, CancellationToken cancellationToken)
    {
        using var folder = host.Root.OpenRelease(release);
        using var tree = folder.OpenDirectory("tree"u8);
        var check = new AssertionCheck(_payload, tree, _tree);
        foreach (var (assertion, i) in (configuration.Assert ?? []).Select((a, i) => (a, i + 1)).Where(a => which(a.a)))
        {
            await gate.ObserveAsync(
                $"{part}.{i}", AssertionCheck.Statement(assertion), AssertionCheck.Expected(assertion), () => check.LookAsync(assertion, cancellationToken));
        }
    }

    /// <summary>A command may leave files behind, but what was released must stay what it was.</summary>
    /// <param name="isLast">True for the last look before the release may go live, which is taken whatever has run: others can write there too.</param>
    private void CheckUnchanged(CheckList gate, bool isLast, CancellationToken cancellationToken) =>
        gate.Observe("unchanged", "the commands changed no released file", "every file equals the manifest, and nothing beside them endangers the host", () =>
        {
            var marks = NothingHasRun ? Staged : null;
            if (marks is not null && !isLast)
            {
                return Observation.Held("no command has run since the release was read back", ("commands run", 0));
            }

            var comparison = ReleaseFolder.Verify(host.Root, release, cancellationToken, lookAtExtra: true, marks);

            // What lies beside the files of a release that was read back alone, and in which nothing has run, somebody else has put there.
            var isForeign = marks is not null && comparison.Extra > 0;
            return Observation.Of(
                comparison.HoldsTheManifest && comparison.Dangers.IsEmpty && !isForeign,
                string.Join("; ", [comparison.ToString(), .. comparison.Dangers, .. isForeign ? ["no command has run that could have left it"] : Array.Empty<string>()]),
                ("files", comparison.Files),
                ("bytes", comparison.Bytes),
                ("extra paths", comparison.Extra));
        });

    private static string Expected(CheckCommand command)
    {
        var parts = new List<string> { $"exit code {command.Expect.Exit}" };
        parts.AddRange(command.Expect.Contains.Select(t => $"output contains \"{t}\""));
        parts.AddRange(command.Mode is { } mode ? [mode == RunMode.Live ? $"changes {command.Effect}, as labelled live" : $"leaves {command.Effect} as it is, as labelled dry"] : Array.Empty<string>());
        parts.AddRange(command.Expect.Absent.Select(t => $"output does not contain \"{t}\""));
        return string.Join(", ", parts);
    }

    private static Observation Judge(CheckCommand command, PayloadRun run)
    {
        if (run.CouldNotStart is { } why)
        {
            return Observation.CouldNotRun(why);
        }

        var texts = command.Expect.Contains.Concat(command.Expect.Absent).ToList();
        var found = PayloadRunner.FindTexts(run, texts);
        var missing = command.Expect.Contains.Where(t => !found.Contains(t)).ToList();
        var forbidden = command.Expect.Absent.Where(found.Contains).ToList();
        var holds = run.Evidence.EndedWith(command.Expect.Exit) && !run.Evidence.TimedOut && missing.Count == 0 && forbidden.Count == 0
            && (texts.Count == 0 || !run.Evidence.OutputTruncated);
        var seen = run.HowItEnded
            + string.Concat(missing.Select(t => $", without \"{t}\""))
            + string.Concat(forbidden.Select(t => $", with \"{t}\""));
        return new Observation(holds ? CheckStatus.Held : CheckStatus.NotHeld, seen) { Command = run.Evidence };
    }

    /// <summary>Whatever the exit code is: what a run says of itself must be what was measured.</summary>
    private static Observation JudgeEffect(
        CheckCommand command, Observation seen, ((string? Seen, string? WhyNot) First, (string? Seen, string? WhyNot) Second) before, (string? Seen, string? WhyNot) after)
    {
        if (command.Mode is not { } mode || seen.Status == CheckStatus.CouldNotRun)
        {
            return seen;
        }

        if (before.First.Seen is not { } first || before.Second.Seen is not { } second || after.Seen is null)
        {
            return seen with { Status = CheckStatus.NotHeld, Seen = $"{seen.Seen}; its effect could not be measured by {command.Effect}: {before.First.WhyNot ?? before.Second.WhyNot ?? after.WhyNot}" };
        }

        var (holds, what) = EffectJudgement.Of(mode, first, second, after.Seen, command.Effect!.MayBeAbsent);
        return seen with
        {
            Status = holds ? seen.Status : CheckStatus.NotHeld,
            Seen = $"{seen.Seen}; {what}",
            Measured = ImmutableSortedDictionary<string, string>.Empty.Add("effect at first", first).Add("effect before", second).Add("effect after", after.Seen),
        };
    }

    private static Observation Judge(TestCommand test, TestEvidence? source, PayloadRun run, TestEvidence? counts)
    {
        var command = Judge(test.Command, run);
        if (command.Status == CheckStatus.CouldNotRun)
        {
            return command;
        }

        var (holds, seen) = TestJudgement.Of(test, source, counts);
        if (run.Evidence.OutputTruncated)
        {
            // Counts that nobody can read again are no evidence.
            (holds, seen) = (false, $"{seen}, but the output is kept in part only ({run.Evidence.OutputBytes} bytes were printed)");
        }

        return command with
        {
            Status = holds && command.IsHeld ? CheckStatus.Held : CheckStatus.NotHeld,
            Seen = $"{seen}, {command.Seen}",
            Command = run.Evidence with { Tests = counts },
        };
    }
}
