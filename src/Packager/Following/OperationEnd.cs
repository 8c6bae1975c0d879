using IuCutter.Configuration;
using IuCutter.Packager.Connecting;
using IuCutter.Packager.Showing;

namespace IuCutter.Packager.Following;

/// <summary>
/// What is done here once an operation has ended: its result is shown, its report kept, and the target's ledger held against what was seen of it before. The
/// target is asked for all of it at once.
/// </summary>
internal sealed class OperationEnd(Target target, Surroundings here, IOperationView view)
{
    /// <param name="story">The ended operation's.</param>
    /// <param name="settled">Ends when the agent has written its own report, and the slot can take another operation: before that nothing is shown.</param>
    /// <param name="wasLiveAlready">True: it was done before, and nothing was done now.</param>
    /// <param name="publish">As of <see cref="ReportKeeping.KeepAsync"/>.</param>
    /// <param name="repository">As of <see cref="ReportKeeping.KeepAsync"/>.</param>
    /// <param name="cancellation">Ends the asking; the result is shown all the same, for the operation has ended.</param>
    /// <exception cref="CommandException">The ledger does not go on from where it was; the result was shown.</exception>
    public async Task<ExitCode> TellAsync(
        OperationStory story, Task settled, bool wasLiveAlready, PublishRule? publish, string repository, CancellationToken cancellation)
    {
        var result = OperationOutcome.OfAsync(story, target, wasLiveAlready, cancellation);
        var report = new ReportKeeping(target, here, view.Note).KeepAsync(story.Operation, publish, repository, cancellation);
        var memory = new LedgerMemory(target, here).CompareIfReachableAsync(cancellation);
        try
        {
            await report;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            view.Note($"interrupted when the operation had ended; its report may not be here: `{ReportKeeping.Command(story.Operation, target)}` makes it");
        }

        await settled;
        view.Result((await result) with { Report = report.IsCompletedSuccessfully ? await report : null });
        try
        {
            await memory;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The next operation compares with what was kept before.
        }

        return (await result).Exit;
    }
}
