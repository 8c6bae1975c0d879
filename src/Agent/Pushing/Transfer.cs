using IuCutter.Agent.Operations;
using IuCutter.Agent.Releases;
using IuCutter.Configuration;
using IuCutter.Digests;
using IuCutter.Gates;
using IuCutter.Manifests;

namespace IuCutter.Agent.Pushing;

/// <summary>
/// The meeting point of a push that waits for contents and the calls that bring them. The calls come and go, with the network;
/// what has arrived whole stays.
/// </summary>
public sealed class Transfer(TargetHost host, Operation operation, PushOrder order) : IDisposable
{
    /// <summary>How long a push waits for a packager that has gone before it gives up.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>How often contents may arrive damaged before the push gives up.</summary>
    private const int MostDamaged = 3;

    private const int LongestReason = 500;

    /// <summary>How many contents are reused between two words about it.</summary>
    private const int ReuseStep = 500;

    private readonly TaskCompletionSource<bool> _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Observation?> _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _oneCall = new(1);
    private readonly CancellationTokenSource _stopped = new();
    private long _lastSign = host.Time.GetTimestamp();
    private readonly BundleArrival? _bundle = order.TravelsAsBundle ? new BundleArrival(host, operation, order) : null;
    private int _calls;
    private int _damaged;
    private bool _isOver;
    private Staging? _staging;
    private (ReleaseId Release, TreeMarks Marks)? _live;

    private ReleaseId? Live => ReleaseId.TryParse(host.Ledger.History(order.Slot).Live, out var live) ? live : null;

    /// <summary>True once contents are wanted, false when none are.</summary>
    public Task<bool> IsOpen => _open.Task;

    /// <summary>Which files of a release were read while contents were taken from it, or its spare was made; null where that is not known.</summary>
    public TreeMarks? SeenOf(ReleaseId release) => _live is { } live && live.Release == release ? live.Marks : host.Spares.SeenOf(release);

    /// <summary>Nothing has to come: the release lies there already.</summary>
    public void NothingNeeded() => _open.TrySetResult(false);

    /// <summary>Whoever began the push cannot bring what is missing.</summary>
    /// <param name="why">As the sender says it; what is too long is cut.</param>
    public void GiveUp(string why) => _complete.TrySetResult(Observation.NotHeld($"the packager gave up: {why[..Math.Min(why.Length, LongestReason)]}"));

    /// <summary>The push was asked to stop: what waits for contents and what brings them ends.</summary>
    /// <param name="asked">By whom; null when nobody did, and it is the agent that stops.</param>
    public void Stop(string? asked)
    {
        if (asked is not null)
        {
            _complete.TrySetResult(Observation.NotHeld(asked));
            _stopped.Cancel();
        }
    }

    /// <summary>No call finds anything here any more.</summary>
    public void Close()
    {
        _open.TrySetResult(false);
        _complete.TrySetResult(Observation.NotHeld("the push has ended"));
    }

    public void Dispose()
    {
        _bundle?.Dispose();
        _oneCall.Dispose();
        _stopped.Dispose();
    }

    /// <summary>Waits until everything has arrived.</summary>
    /// <returns>Null when it has not, and will not; the gate's checks say why.</returns>
    public async Task<Staging?> ReceiveAsync(CheckList gate, CancellationToken cancellationToken)
    {
        _open.TrySetResult(true);
        if (_bundle is not null)
        {
            await gate.ObserveAsync("bundle", "the contents come as one git bundle of the commit, and git takes it in", $"a bundle of commit {order.Commit[..12]}", async () =>
                await WaitAsync(FirstAsync(_bundle.Settled, _complete.Task), cancellationToken) ?? Observation.NotHeld("the push has ended"));
        }

        if (gate.MayGoOn)
        {
            await ContentsAsync(gate, cancellationToken);
        }

        // From here on the staging is the push's alone: a call that still runs is waited for, and later ones do not touch it.
        await _oneCall.WaitAsync(cancellationToken);
        _isOver = true;
        _bundle?.Forget();
        _oneCall.Release();
        var staging = _staging;
        _staging = null;
        Footprint.Settle(order.Entries);
        if (gate.MayGoOn)
        {
            return staging;
        }

        staging?.Dispose();
        return null;
    }

    private Task<Observation> ContentsAsync(CheckList gate, CancellationToken cancellationToken) =>
        gate.ObserveAsync("contents", "every content is there with the digest that the manifest says", $"{order.Entries} files", async () =>
        {
            var failure = await WaitAsync(_complete.Task, cancellationToken);
            return failure ?? Observation.Held(
                $"{_staging!.Received} contents received, {_staging.Reused + _staging.Spared} reused{(_staging.Untouched == 0 ? "" : $" ({_staging.Untouched} files of the spare read when it was made, and untouched since)")}{(_bundle is null ? "" : $", {_staging.Mirrored} out of the mirror")}",
                ("contents received", _staging.Received),
                ("bytes received", _staging.ReceivedBytes),
                ("contents out of the mirror", _staging.Mirrored),
                ("contents reused", _staging.Reused + _staging.Spared),
                ("of them in place in a spare", _staging.Spared),
                ("files of the spare untouched since they were read in it", _staging.Untouched),
                ("contents found changed on the target", _staging.Rotten),
                ("contents that arrived damaged", _damaged));
        });

    /// <summary>Takes the manifest; a second time it is only compared. Then says what is missing.</summary>
    /// <param name="manifest">The canonical bytes; null when they came before.</param>
    public async Task<OfferResult> OfferAsync(ReadOnlyMemory<byte>? manifest, CancellationToken cancellationToken)
    {
        using var call = await EnterAsync(cancellationToken);
        try
        {
            return await OfferAsync(manifest, call);
        }
        catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
        {
            return OfferResult.Nothing;
        }
    }

    private async Task<OfferResult> OfferAsync(ReadOnlyMemory<byte>? manifest, Call call)
    {
        call.Token.ThrowIfCancellationRequested();
        if (_isOver)
        {
            return OfferResult.Nothing;
        }

        if (_staging is null)
        {
            var bytes = manifest ?? throw new RefusalException(RefusalCode.WrongState, "no manifest has come yet", "offer the manifest first");
            Begin(bytes, call.Token);
        }

        var staging = _staging!;
        var bundle = _bundle is { IsAwaited: true } ? await _bundle.OfferAsync(staging, call.Token) : null;
        CompleteIfWhole();
        return new OfferResult([.. staging.Missing()], staging.MissingCount, staging.MissingBytes, staging.ResumeOffset, bundle);
    }

    /// <summary>Takes one upload's parts.</summary>
    /// <returns>How many contents have arrived whole so far, and whether nothing is missing any more.</returns>
    public async Task<(long Received, bool IsWhole)> UploadAsync(Func<Staging, Action, CancellationToken, Task> receive, CancellationToken cancellationToken)
    {
        using var call = await EnterAsync(cancellationToken);
        var staging = _isOver ? null : _staging;
        if (staging is null)
        {
            throw new RefusalException(RefusalCode.WrongState, "no contents are wanted now", "offer the manifest first");
        }

        if (_bundle is { IsAwaited: true })
        {
            throw new RefusalException(RefusalCode.WrongState, "the push says that its contents come as a bundle, and none has come", "send the bundle first");
        }

        var total = staging.ReceivedBytes + staging.MissingBytes;
        try
        {
            await receive(
                staging,
                () =>
                {
                    SignOfLife();
                    operation.Report(GateId.G4, "receiving", staging.ReceivedBytes, total, "bytes");
                },
                call.Token);
        }
        catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
        {
            return (staging.Received, false);
        }
        catch (RefusalException e)
        {
            GiveUpAfter(e);
            throw;
        }

        var answer = (staging.Received, staging.MissingCount == 0);
        CompleteIfWhole();
        return answer;
    }

    /// <summary>Sending again helps against damage on the way, a few times, and against a full disk never.</summary>
    private void GiveUpAfter(RefusalException e)
    {
        if (e.Code == RefusalCode.NoRoom)
        {
            _complete.TrySetResult(Observation.NotHeld(e.Message));
        }
        else if (e.Code == RefusalCode.DigestMismatch && ++_damaged >= MostDamaged)
        {
            _complete.TrySetResult(Observation.NotHeld($"contents arrived damaged {_damaged} times; the last: {e.Message}"));
        }
    }

    /// <summary>Takes one call's part of a bundle, and the contents out of it once it is whole.</summary>
    /// <returns>How many contents came out of it.</returns>
    internal async Task<int> TakeBundleAsync(Func<BundleArrival, Action, CancellationToken, Task> receive, CancellationToken cancellationToken)
    {
        using var call = await EnterAsync(cancellationToken);
        if (_isOver || _staging is not { } staging || _bundle is not { IsAwaited: true } bundle)
        {
            throw new RefusalException(RefusalCode.WrongState, "no bundle is wanted now", "offer the manifest first");
        }

        try
        {
            await receive(bundle, SignOfLife, call.Token);
            var brought = await bundle.TakeInAsync(staging, call.Token);
            CompleteIfWhole();
            return brought;
        }
        catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
        {
            return 0;
        }
        catch (RefusalException e)
        {
            bundle.Failed(e);
            throw;
        }
    }

    /// <summary>What is done once a push has ended, and no one waits.</summary>
    public Task TidyAsync(CancellationToken cancellationToken) => _bundle?.TidyAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>A push that gives up gives up on its bundle too.</summary>
    private static async Task<Observation?> FirstAsync(Task<Observation?> bundle, Task<Observation?> contents)
    {
        await Task.WhenAny(bundle, contents);
        return bundle.IsCompleted ? await bundle : await contents;
    }

    private async Task<Observation?> WaitAsync(Task<Observation?> settled, CancellationToken cancellationToken)
    {
        SignOfLife();
        while (true)
        {
            try
            {
                return await settled.WaitAsync(TimeSpan.FromSeconds(1), host.Time, cancellationToken);
            }
            catch (TimeoutException)
            {
                if (Volatile.Read(ref _calls) == 0 && host.Time.GetElapsedTime(Volatile.Read(ref _lastSign)) > Patience)
                {
                    return Observation.NotHeld(
                        $"the packager has been gone for {Patience.TotalSeconds:0} s; {(_staging is null ? order.Entries : _staging.MissingCount)} contents had not arrived");
                }
            }
        }
    }

    private void Begin(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var manifest = Read(bytes);
        try
        {
            _staging = Begin(manifest, cancellationToken);
            Footprint.Settle(order.Entries);
            Reuse(_staging, cancellationToken);
        }
        catch (IOException e)
        {
            _complete.TrySetResult(Observation.NotHeld(e.Message));
            throw;
        }
    }

    private Staging Begin(Manifest manifest, CancellationToken cancellationToken)
    {
        try
        {
            if (order.Configuration.Link == LinkRule.Copy && host.Spares.Take(manifest, Live) is { } spare)
            {
                return Staging.Begin(spare.Folder, spare.Read, manifest, host.Time, cancellationToken);
            }
        }
        catch (IOException e)
        {
            operation.Report(GateId.G4, $"all files are made anew, for the copy of the live release is of no use: {e.Message}", 0, 0, "");
        }

        return Staging.Begin(host.Root, manifest, host.Time, order.Configuration.Link);
    }

    private Manifest Read(ReadOnlyMemory<byte> bytes)
    {
        if (Sha256Digest.Of(bytes.Span) is var seen && seen != order.Manifest)
        {
            throw new RefusalException(
                RefusalCode.DigestMismatch, $"the manifest arrived with sha256 {seen.Short}…, the push says {order.Manifest.Short}…", "push again");
        }

        try
        {
            var manifest = Manifest.Parse(bytes);
            host.Root.Manifests.Add(manifest);
            return manifest.ReleaseId == order.Release && manifest.Commit == order.Commit && manifest.ContentBytes == order.ContentBytes
                && manifest.Entries.Count == order.Entries
                ? manifest
                : throw new RefusalException(
                    RefusalCode.BadRequest, $"the manifest is that of {manifest.ReleaseId}, the push is of {order.Release}", "report this as a bug of the packager");
        }
        catch (ManifestException e)
        {
            throw new RefusalException(RefusalCode.BadRequest, $"the manifest is refused: {e.Message}", "pack the commit with this version of iucutter");
        }
    }

    /// <summary>The live release first: it is the likeliest to have what the new one needs.</summary>
    private void Reuse(Staging staging, CancellationToken cancellationToken)
    {
        var live = Live;
        var reuse = new ReleaseReuse(host.Root, staging, host.Time);
        foreach (var release in host.Root.Releases().OrderBy(r => r == live ? 0 : 1))
        {
            var marks = reuse.TakeFrom(release, Report, cancellationToken, host.Spares.SeenOf(release));
            _live = release == live && marks is not null ? (release, marks) : _live;
        }

        void Report(int taken)
        {
            // One message each would outweigh what a small change brings.
            if (taken % ReuseStep == 0)
            {
                operation.Report(GateId.G4, "reusing", taken, staging.Manifest.DistinctContents.Count, "files");
            }
        }
    }

    private void CompleteIfWhole()
    {
        if (_staging is { MissingCount: 0 })
        {
            CrashPoint.Reach("C07.before");
            _complete.TrySetResult(null);
            CrashPoint.Reach("C07.after");
        }
    }

    private void SignOfLife() => Volatile.Write(ref _lastSign, host.Time.GetTimestamp());

    private async Task<Call> EnterAsync(CancellationToken cancellationToken)
    {
        if (!await _oneCall.WaitAsync(TimeSpan.FromSeconds(5), cancellationToken))
        {
            throw new RefusalException(
                RefusalCode.SlotBusy, $"contents for {operation.Id} are already arriving from elsewhere", $"wait; `iucutter watch {operation.Id}` shows how far they are");
        }

        Interlocked.Increment(ref _calls);
        return new Call(this, cancellationToken);
    }

    private void Leave()
    {
        SignOfLife();
        Interlocked.Decrement(ref _calls);
        _oneCall.Release();
    }

    private sealed class Call(Transfer transfer, CancellationToken cancellationToken) : IDisposable
    {
        private readonly CancellationTokenSource _either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, transfer._stopped.Token);

        /// <summary>Is cancelled when the call is, and when the push was asked to stop.</summary>
        public CancellationToken Token => _either.Token;

        public void Dispose()
        {
            _either.Dispose();
            transfer.Leave();
        }
    }
}
