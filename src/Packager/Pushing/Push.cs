using Google.Protobuf;
using IuCutter.Configuration;
using IuCutter.Gates;
using IuCutter.Manifests;
using IuCutter.Packager.CommandLine;
using IuCutter.Packager.Connecting;
using IuCutter.Packager.Following;
using IuCutter.Packager.Showing;
using IuCutter.Protos.V1;

namespace IuCutter.Packager.Pushing;

/// <summary>A push as the source host sees it: the gates here, then the operation on the target, from its begin to its verdict.</summary>
internal sealed class Push(PushSubject subject, PushAsk ask, Target target, IOperationView view, Surroundings here)
{
    public async Task<ExitCode> RunAsync(CancellationToken cancellation)
    {
        ask.Plan?.MustBeOf(subject, manifest: null, here.Time);

        // Whoever cannot be reached is found out before ten minutes of tests, not after; and while the source is read, not before.
        var reached = ReachAsync(cancellation);
        view.Heading($"push {subject.Commit.Id[..12]} of {subject.Source.Place} to slot {subject.Configuration.Slot} at {target.Address}");
        await using var gates = new SourceGates(subject, ask, view, here, reached);
        await RunAsync(gates, reached, cancellation);
        if (gates.Stopper is { } stopper)
        {
            return NothingBegun(stopper);
        }

        var contents = gates.Contents!;
        var request = PushRequests.Of(subject, contents.Manifest, gates.Gates);
        request.Again = ask.Again;
        Lock(request, contents.Manifest);
        var reply = await target.BeginAsync((client, options) => client.PushAsync(request, options), cancellation);
        using var bundle = BundleFor(reply.OperationId);
        await using var offer = new ManifestOffer(contents.Manifest, reply.Releases, ManifestMemory.Of(here), bundle is not null);
        var upload = new ContentUpload(target, reply.OperationId, reply.Attached, contents, bundle, offer, view, here.Time);
        try
        {
            return await FollowAsync(reply, upload, gates.Gates, cancellation);
        }
        catch (IOException trouble)
        {
            throw OperationRun.Untold(reply.OperationId, target, trouble);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            var detached = OperationRun.Detached(reply.OperationId, target);
            throw upload.IsWhole || reply.Attached
                ? detached
                : new CommandException(
                    detached.Exit,
                    detached.Code,
                    $"{detached.Message}, but contents were still missing there: unless the same push is run again within a minute it ends, and nothing is changed",
                    detached.Next);
        }
    }

    private static async Task RunAsync(SourceGates gates, Task reached, CancellationToken cancellation)
    {
        try
        {
            await gates.RunAsync(cancellation);
            await reached;
        }
        catch (OperationCanceledException e) when (cancellation.IsCancellationRequested)
        {
            throw new CommandException(ExitCode.Interrupted, "INTERRUPTED", "interrupted: nothing was begun on the target", next: null, e);
        }
    }

    /// <summary>From here on the push is bound to its plan: the agent holds the target against it before anything is begun.</summary>
    private void Lock(PushRequest request, Manifest manifest)
    {
        if (ask.Plan is { } plan)
        {
            plan.MustBeOf(subject, manifest, here.Time);
            request.Plan = ByteString.CopyFrom(plan.Bytes);
            request.Approval = ByteString.CopyFrom(ask.Approval ?? []);
        }
    }

    private BundleUpload? BundleFor(string operation) => subject.Source.Repository is { } repository && subject.Configuration.Format == ArtifactFormat.Bundle
        ? new BundleUpload(repository, subject.Commit, operation, view, here.Time)
        : null;

    private async Task ReachAsync(CancellationToken cancellation)
    {
        await target.GreetAsync(cancellation);
        await new LedgerMemory(target, here).CompareAsync(cancellation);
    }

    private async Task<ExitCode> FollowAsync(OperationReply reply, ContentUpload upload, IReadOnlyList<GateResult> sourceGates, CancellationToken cancellation)
    {
        if (reply.Attached)
        {
            view.Note(reply.Done
                ? $"this very release is live and proved already: what follows is operation {reply.OperationId}, nothing is done now (--again runs every gate)"
                : $"joined operation {reply.OperationId}, which does the same");
        }

        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var publish = reply.Done ? null : subject.Configuration.Publish;
        var watching = new OperationWatch(target, view, here.Time, reply.Attached ? 1 : AfterSourceGates(sourceGates)).FollowAsync(
            reply.OperationId,
            (story, settled) => new OperationEnd(target, here, view).TellAsync(
                story, settled, reply.Done, publish, Directory.Exists(subject.Source.Place) ? subject.Source.Place : here.Folder, cancellation),
            both.Token);
        var sending = reply.Done ? Task.CompletedTask : upload.RunAsync(both.Token);
        try
        {
            // A target that cannot be reached for sending is not watched either; an end that was seen needs no more sending.
            if (await Task.WhenAny(watching, sending) == sending)
            {
                await sending;
            }

            return await watching;
        }
        finally
        {
            await both.CancelAsync();
            await Task.WhenAll(watching, sending).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    /// <summary>The number of the first event that is not shown yet: operation-begun, then each source gate's begin, checks and close.</summary>
    private static long AfterSourceGates(IReadOnlyList<GateResult> gates) => 2 + gates.Sum(g => 2 + g.Checks.Length);

    private ExitCode NothingBegun(GateResult stopper)
    {
        foreach (var gate in Enum.GetValues<GateId>().Where(g => g > GateId.G2))
        {
            view.SourceGate(GateResult.NotExecuted(gate, $"{stopper.Gate} is {stopper.Outcome.Word()}"), 0);
        }

        var result = new OperationResult
        {
            Kind = "push",
            Verdict = Verdict.B,
            Reason = $"{stopper.Gate} {stopper.Gate.Subject()} is {stopper.Outcome.Word()}: {stopper.Cause}",
            Slot = subject.Configuration.Slot,
        };
        view.Note("nothing was begun on the target");
        view.Result(result);
        return result.Exit;
    }
}
