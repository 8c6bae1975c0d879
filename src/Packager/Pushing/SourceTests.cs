using IuCutter.Commands;
using IuCutter.Configuration;
using IuCutter.Gates;
using IuCutter.Packager.Showing;
using IuCutter.Packager.Source;

namespace IuCutter.Packager.Pushing;

/// <summary>Runs the payload's own tests on the source host, in a fresh copy of exactly what is released, so that the target's count has a match.</summary>
internal sealed class SourceTests(PushSubject subject, PushAsk ask, IOperationView view, Surroundings here, Func<Task<Artifact>> archive)
{
    private readonly CommandRunner _runner = new(Sandbox.None, here.Time);

    private string SearchPath { get; } = here.Variable("PATH") ?? "/usr/local/bin:/usr/bin:/bin";

    public async Task RunAsync(CheckList list, CancellationToken cancellation)
    {
        if (!subject.Has("test"))
        {
            return;
        }

        if (!ask.SourceTests)
        {
            list.Observe("test", "the payload's own tests ran on the source host", "a count to compare with", () => Observation.CouldNotRun(
                "left out by --no-source-tests",
                new Gap("no-source-tests", "the tests' count on the target has no match from the source host", Surroundings.Actor)));
            return;
        }

        var folder = Directory.CreateTempSubdirectory("iucutter-source-").FullName;
        try
        {
            var tree = Directory.CreateDirectory(Path.Combine(folder, "tree")).FullName;
            await ExtractAsync(await archive(), tree, cancellation);
            var tests = subject.Configuration.Test ?? await ChooseAsync(tree, folder, cancellation);
            foreach (var (test, i) in (tests ?? []).Select((t, i) => (t, i + 1)).Where(t => t.t.Source))
            {
                await list.ObserveAsync($"test.{i}", test.Command.Title, TestJudgement.Expected(test, source: null), () => TestAsync(test, tree, folder, cancellation));
            }
        }
        finally
        {
            await ClearAsync(folder);
        }
    }

    /// <summary>The system's own tar: it keeps every name's bytes, which .NET's file names cannot.</summary>
    private static async Task ExtractAsync(Artifact artifact, string tree, CancellationToken cancellation)
    {
        var info = new System.Diagnostics.ProcessStartInfo("tar") { RedirectStandardInput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var word in (string[])["-x", "-f", "-", "-C", tree])
        {
            info.ArgumentList.Add(word);
        }

        using var process = System.Diagnostics.Process.Start(info) ?? throw new IOException("tar cannot be started");
        var said = process.StandardError.ReadToEndAsync(cancellation);
        await using (var tar = artifact.OpenTar())
        {
            await tar.CopyToAsync(process.StandardInput.BaseStream, cancellation);
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode != 0)
        {
            throw new IOException($"tar could not unpack the artifact for the tests: {await said}");
        }
    }

    /// <summary>
    /// The system's own rm, for the same reason. What a test left behind may still be writing there: that is told, and what was proved stands all
    /// the same.
    /// </summary>
    private async Task ClearAsync(string folder)
    {
        var info = new System.Diagnostics.ProcessStartInfo("rm", ["-rf", "--", folder]) { RedirectStandardError = true, UseShellExecute = false };
        using var process = System.Diagnostics.Process.Start(info) ?? throw new IOException("rm cannot be started");
        await process.StandardError.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        if (Directory.Exists(folder))
        {
            view.Note($"the tests left something that cannot be removed: {folder}");
        }
    }

    private async Task<IReadOnlyList<TestCommand>?> ChooseAsync(string tree, string folder, CancellationToken cancellation)
    {
        foreach (var candidate in subject.Configuration.Detected?.Test ?? [])
        {
            if (candidate.Probe is not { } probe
                || (await RunAsync(new CheckCommand { Run = probe }, tree, folder, onLine: null, cancellation)).ExitCode == 0)
            {
                return candidate.Tests;
            }
        }

        return null;
    }

    private async Task<Observation> TestAsync(TestCommand test, string tree, string folder, CancellationToken cancellation)
    {
        var counting = new TestCounting(test, tree);
        var result = await RunAsync(
            test.Command,
            tree,
            folder,
            line =>
            {
                counting.Line(line);
                view.Progress("", GateId.G1.ToString(), "testing", counting.SoFar, 0, "tests");
            },
            cancellation);
        if (result.CouldNotStart is { } why)
        {
            return Observation.CouldNotRun($"{why}; install it on this host, or push with --no-source-tests");
        }

        var counts = await counting.FinishAsync(cancellation);
        var (holds, seen) = TestJudgement.Of(test, source: null, counts);
        var exit = result.ToEvidence().EndedWith(test.Command.Expect.Exit) && !result.TimedOut;
        return new Observation(holds && exit ? CheckStatus.Held : CheckStatus.NotHeld, $"{seen}, {result.HowItEnded}")
        {
            Command = result.ToEvidence() with { Tests = counts },
        };
    }

    private async Task<CommandResult> RunAsync(CheckCommand command, string tree, string folder, Action<string>? onLine, CancellationToken cancellation)
    {
        var scratch = Directory.CreateDirectory(Path.Combine(folder, "scratch")).FullName;
        var passed = command.Passed(subject.Configuration.Environment);
        var environment = PayloadEnvironment.Build(SearchPath, scratch, here.Variable, passed.Append("HOME"), command.Set);
        var spec = new CommandSpec
        {
            Arguments = command.Run,
            WorkingDirectory = command.Directory is { } inside ? Path.Combine(tree, inside) : tree,
            Environment = environment,
            SecretNames = passed,
            TimeLimit = command.Timeout,
            MemoryLimit = command.Memory,
            ScratchDirectory = scratch,
        };
        return await _runner.RunAsync(spec, onLine, Path.Combine(folder, "output"), cancellation);
    }
}
