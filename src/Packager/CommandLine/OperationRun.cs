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
            var result = await OperationOutcome.OfAsync(story, target, wasLiveAlready: false, cancellation);
            var report = await new ReportKeeping(target, here, view.Note).KeepAsync(result.Operation ?? operation, publish: null, here.Folder, cancellation);
            view.Result(result with { Report = report });
            await new LedgerMemory(target, here).CompareIfReachableAsync(cancellation);
            return result.Exit;
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
