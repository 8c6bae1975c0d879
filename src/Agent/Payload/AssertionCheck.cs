using System.Text;
using System.Text.RegularExpressions;
using IuCutter.Agent.Posix;
using IuCutter.Configuration;
using IuCutter.Gates;

namespace IuCutter.Agent.Payload;

/// <summary>Proves a statement about the staged release, from its files or by a command. A file that is missing proves nothing.</summary>
public sealed class AssertionCheck(PayloadRunner runner, DirectoryHandle tree, string treePath)
{
    private const int LongestFile = 16 << 20;

    public static CheckCommand? CommandOf(Assertion assertion) => assertion switch
    {
        Assertion.Version v => v.Command,
        Assertion.SwitchOffCommand s => s.Command,
        Assertion.Refused r => r.Command,
        _ => null,
    };

    public static string Statement(Assertion assertion) => assertion.Name ?? assertion switch
    {
        Assertion.FileText f => $"{f.File} says what it should",
        Assertion.PathPresent p => $"{p.Path} is in the release",
        Assertion.PathAbsent p => $"{p.Path} is not in the release",
        Assertion.Version => "the release says its version",
        Assertion.SwitchOffFile s => $"the switch in {s.File} is off",
        Assertion.SwitchOffCommand => "the switch says that it is off",
        Assertion.Refused r => $"`{string.Join(' ', r.Command.Run)}` is refused",
        _ => throw new InvalidOperationException($"an assertion without a check: {assertion}"),
    };

    public static string Expected(Assertion assertion) => assertion switch
    {
        Assertion.FileText f => string.Join(" and ", new[]
        {
            f.Contains is { } c ? $"contains \"{c}\"" : null,
            f.Matches is { } m ? $"matches /{m}/" : null,
            f.EqualTo is { } e ? $"is \"{e}\"" : null,
            f.AbsentText is { } a ? $"does not contain \"{a}\"" : null,
        }.OfType<string>()),
        Assertion.PathPresent => "present",
        Assertion.PathAbsent => "absent",
        Assertion.Version v => v.EqualTo,
        Assertion.SwitchOffFile s => $"matches /{s.Matches}/",
        Assertion.SwitchOffCommand s => $"prints \"{s.Prints}\"",
        Assertion.Refused r => $"exit code {(r.Exit is { } exit ? exit : "other than 0")}, and says \"{r.Says}\"",
        _ => throw new InvalidOperationException($"an assertion without a check: {assertion}"),
    };

    public async Task<Observation> LookAsync(Assertion assertion, CancellationToken cancellationToken) => assertion switch
    {
        Assertion.FileText f => LookAtText(f),
        Assertion.PathPresent p => Observation.Of(KindOf(p.Path) is not null, KindOf(p.Path)?.ToString() ?? "absent"),
        Assertion.PathAbsent p => Observation.Of(KindOf(p.Path) is null, KindOf(p.Path)?.ToString() ?? "absent"),
        Assertion.SwitchOffFile s => Read(s.File, text => AssertionPattern.Compile(s.Matches).IsMatch(text), "no line matches"),
        Assertion.Version v => await RunAsync(v.Command, 0, output => output.TrimEnd().Split('\n')[^1].Trim() == v.EqualTo, cancellationToken),
        Assertion.SwitchOffCommand s => await RunAsync(s.Command, 0, o => o.Contains(s.Prints, StringComparison.Ordinal), cancellationToken),
        Assertion.Refused r => await RunAsync(r.Command, r.Exit, o => o.Contains(r.Says, StringComparison.Ordinal), cancellationToken),
        _ => throw new InvalidOperationException($"an assertion without a check: {assertion}"),
    };

    private NodeKind? KindOf(string path) => tree.Status(Encoding.UTF8.GetBytes(path.TrimEnd('/')))?.Kind;

    private Observation LookAtText(Assertion.FileText wanted) => Read(
        wanted.File,
        text => (wanted.Contains is not { } c || text.Contains(c, StringComparison.Ordinal))
            && (wanted.Matches is not { } m || AssertionPattern.Compile(m).IsMatch(text))
            && (wanted.EqualTo is not { } e || text.Trim() == e.Trim())
            && (wanted.AbsentText is not { } a || !text.Contains(a, StringComparison.Ordinal)),
        "the text is not so");

    private Observation Read(string path, Func<string, bool> holds, string otherwise)
    {
        if (KindOf(path) != NodeKind.File)
        {
            return Observation.NotHeld($"{path} is {KindOf(path)?.ToString() ?? "absent"}, so nothing can be said of its text");
        }

        using var file = tree.OpenRead(Encoding.UTF8.GetBytes(path));
        var length = RandomAccess.GetLength(file);
        if (length > LongestFile)
        {
            return Observation.NotHeld($"{path} has {length} bytes; at most {LongestFile} are read");
        }

        var bytes = new byte[length];
        var read = RandomAccess.Read(file, bytes, 0);
        try
        {
            return holds(Encoding.UTF8.GetString(bytes, 0, read)) ? Observation.Held("as expected") : Observation.NotHeld(otherwise);
        }
        catch (RegexMatchTimeoutException e)
        {
            return Observation.NotHeld($"the expression took longer than {e.MatchTimeout.TotalSeconds:0} s");
        }
    }

    /// <param name="exit">Null: any but 0.</param>
    private async Task<Observation> RunAsync(CheckCommand command, int? exit, Func<string, bool> holds, CancellationToken cancellationToken)
    {
        var run = await runner.RunAsync(command, treePath, onLine: null, cancellationToken);
        if (run.CouldNotStart is { } why)
        {
            return Observation.CouldNotRun(why);
        }

        var exitFits = exit is { } wanted ? run.Evidence.EndedWith(wanted) : run.Evidence.ExitCode is not (null or 0);
        var status = exitFits && !run.Evidence.TimedOut && !run.Evidence.OutputTruncated && holds(PayloadRunner.ReadOutput(run, LongestFile))
            ? CheckStatus.Held
            : CheckStatus.NotHeld;
        return new Observation(status, $"{run.HowItEnded}, printed \"{run.LastLine}\"") { Command = run.Evidence };
    }
}
