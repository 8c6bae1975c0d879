using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using IuCutter.Configuration;
using IuCutter.Packager.Showing;
using IuCutter.Packager.Source;

namespace IuCutter.Packager.CommandLine;

/// <summary>From the arguments to the exit code: the one boundary at which failures become words.</summary>
internal static class Invocation
{
    public static async Task<int> RunAsync(string[] arguments, Surroundings here)
    {
        using var interrupted = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Interrupt(signal, interrupted));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Interrupt(signal, interrupted));
        var parsed = Commands.For(arguments, here).Parse(arguments);
        if (parsed.Action is ParseErrorAction)
        {
            return (int)Fail(here, arguments, CommandException.Usage(Refused(parsed), $"iucutter {Path(parsed)}--help"));
        }

        try
        {
            var configuration = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return await parsed.InvokeAsync(configuration, interrupted.Token);
        }
        catch (Exception failure) when (InWords(failure) is { } said)
        {
            return (int)Fail(here, arguments, said);
        }
    }

    /// <summary>What is known to go wrong, in words; null for our own bugs, which end the program with their stack.</summary>
    private static CommandException? InWords(Exception failure) => failure switch
    {
        CommandException known => known,
        SourceException source => new CommandException(
            ExitOf(source.Code), source.Code, SafeText.Line(source.Message), source.Next, source),
        ConfigurationException configuration => new CommandException(
            ExitCode.Usage,
            "BAD_CONFIGURATION",
            string.Join('\n', configuration.Problems.Select(problem => SafeText.Line(problem.ToString()))),
            "what is read is the commit's file, not the work tree's: commit what you change; docs/configuration.md says what each key takes",
            configuration),
        OperationCanceledException => new CommandException(ExitCode.Interrupted, "INTERRUPTED", "interrupted"),
        IOException or UnauthorizedAccessException => new CommandException(ExitCode.Failed, "IO_FAILED", SafeText.Line(failure.Message), null, failure),
        _ => null,
    };

    private static ExitCode ExitOf(string code) => code switch
    {
        SourceCodes.GitFailed => ExitCode.Failed,
        SourceCodes.ArtifactDigestMismatch or SourceCodes.ArtifactMalformed or SourceCodes.ArtifactDiffers => ExitCode.Blocked,
        _ => ExitCode.Usage,
    };

    private static ExitCode Fail(Surroundings here, string[] arguments, CommandException said)
    {
        try
        {
            Say(here, arguments, said);
        }
        catch (IOException)
        {
            // Nothing can be said where nothing can be written: the exit code is left.
        }

        return said.Exit;
    }

    private static void Say(Surroundings here, string[] arguments, CommandException said)
    {
        foreach (var (line, index) in said.Message.Split('\n').Select((line, index) => (line, index)))
        {
            here.Errors.Line(index == 0 ? here.Errors.Paint(Ink.Bad, "iucutter: ") + line : "          " + line);
        }

        if (said.Next is { Length: > 0 } next)
        {
            here.Errors.Line($"  next: {next.Replace("\n", "\n        ", StringComparison.Ordinal)}");
        }

        if (arguments.Contains("--json", StringComparer.Ordinal))
        {
            new JsonLines(here.Out).Write(json =>
            {
                json.WriteStartObject("error");
                json.WriteString("code", said.Code);
                json.WriteString("message", said.Message);
                json.WriteString("next", said.Next);
                json.WriteNumber("exitCode", (int)said.Exit);
                json.WriteEndObject();
            });
        }
    }

    // The second signal is not ours: it ends the program at once.
    private static void Interrupt(PosixSignalContext signal, CancellationTokenSource interrupted)
    {
        signal.Cancel = !interrupted.IsCancellationRequested;
#pragma warning disable MA0045 // A signal handler has nothing to await with.
        interrupted.Cancel();
#pragma warning restore MA0045
    }

    private static string Refused(ParseResult parsed)
    {
        if (parsed.Tokens.Count == 0)
        {
            return "no command was given";
        }

        var reasons = string.Join(" ", parsed.Errors
            .Where(error => parsed.Errors.Count == 1 || error.SymbolResult is not CommandResult { Command: RootCommand } || parsed.UnmatchedTokens.Any(error.Message.Contains))
            .Select(error => OneLine(error.Message))
            .Distinct(StringComparer.Ordinal));
        var near = parsed.UnmatchedTokens.Select(word => Misspelt.Meant(word, parsed.CommandResult.Command)).OfType<string>().FirstOrDefault();
        return near is null ? reasons : $"{reasons} Did you mean '{near}'?";
    }

    // The library sets its lists on lines of their own.
    private static string OneLine(string message) =>
        SafeText.Line(string.Join(' ', message.Replace("System.Nullable`1[System.UInt32]", "a whole number", StringComparison.Ordinal).Replace("System.UInt32", "a whole number", StringComparison.Ordinal)
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));

    /// <summary>The words that lead to the command: of one within another, both.</summary>
    private static string Path(ParseResult parsed)
    {
        var words = new Stack<string>();
        for (SymbolResult? at = parsed.CommandResult; at is CommandResult { Command: Verb verb }; at = at.Parent)
        {
            words.Push(verb.Name + " ");
        }

        return string.Concat(words);
    }
}
