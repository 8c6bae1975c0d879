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

    /// <exception cref="CommandException">The push would be stopped; then there is nothing to plan, and no file is written.</exception>
    public async Task<LockedPlan> RunAsync(string file, TimeSpan? life, CancellationToken cancellation)
    {
        var memory = new LedgerMemory(target, here);
        var reached = ReachAsync(memory, cancellation);
        view.Heading($"plan {subject.Commit.Id[..12]} of {subject.Source.Place} to slot {subject.Configuration.Slot} at {target.Address}");
        using var gates = new SourceGates(subject, ask, view, here, reached);
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

        var plan = LockedPlan.Of(file, reply.Plan.ToByteArray());
        plan.MustBeOf(subject, manifest, here.Time);
        await File.WriteAllBytesAsync(file + ".new", plan.Bytes, cancellation);
        File.Move(file + ".new", file, overwrite: true);
        return plan;
    }

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
