using System.Runtime.InteropServices;
using IuCutter.Commands;

namespace IuCutter.Packager.CommandLine;

/// <summary>Becomes the agent: this process is replaced, so that signals, terminal and exit code are the agent's own.</summary>
internal static partial class AgentProgram
{
    public const string Verb = "agent";
    private const string FileName = "iucutter-agent";

    public static ExitCode Become(IEnumerable<string> arguments, Surroundings here)
    {
        if (Find(AppContext.BaseDirectory, here) is not { } program)
        {
            here.Errors.Line($"iucutter: no {FileName} beside this program, in IUCUTTER_AGENT or on the PATH");
            here.Errors.Line("  next: put it on the PATH, or from the sources: ./iucutter agent");
            return ExitCode.Failed;
        }

        string?[] words = [program, .. arguments, null];
        _ = Execv(program, words);

        // Only a failure comes back.
        here.Errors.Line($"iucutter: '{program}' cannot be started: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        return ExitCode.Failed;
    }

    internal static string? Find(string beside, Surroundings here)
    {
        var neighbour = Path.Combine(beside, FileName);
        if (SearchPath.IsExecutable(neighbour))
        {
            return neighbour;
        }

        return here.Variable("IUCUTTER_AGENT") is { Length: > 0 } named ? named : SearchPath.Find(FileName, here.Variable("PATH") ?? "");
    }

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execv(string program, string?[] arguments);
}
