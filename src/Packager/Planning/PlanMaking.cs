using IuCutter.Digests;
using IuCutter.Packager.Connecting;
using IuCutter.Packager.Following;
using IuCutter.Packager.Pushing;
using IuCutter.Packager.Showing;
using IuCutter.Gates;
using IuCutter.Protos.V1;

namespace IuCutter.Packager.Planning;

/// <summary>A plan as the source host sees it: the gates here, then the target's own word of what the push would do there.</summary>
internal sealed class PlanMaking(PushSubject subject, PushAsk ask, Target target, IOperationView view, Surroundings here)
{
    /// <summary>Large anchors take their time to read.</summary>
    private static readonly TimeSpan LongestSurvey = TimeSpan.FromMinutes(30);

    /// <param name="file">Where the plan goes; null for a place of its own among the user's state, outside of the repository, whose work tree must stay as clean as it is.</param>
    /// <param name="life">How long it is good for; null for the agent's own limit.</param>
    /// <exception cref="CommandException">The push would be stopped; then there is nothing to plan, and no file is written.</exception>
    public async Task<LockedPlan> RunAsync(string? file, TimeSpan? life, CancellationToken cancellation)
    {
        var memory = new LedgerMemory(target, here);
        var reached = ReachAsync(memory, cancellation);
        view.Heading($"plan {subject.Commit.Id[..12]} of {subject.Source.Place} to slot {subject.Configuration.Slot} at {target.Address}");
        await using var gates = new SourceGates(subject, ask, view, here, reached);
        await gates.RunAsync(cancellation);
        await reached;
        if (gates.Stopper is { } stopper)
        {
            throw Hindered([$"{stopper.Gate} {stopper.Gate.Subject()} is {stopper.Outcome.Word()}: {stopper.Cause}"]);
        }

        var manifest = gates.Contents!.Manifest;
        var request = new PlanRequest { Push = PushRequests.Of(subject, manifest, gates.Gates), LastsSeconds = (uint)(life?.TotalSeconds ?? 0) };
        var reply = await target.AskAsync((client, options) => client.PlanAsync(request, options), LongestSurvey, cancellation);
        if (reply.Plan.IsEmpty)
        {
            throw Hindered(reply.Hindrances);
        }

        var bytes = reply.Plan.ToByteArray();
        var plan = LockedPlan.Of(file ?? OwnPlace(bytes), bytes);
        plan.MustBeOf(subject, manifest, here.Time);
        await File.WriteAllBytesAsync(plan.Path + ".new", plan.Bytes, cancellation);
        File.Move(plan.Path + ".new", plan.Path, overwrite: true);
        return plan;
    }

    /// <summary>Named by what it says, so that plans of one commit for several targets lie beside each other.</summary>
    private string OwnPlace(byte[] plan) => Path.Combine(
        Directory.CreateDirectory(Path.Combine(UserFolders.State(here)!, "plans")).FullName,
        $"{subject.Configuration.Name}-{subject.Commit.Id[..12]}-{Sha256Digest.Of(plan).Short}.plan");

    private static CommandException Hindered(IEnumerable<string> why) => new(
        ExitCode.Blocked,
        "PLAN_HINDERED",
        string.Join('\n', why.Select(SafeText.Line).Prepend("a push would be stopped, so there is nothing to plan; nothing was begun and no plan was written")),
        "mend it, then plan again");

    private async Task ReachAsync(LedgerMemory memory, CancellationToken cancellation)
    {
        await target.GreetAsync(cancellation);
        await memory.CompareAsync(cancellation);
    }
}
