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
            var story = await new OperationWatch(target, view, here.Time, showFrom).FollowAsync(operation, cancellation);
            return await new OperationEnd(target, here, view).TellAsync(story, wasLiveAlready: false, publish: null, here.Folder, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw Detached(operation, target);
        }
    }

    public static CommandException Detached(string operation, Target target) => new(
        ExitCode.Interrupted,
        "DETACHED",
        $"detached: operation {(operation.Length == 0 ? "" : operation + " ")}goes on at {target.Address}; a push whose gates pass still switches its slot, and `iucutter rollback` takes that back",
        $"iucutter watch{(operation.Length == 0 ? "" : " " + operation)} --target {target.Address}\nor, to stop it: iucutter cancel{(operation.Length == 0 ? "" : " " + operation)} --target {target.Address}");
}
