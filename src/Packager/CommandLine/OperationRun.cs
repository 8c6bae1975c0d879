using IuCutter.Packager.Connecting;
using IuCutter.Packager.Following;
using IuCutter.Packager.Showing;

namespace IuCutter.Packager.CommandLine;

/// <summary>Follows an operation that was begun, shows its end, and turns the verdict into the exit code.</summary>
internal static class OperationRun
{
    public static async Task<ExitCode> FollowAsync(
        string operation, Target target, IOperationView view, Surroundings here, long showFrom, CancellationToken cancellation)
    {
        try
        {
            return await new OperationWatch(target, view, here.Time, showFrom).FollowAsync(
                operation,
                (story, settled) => new OperationEnd(target, here, view).TellAsync(story, settled, wasLiveAlready: false, publish: null, here.Folder, cancellation),
                cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw Detached(operation, target);
        }
        catch (IOException trouble)
        {
            throw Untold(operation, target, trouble);
        }
    }

    /// <summary>What is shown cannot be shown any more: that is no end of the operation.</summary>
    public static CommandException Untold(string operation, Target target, IOException trouble) => new(
        ExitCode.Failed,
        "IO_FAILED",
        $"{SafeText.Line(trouble.Message)}: how operation {operation} goes on cannot be told here; it goes on, or has ended, at {target.Address}",
        TypedCommand.On($"iucutter watch {operation}", target.Address),
        trouble);

    public static CommandException Detached(string operation, Target target) => new(
        ExitCode.Interrupted,
        "DETACHED",
        $"detached: operation {(operation.Length == 0 ? "" : operation + " ")}goes on at {target.Address}; a push whose gates pass still switches its slot, and `iucutter rollback` takes that back",
        $"{TypedCommand.On($"iucutter watch {operation}".TrimEnd(), target.Address)}\nor, to stop it: {TypedCommand.On($"iucutter cancel {operation}".TrimEnd(), target.Address)}");
}
