using Google.Protobuf;
using Grpc.Core;
using IuCutter.Agent.Closing;
using IuCutter.Agent.Operations;
using IuCutter.Agent.Pushing;
using IuCutter.Agent.Releases;
using IuCutter.Agent.Reporting;
using IuCutter.Agent.RollingBack;
using IuCutter.Agent.Smoking;
using IuCutter.Digests;
using IuCutter.Ledgers;
using IuCutter.Plans;
using IuCutter.Protos.V1;
using IuCutter.Reports;

namespace IuCutter.Agent.Endpoint;

/// <summary>The wire's end of the agent: turns calls into operations, and operations into answers. PROTOCOL.md says it in prose.</summary>
[BindServiceMethod(typeof(ReleaseAgentBinding), nameof(ReleaseAgentBinding.BindService))]
public sealed class ReleaseAgentService(TargetHost host, OperationBoard board, GapClosing closing, UploadLanes lanes) : ReleaseAgent.ReleaseAgentBase
{
    private const int PartBytes = 256 * 1024;
    private const int LongestWord = 500;

    // The last that a date can be.
    private static readonly long MostUnixMs = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    public override Task<StatusReply> GetStatus(StatusRequest request, ServerCallContext context) => Answer(() => new StatusAnswer(host, board).Read());

    public override Task<ListReleasesReply> ListReleases(ListReleasesRequest request, ServerCallContext context) =>
        Answer(() => new ReleaseAnswer(host).List(request.Slot));

    public override Task<OperationReply> Push(PushRequest request, ServerCallContext context) => Answer(() =>
    {
        var order = PushOrders.Read(request);
        if (!order.Again && board.HolderOf(order.Slot) is null && DoneBefore(order, context.CancellationToken) is { } done)
        {
            return new OperationReply { OperationId = done, Attached = true, Done = true };
        }

        var reply = Reply(board.Start(order.ToLedger(), operation => new PushWork(host, operation, order), work => work.Order.IsSameAs(order)));
        reply.Releases.AddRange(EditedManifest.Bases(host.Root, host.Ledger.History(order.Slot), order.Release));
        return reply;
    });

    public override Task<PlanReply> Plan(PlanRequest request, ServerCallContext context) => AnswerAsync(async () =>
    {
        var (plan, hindrances) = await new PlanAnswer(host).MakeAsync(request, context.CancellationToken);
        var reply = new PlanReply { Plan = plan is null ? ByteString.Empty : UnsafeByteOperations.UnsafeWrap(PlanJson.Write(plan)) };
        reply.Hindrances.AddRange(hindrances);
        return reply;
    });

    public override async Task Offer(
        IAsyncStreamReader<OfferPart> requestStream, IServerStreamWriter<OfferAnswer> responseStream, ServerCallContext context)
    {
        var cancellationToken = context.CancellationToken;
        var result = await AnswerAsync(() => OfferAsync(requestStream, cancellationToken));
        foreach (var runs in result.Missing.Chunk(PartBytes / 8))
        {
            var answer = new OfferAnswer();
            answer.Missing.AddRange(runs.Select(r => new ContentRange { First = (uint)r.First, Count = (uint)r.Count }));
            await responseStream.WriteAsync(answer, cancellationToken);
        }

        var totals = new OfferTotals { Contents = (ulong)result.Contents, Bytes = (ulong)result.Bytes, ResumeOffset = (ulong)result.ResumeOffset };
        (totals.TakesBrotli, totals.MostLanes) = (true, UploadLanes.Most);
        if (result.Bundle is { } bundle)
        {
            (totals.TakesBundle, totals.BundleOffset) = (true, (ulong)bundle.Offset);
            totals.MirrorCommits.AddRange(bundle.Commits);
        }

        await responseStream.WriteAsync(new OfferAnswer { Totals = totals }, cancellationToken);
    }

    public override Task<UploadReceipt> Upload(IAsyncStreamReader<UploadPart> requestStream, ServerCallContext context) => AnswerAsync(async () =>
    {
        var start = await UploadReader.StartOfAsync(requestStream, context.CancellationToken);
        var work = Work(start.OperationId);
        if (start.Lane > 0)
        {
            await lanes.CarryAsync(start, requestStream, context.CancellationToken);
            return new UploadReceipt();
        }

        using var all = start.Lanes > 1 ? await lanes.GatherAsync(start, requestStream, context.CancellationToken) : null;
        var reader = new UploadReader(all ?? requestStream);
        var (received, isWhole) = await work.Transfer.UploadAsync(
            (staging, sign, whileWanted) => reader.ReadIntoAsync(staging, start, sign, whileWanted), context.CancellationToken);
        return new UploadReceipt { Contents = (ulong)received, Bytes = (ulong)reader.Bytes, Whole = isWhole };
    });

    public override Task<BundleReceipt> SendBundle(IAsyncStreamReader<BundlePart> requestStream, ServerCallContext context) => AnswerAsync(async () =>
    {
        var reader = new BundleReader(requestStream);
        var start = await reader.StartAsync(context.CancellationToken);
        var transfer = Work(start.OperationId).Transfer;
        var contents = await transfer.TakeBundleAsync(
            (arrival, sign, whileWanted) => reader.ReadIntoAsync(arrival, start, sign, whileWanted), context.CancellationToken);
        return new BundleReceipt { Contents = (ulong)contents };
    });

    public override Task<OperationReply> Smoke(SmokeRequest request, ServerCallContext context) => Answer(() =>
    {
        var release = new ReleaseAnswer(host).Choose(request.Slot, request.Release);
        var begun = new LedgerEvent.OperationBegun("smoke", request.Slot, request.RequestedBy, release.ToString(), null);
        return Reply(board.Start(begun, operation => new SmokeWork(host, operation, release), work => work.Release == release));
    });

    public override Task<OperationReply> Rollback(RollbackRequest request, ServerCallContext context) => Answer(() =>
    {
        var release = new ReleaseAnswer(host).ChooseForRollback(request.Slot, request.Release);
        var begun = new LedgerEvent.OperationBegun("rollback", request.Slot, request.RequestedBy, release.ToString(), null);
        return Reply(board.Start(begun, operation => new RollbackWork(host, operation, release), work => work.To == release));
    });

    public override Task<CancelReply> Cancel(CancelRequest request, ServerCallContext context) => Answer(() =>
    {
        var who = request.RequestedBy.Length > 0 ? request.RequestedBy : throw new RefusalException(RefusalCode.BadRequest, "nobody is named who cancels", "name yourself");
        if (who.Length > LongestWord || request.Why.Length > LongestWord || request.OperationId.Length > LongestWord)
        {
            throw new RefusalException(RefusalCode.BadRequest, $"a name, a reason or an id of more than {LongestWord} characters", "say it shorter");
        }

        var operation = board.Cancel(request.OperationId, $"cancelled by {who}{(request.Why.Length > 0 ? $": {request.Why}" : "")}");
        return new CancelReply { OperationId = operation.Id, Kind = operation.Kind, Slot = operation.Slot };
    });

    public override Task<CloseGapReply> CloseGap(CloseGapRequest request, ServerCallContext context) => AnswerAsync(async () =>
    {
        var at = DateTimeOffset.UnixEpoch.AddMilliseconds(Math.Clamp(request.SignedUnixMs, 0, MostUnixMs));
        var word = closing.Word(request.Slot, request.Gap, (long)Math.Min(request.Opened, long.MaxValue), request.Who, request.Why, at);
        return new CloseGapReply { Line = (ulong)await closing.CloseAsync(word, request.Signature, context.CancellationToken) };
    });

    public override async Task Watch(WatchRequest request, IServerStreamWriter<Event> responseStream, ServerCallContext context)
    {
        var id = request.OperationId.Length > 0 ? request.OperationId : (host.Ledger.Operations is [.., var last] ? last : "");
        if (board.Running(id) is { } running)
        {
            await foreach (var (number, line, progress) in running.Feed.ReadAsync(request.From, context.CancellationToken))
            {
                var what = new Event { Number = number, OperationId = id };
                if (progress is not null)
                {
                    what.Progress = progress;
                }
                else
                {
                    what.Line = UnsafeByteOperations.UnsafeWrap(line);
                }

                await responseStream.WriteAsync(what, context.CancellationToken);
            }

            return;
        }

        await WatchRecordedAsync(id, request.From, responseStream, context.CancellationToken);
    }

    public override async Task ReadLedger(LedgerRequest request, IServerStreamWriter<LedgerLine> responseStream, ServerCallContext context)
    {
        if (request.Signed)
        {
            await ReadSignedAsync(request, responseStream, context.CancellationToken);
            return;
        }

        var lines = request.OperationId.Length > 0 ? host.Ledger.LinesOf(request.OperationId) : host.Ledger.LastLines((int)request.Last);
        foreach (var line in lines)
        {
            await responseStream.WriteAsync(new LedgerLine { Line = UnsafeByteOperations.UnsafeWrap(line) }, context.CancellationToken);
        }
    }

    private async Task ReadSignedAsync(LedgerRequest request, IServerStreamWriter<LedgerLine> responseStream, CancellationToken cancellation)
    {
        var envelopes = Enumerable.Empty<ByteString>();
        var (after, last) = ((long)Math.Min(request.After, long.MaxValue), host.Ledger.Head.Entries);
        if (request.OperationId.Length > 0)
        {
            var own = host.Ledger.EntriesOf(request.OperationId).ToList();
            (after, last) = own.Count > 0
                ? (own[0].Seq - 1, own[^1].Seq)
                : throw Refusals.ToRpc(new RefusalException(RefusalCode.NotFound, $"no operation {request.OperationId} is in the ledger", "`iucutter logs` shows those that are"));
            envelopes = InTotoStatements.Of(OperationRecord.Of(request.OperationId, own)).Select(s => UnsafeByteOperations.UnsafeWrap(host.Key.Envelope(s)));
        }

        var (lines, receipt) = SignedLines.Of(host, after, last);
        foreach (var line in lines)
        {
            await responseStream.WriteAsync(new LedgerLine { Line = UnsafeByteOperations.UnsafeWrap(line) }, cancellation);
        }

        var end = new LedgerLine { Receipt = UnsafeByteOperations.UnsafeWrap(LedgerJson.Write(receipt)) };
        end.Envelopes.AddRange(envelopes);
        await responseStream.WriteAsync(end, cancellation);
    }

    public override async Task ReadOutput(OutputRequest request, IServerStreamWriter<OutputPart> responseStream, ServerCallContext context)
    {
        var name = request.Sha256.Length == Sha256Digest.Bytes ? Sha256Digest.FromBytes(request.Sha256.Span).ToString() : "";
        var path = Path.Combine(host.State.Outputs, name);
        if (name.Length == 0 || !File.Exists(path))
        {
            throw Refusals.ToRpc(new RefusalException(RefusalCode.NotFound, "no output is kept under this sha256", "take it from the check's evidence in `iucutter logs`"));
        }

        await using var file = File.OpenRead(path);
        var buffer = new byte[PartBytes];
        for (int read; (read = await file.ReadAsync(buffer, context.CancellationToken)) > 0;)
        {
            await responseStream.WriteAsync(new OutputPart { Data = ByteString.CopyFrom(buffer, 0, read) }, context.CancellationToken);
        }
    }

    private static OperationReply Reply((Operation Operation, bool Attached) started) =>
        new() { OperationId = started.Operation.Id, Attached = started.Attached };

    private static Task<T> Answer<T>(Func<T> answer) => AnswerAsync(() => Task.FromResult(answer()));

    private static async Task<T> AnswerAsync<T>(Func<Task<T>> answer)
    {
        try
        {
            return await answer();
        }
        catch (RefusalException e)
        {
            throw Refusals.ToRpc(e);
        }
        catch (Posix.PosixException e) when (e.IsNoRoom)
        {
            throw Refusals.ToRpc(new RefusalException(RefusalCode.NoRoom, e.Message, "make room on the target, then push again"));
        }
        catch (IOException e) when (e is not Microsoft.AspNetCore.Connections.ConnectionResetException)
        {
            throw Refusals.ToRpc(new RefusalException(RefusalCode.TargetFault, e.Message, "see to the target's disk, then try again"));
        }
    }

    private async Task<OfferResult> OfferAsync(IAsyncStreamReader<OfferPart> parts, CancellationToken cancellationToken)
    {
        if (!await parts.MoveNext(cancellationToken))
        {
            throw new RefusalException(RefusalCode.BadRequest, "an offer must have a first part", "report this as a bug of the packager");
        }

        var work = Work(parts.Current.OperationId);
        if (parts.Current.GivenUp.Length > 0)
        {
            work.Transfer.GiveUp(parts.Current.GivenUp);
            return OfferResult.Nothing;
        }

        var manifest = parts.Current.ManifestEdit is { } edit
            ? EditedManifest.Read(host.Root, work.Order, edit)
            : await WholeManifestAsync(parts, work.Order, cancellationToken);
        if (!await work.Preflight.WaitAsync(cancellationToken))
        {
            throw new RefusalException(RefusalCode.WrongState, "the preflight did not pass: nothing is wanted", "`iucutter watch` shows why");
        }

        return await work.Transfer.IsOpen.WaitAsync(cancellationToken)
            ? await work.Transfer.OfferAsync(manifest, cancellationToken)
            : OfferResult.Nothing;
    }

    /// <returns>Null where it came before.</returns>
    private static async Task<ReadOnlyMemory<byte>?> WholeManifestAsync(IAsyncStreamReader<OfferPart> parts, PushOrder order, CancellationToken cancellationToken)
    {
        var manifest = new MemoryStream(parts.Current.Manifest.Length == 0 ? 0 : (int)order.ManifestBytes);
        do
        {
            manifest.Write(parts.Current.ManifestBrotli is { } piece ? CompressedPiece.Read(piece) : parts.Current.Manifest.Span);
            if (manifest.Length > order.ManifestBytes)
            {
                throw new RefusalException(RefusalCode.BadRequest, $"the manifest is longer than the {order.ManifestBytes} bytes that the push says", "push again");
            }
        }
        while (await parts.MoveNext(cancellationToken));
        return manifest.Length == 0 ? null : manifest.GetBuffer().AsMemory(0, (int)manifest.Length);
    }

    private PushWork Work(string operation) => board.WorkOf<PushWork>(operation) ?? throw new RefusalException(
        RefusalCode.WrongState, $"no push {operation} is under way", $"`iucutter watch {operation}` shows what came of it");

    /// <summary>The push that made this very release live, if it still is, and whole, with this very configuration.</summary>
    private string? DoneBefore(PushOrder order, CancellationToken cancellationToken)
    {
        var history = host.Ledger.History(order.Slot);
        if (!history.LiveIsProved || history.Live != order.Release.ToString() || host.Root.Slot(order.Slot).Read().LiveRelease != order.Release
            || ReleaseFolder.TryVerify(host.Root, order.Release, cancellationToken) is not { HoldsTheManifest: true })
        {
            return null;
        }

        var wanted = LedgerJson.Canonical(order.ToLedger().Push!.Configuration);
        return host.Ledger.Operations.LastOrDefault(id =>
            host.Ledger.EntriesOf(id).First().Event is LedgerEvent.OperationBegun { Push: { } push } begun
            && begun.Release == history.Live && begun.Slot == order.Slot
            && (order.PlanDigest is not { } plan || push.PlanSha256 == plan.ToString())
            && LedgerJson.Canonical(push.Configuration).AsSpan().SequenceEqual(wanted)
            && host.Ledger.EntriesOf(id).Any(e => e.Event is LedgerEvent.ReleaseProved));
    }

    private async Task WatchRecordedAsync(string id, ulong from, IServerStreamWriter<Event> to, CancellationToken cancellationToken)
    {
        ulong number = 0;
        foreach (var line in host.Ledger.LinesOf(id))
        {
            if (++number >= from)
            {
                await to.WriteAsync(new Event { Number = number, OperationId = id, Line = UnsafeByteOperations.UnsafeWrap(line) }, cancellationToken);
            }
        }

        if (number == 0)
        {
            throw Refusals.ToRpc(new RefusalException(
                RefusalCode.NotFound,
                id.Length == 0 ? "nothing was ever done on this target" : $"operation {id} is not in this target's ledger",
                "`iucutter logs` lists what is"));
        }
    }
}
