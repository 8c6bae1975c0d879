using IuCutter.Packager.Connecting;
using IuCutter.Packager.Showing;
using IuCutter.Protos.V1;

namespace IuCutter.Packager.Following;

/// <summary>From an ended operation's story to what is said of it at the end.</summary>
internal static class OperationOutcome
{
    public static async Task<OperationResult> OfAsync(OperationStory story, Target target, bool wasLiveAlready, CancellationToken cancellation)
    {
        var ended = story.Ended ?? throw new InvalidOperationException("The operation has not ended.");
        var (slot, release) = (story.Begun?.Slot ?? "", story.Begun?.Release);
        return new OperationResult
        {
            Kind = story.Begun?.Operation ?? "operation",
            Operation = story.Operation,
            Verdict = ended.Verdict,
            Reason = ended.Reason,
            Release = release,
            Slot = slot,
            ReleasePath = release is null ? null : await PathOfAsync(release, slot, target, cancellation),

            // Those were changes of then; this time nothing was done.
            Changes = wasLiveAlready ? [] : ended.Changes,
            Undo = wasLiveAlready ? null : TypedCommand.On(ended.Undo, target.Address),
            Next = TypedCommand.On(ended.Next ?? (story.FailedWithOutput is { } check ? $"iucutter logs {story.Operation} --check {check}" : null), target.Address),
            WasLiveAlready = wasLiveAlready,
        };
    }

    private static async Task<string?> PathOfAsync(string release, string slot, Target target, CancellationToken cancellation)
    {
        try
        {
            var reply = await target.AskAsync((client, options) => client.ListReleasesAsync(new ListReleasesRequest { Slot = slot }, options), cancellation);
            return reply.Releases.FirstOrDefault(r => r.Id == release)?.Path;
        }
        catch (Exception e) when (e is CommandException or OperationCanceledException)
        {
            // The verdict stands without it.
            return null;
        }
    }
}
