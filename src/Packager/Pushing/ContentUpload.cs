using Grpc.Core;
using IuCutter.Configuration;
using IuCutter.Packager.Connecting;
using IuCutter.Packager.Showing;
using IuCutter.Packager.Source;
using IuCutter.Protos.V1;

namespace IuCutter.Packager.Pushing;

/// <summary>
/// Brings the target what it lacks: offers the manifest, sends the missing contents, and offers again until nothing is missing, over as
/// many connections as it takes.
/// </summary>
/// <param name="isJoined">True when another packager began the push: it may yet bring what this one cannot.</param>
/// <param name="bundle">Makes the bundle, where contents travel as one; null where they do not.</param>
/// <param name="offer">The manifest, as briefly as the target can take it.</param>
internal sealed class ContentUpload(
    Target target, string operation, bool isJoined, ReleaseContents contents, BundleUpload? bundle, ManifestOffer offer, IOperationView view, TimeProvider time)
{
    private const int MostDamaged = 3;

    /// <summary>In bytes: less than this is through before more connections stand.</summary>
    private const ulong LeastForMany = 8 << 20;

    /// <summary>How often the link's length is asked for at most.</summary>
    private const int Questions = 3;

    /// <summary>From here on, question to answer, a connection's window may not fill a fast link.</summary>
    private static readonly TimeSpan Far = TimeSpan.FromMilliseconds(15);

    /// <summary>For the target's word on an upload of which one connection broke: it may not have heard of it.</summary>
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(5);

    private readonly Patience _patience = new(time);
    private readonly LinkPace _pace = new();
    private int _damaged;
    private bool _mayBeMany = true;
    private ulong _leastMissing = ulong.MaxValue;
    private ulong _mostOfBundle;

    /// <summary>True once the target has said that it lacks nothing more.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Returns when the target lacks nothing, or wants nothing any more: then its operation says why.</summary>
    /// <exception cref="CommandException">The target stayed unreachable.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        for (var isWanted = true; isWanted && !IsWhole;)
        {
            try
            {
                await BringAsync(cancellation);
            }
            catch (CommandException e) when (e.Exit == ExitCode.Unreachable)
            {
                // The way itself, an ssh that had ended, could not be brought up again yet.
                if (!await _patience.AgainAsync(cancellation))
                {
                    throw;
                }
            }
            catch (SourceException lost) when (!isJoined)
            {
                view.Note($"{SafeText.Line(lost.Message)} {SafeText.Line(lost.Next)}");
                await GiveUpAsync(lost.Message, cancellation);
                isWanted = false;
            }
            catch (RpcException e) when (cancellation.IsCancellationRequested)
            {
                throw new OperationCanceledException("the push was interrupted while it sent contents", e, cancellation);
            }
            catch (RpcException e)
            {
                isWanted = await IsAgainAsync(e, cancellation);
            }
            catch (ObjectDisposedException)
            {
                // Whoever watches the operation has brought the way up anew between two of our calls.
                isWanted = await IsAgainAsync(new RpcException(new Status(StatusCode.Unavailable, "the way ended")), cancellation);
            }
        }
    }

    /// <summary>Whether a call that failed is to be made again.</summary>
    /// <exception cref="CommandException">The target stayed unreachable.</exception>
    private async Task<bool> IsAgainAsync(RpcException failure, CancellationToken cancellation)
    {
        // Aborted: the target has not noticed yet that the call before this one is gone.
        if (Refusal.IsOfTheWay(failure) || failure.StatusCode == StatusCode.Aborted)
        {
            return await _patience.AgainAsync(cancellation) ? true : throw target.Explain(failure);
        }

        if (failure.StatusCode == StatusCode.DataLoss && ++_damaged < MostDamaged)
        {
            view.Note($"{SafeText.Line(failure.Status.Detail)}; it is sent again");
            return true;
        }

        // That the operation wants nothing (any more), and whatever else the target says against it, the operation's own end says better.
        if (failure.StatusCode is not (StatusCode.FailedPrecondition or StatusCode.NotFound))
        {
            view.Note($"the target takes no contents: {SafeText.Line(failure.Status.Detail)}");
        }

        return false;
    }

    /// <summary>Tells the target, which would else wait for a packager that comes back. If that fails it does wait, for a minute.</summary>
    private async Task GiveUpAsync(string why, CancellationToken cancellation)
    {
        try
        {
            using var call = (await target.EnsureAsync(cancellation)).Offer(cancellationToken: cancellation);
            await call.RequestStream.WriteAsync(new OfferPart { OperationId = operation, GivenUp = why }, cancellation);
            await call.RequestStream.CompleteAsync();
            await call.ResponseStream.MoveNext(cancellation);
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException or CommandException)
        {
            view.Note("the target could not be told; it gives up by itself within a minute");
        }
    }

    private async Task BringAsync(CancellationToken cancellation)
    {
        var client = await target.EnsureAsync(cancellation);
        var missing = await OfferAsync(client, cancellation);
        IsWhole = missing.IsNothing;
        if (missing.Totals.TakesBundle)
        {
            // What is missing after it the next offer says.
            await SendBundleAsync(client, missing.Totals, cancellation);
        }
        else if (!IsWhole)
        {
            ResetIfCloser(missing.Totals);
            await contents.BringAsync(missing.Numbers, cancellation);
            IsWhole = (await UploadAsync(missing, cancellation)).Whole;
        }
    }

    private async Task SendBundleAsync(ReleaseAgent.ReleaseAgentClient client, OfferTotals totals, CancellationToken cancellation)
    {
        var sending = bundle ?? throw new InvalidOperationException("the target wants a bundle of what has no history");
        if (totals.BundleOffset > _mostOfBundle)
        {
            _mostOfBundle = totals.BundleOffset;
            _patience.Reset();
        }

        try
        {
            await sending.SendAsync(client, totals, cancellation);
        }
        catch (RpcException e) when (!Refusal.IsOfTheWay(e))
        {
            sending.MakeAnew();
            throw;
        }
        catch (TimeoutException)
        {
            throw target.Explain(new RpcException(new Status(StatusCode.Unavailable, "the link takes nothing any more")));
        }
    }

    /// <summary>A way that breaks again and again is good enough as long as something gets through each time.</summary>
    private void ResetIfCloser(OfferTotals totals)
    {
        if (totals.Bytes < _leastMissing)
        {
            _leastMissing = totals.Bytes;
            _patience.Reset();
        }
    }

    private async Task<MissingContents> OfferAsync(ReleaseAgent.ReleaseAgentClient client, CancellationToken cancellation)
    {
        using var call = client.Offer(cancellationToken: cancellation);
        try
        {
            foreach (var part in offer.Parts(operation))
            {
                await call.RequestStream.WriteAsync(part, cancellation);
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException)
        {
            // The answer below has the true reason.
        }

        var (ranges, totals) = (new List<ContentRange>(), new OfferTotals());
        while (await call.ResponseStream.MoveNext(cancellation))
        {
            ranges.AddRange(call.ResponseStream.Current.Missing);
            totals = call.ResponseStream.Current.Totals ?? totals;
        }

        offer.Taken();
        return new MissingContents(ranges, totals, contents.Manifest.DistinctContents);
    }

    private async Task<UploadReceipt> UploadAsync(MissingContents missing, CancellationToken cancellation)
    {
        var start = new UploadStart { OperationId = operation, FirstContent = (uint)missing.Numbers.First(), Offset = missing.Totals.ResumeOffset };
        var count = await CallsAsync(missing.Totals, cancellation);

        // Asking how long the link is may have brought the way up anew.
        using var calls = UploadCalls.Open(target, await target.EnsureAsync(cancellation), start, count, cancellation);

        // Should this upload break, the next one goes over one connection.
        _mayBeMany = false;
        var isBroken = false;
        try
        {
            await calls.StartAsync(cancellation);
            await SendAsync(calls.Streams, missing, cancellation);
            await calls.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException)
        {
            // The answer below has the true reason.
            isBroken = true;
        }
        catch (TimeoutException)
        {
            throw target.Explain(new RpcException(new Status(StatusCode.Unavailable, "the link takes nothing any more")));
        }

        try
        {
            return await (isBroken && calls.Streams.Count > 1 ? calls.ReceiptAsync().WaitAsync(AnswerPatience, time, cancellation) : calls.ReceiptAsync());
        }
        catch (TimeoutException)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "one of the upload's connections broke"));
        }
    }

    /// <summary>How many connections it takes to fill the link: its length is asked for where there is enough to send.</summary>
    private async Task<int> CallsAsync(OfferTotals totals, CancellationToken cancellation)
    {
        if (!_mayBeMany || totals.MostLanes < 2 || totals.Bytes < LeastForMany || target.Address is TargetAddress.Unix)
        {
            return 1;
        }

        // A host that is busy answers late now and then; a far one always does.
        for (var left = Questions; left > 0; left--)
        {
            var asked = time.GetTimestamp();
            await target.AskAsync((client, options) => client.GetStatusAsync(new StatusRequest(), options), cancellation);
            if (time.GetElapsedTime(asked) < Far)
            {
                return 1;
            }
        }

        return (int)Math.Min(UploadCalls.Many, totals.MostLanes);
    }

    private async Task SendAsync(IReadOnlyList<IClientStreamWriter<UploadPart>> streams, MissingContents missing, CancellationToken cancellation)
    {
        var offset = (long)missing.Totals.ResumeOffset;
        using var data = new ContentStream(streams, (long)missing.Totals.Bytes, _pace, missing.Totals.TakesBrotli && target.Address is not TargetAddress.Unix, time, cancellation);
        foreach (var content in missing.Numbers)
        {
            for (int read; (read = contents.ReadContent(content, offset, data.Free.Span)) > 0; offset += read)
            {
                if (await data.AddedAsync(read))
                {
                    view.Progress(operation, "G4", "sending", data.Sent, (long)missing.Totals.Bytes, "bytes");
                }
            }

            offset = 0;
        }

        await data.CloseAsync();
    }
}
