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
    /// <param name="wasLiveAlready">True: it was done before, and nothing was done now.</param>
    /// <param name="publish">As of <see cref="ReportKeeping.KeepAsync"/>.</param>
    /// <param name="repository">As of <see cref="ReportKeeping.KeepAsync"/>.</param>
    /// <param name="cancellation">Ends the asking, not the operation.</param>
    /// <exception cref="CommandException">The ledger does not go on from where it was; the result was shown.</exception>
    public async Task<ExitCode> TellAsync(
        OperationStory story, bool wasLiveAlready, PublishRule? publish, string repository, CancellationToken cancellation)
    {
        var result = OperationOutcome.OfAsync(story, target, wasLiveAlready, cancellation);
        var report = new ReportKeeping(target, here, view.Note).KeepAsync(story.Operation, publish, repository, cancellation);
        var memory = new LedgerMemory(target, here).CompareIfReachableAsync(cancellation);
        await Task.WhenAll(result, report);
        view.Result((await result) with { Report = await report });
        await memory;
        return (await result).Exit;
    }
}
