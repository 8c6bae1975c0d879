using IuCutter.Agent.Mirroring;
using IuCutter.Agent.Operations;
using IuCutter.Agent.Posix;
using IuCutter.Agent.Releases;
using IuCutter.Digests;
using IuCutter.Gates;
using IuCutter.Manifests;

namespace IuCutter.Agent.Pushing;

/// <summary>
/// The part of a transfer whose contents come as one bundle: waits for it, has the mirror take it in, and brings the release what it lacks out of
/// it. Its calls come one at a time. Nothing is uploaded before it is settled, so that no bundle can fail unseen.
/// </summary>
internal sealed class BundleArrival(TargetHost host, Operation operation, PushOrder order) : IDisposable
{
    /// <summary>How often a bundle may arrive damaged, or build on what the mirror does not hold, before the push gives up.</summary>
    private const int MostTries = 3;

    /// <summary>How many releases' commits a bundle may build on.</summary>
    private const int MostCommits = 16;

    /// <summary>What the unpacking may need beside the bundle and its pack.</summary>
    private const long SpareBytes = 64L << 20;

    private readonly TaskCompletionSource<Observation?> _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CommitMirror _mirror = new(host, order.Commit.Length);
    private IncomingBundle? _incoming;
    private int _tries;

    /// <summary>What came of it, for the gate.</summary>
    public Task<Observation?> Settled => _settled.Task;

    public bool IsAwaited => !_settled.Task.IsCompleted;

    /// <summary>Says what a bundle may build on; null when none is needed: nothing is missing, or the mirror holds the commit.</summary>
    public async Task<BundleOffer?> OfferAsync(Staging staging, CancellationToken cancellationToken)
    {
        if (staging.MissingCount == 0)
        {
            Settle(Observation.Held("no bundle needed: every content is on the target", ("contents reused", staging.Reused)));
            return null;
        }

        await host.Root.MirrorTurn.WaitAsync(cancellationToken);
        try
        {
            await _mirror.EnsureAsync(cancellationToken);
            if (await _mirror.HoldsAsync(order.Commit, cancellationToken))
            {
                _mirror.Keep(order.Commit);
                var brought = await new MirrorContents(_mirror.Git, order.Commit).BringAsync(staging, cancellationToken);
                Settle(Observation.Held($"the mirror holds commit {order.Commit[..12]}: no bundle needed", ("contents out of the mirror", brought)));
                return null;
            }

            var releases = host.Ledger.History(order.Slot).Staged.Reverse().Take(MostCommits).Select(ReleaseId.Parse);
            return new BundleOffer(await _mirror.CommitsAsync(releases, cancellationToken), _incoming?.Written ?? 0);
        }
        catch (Exception e) when (e is RefusalException or IOException)
        {
            Settle(Observation.NotHeld(e.Message));
            throw;
        }
        finally
        {
            host.Root.MirrorTurn.Release();
        }
    }

    /// <summary>A bundle's first part: begins it, or goes on with the one that broke off.</summary>
    /// <exception cref="RefusalException">It goes on where it did not break off, or has no room.</exception>
    public void Begin(long bytes, Sha256Digest digest, long offset)
    {
        if (offset > 0 && !(_incoming is { } begun && begun.Digest == digest && begun.Bytes == bytes && begun.Written == offset))
        {
            throw new RefusalException(RefusalCode.WrongState, $"no such bundle broke off at byte {offset}", "offer the manifest again, and send from where the answer says");
        }

        if (offset > 0)
        {
            return;
        }

        Forget();
        var (isEnough, free, _) = host.Spares.FindRoom(room => bytes <= (room.Bytes - SpareBytes) / 2, mayRemove: true);
        if (!isEnough)
        {
            throw new RefusalException(
                RefusalCode.NoRoom, $"a bundle of {bytes} bytes is unpacked beside itself, and {free} bytes are free", "make room on the target, then push again");
        }

        _incoming = IncomingBundle.Begin(host.Root.Directory, operation.Id, bytes, digest);
    }

    public void Write(ReadOnlySpan<byte> part)
    {
        _incoming!.Write(part);
        operation.Report(GateId.G4, "receiving the bundle", _incoming.Written, _incoming.Bytes, "bytes");
    }

    /// <summary>The bundle is whole: takes it in.</summary>
    /// <returns>How many contents came out of it.</returns>
    public async Task<int> TakeInAsync(Staging staging, CancellationToken cancellationToken)
    {
        var bundle = _incoming!;
        bundle.Close();
        var header = Read(bundle);
        operation.Report(GateId.G4, "unpacking the bundle", 0, 0, "");
        await host.Root.MirrorTurn.WaitAsync(cancellationToken);
        try
        {
            await _mirror.EnsureAsync(cancellationToken);
            await _mirror.TakeInAsync(bundle.File, header, order.Commit, $"{bundle.Folder}/objects", cancellationToken);
            _mirror.Keep(order.Commit);
            var brought = await new MirrorContents(_mirror.Git, order.Commit).BringAsync(staging, cancellationToken);
            var (kind, over) = header.Prerequisites.Count == 0 ? ("full", "") : ("incremental", string.Join(", ", header.Prerequisites));
            Settle(Observation.Held(
                $"{kind} bundle of {bundle.Bytes} bytes{(over.Length > 0 ? $" over {over[..12]}" : "")}",
                ("bundle sha256", bundle.Digest),
                ("bundle bytes", bundle.Bytes),
                ("bundle", kind),
                ("over commit", over),
                ("contents out of the bundle", brought)));
            Forget();
            return brought;
        }
        catch (IOException e)
        {
            throw new RefusalException(
                e is PosixException { IsNoRoom: true } ? RefusalCode.NoRoom : RefusalCode.TargetFault, $"the bundle cannot be taken in: {e.Message}", "see to the target's disk, then push again");
        }
        finally
        {
            host.Root.MirrorTurn.Release();
        }
    }

    /// <summary>A call has failed. What a packager cannot mend by sending again ends the wait.</summary>
    public void Failed(RefusalException refusal)
    {
        if (refusal.Code is RefusalCode.DigestMismatch or RefusalCode.MirrorChanged)
        {
            Forget();
            _tries++;
            refusal = _tries < MostTries ? refusal : new RefusalException(RefusalCode.BundleRefused, $"{refusal.Message} ({_tries} times)", refusal.Next);
        }

        if (refusal.Code is RefusalCode.BundleRefused or RefusalCode.NoRoom or RefusalCode.TargetFault)
        {
            Forget();
            Settle(Observation.NotHeld(refusal.Message));
        }
    }

    /// <summary>Forgets what no release needs any more.</summary>
    public async Task TidyAsync(CancellationToken cancellationToken)
    {
        await host.Root.MirrorTurn.WaitAsync(cancellationToken);
        try
        {
            await _mirror.TidyAsync(cancellationToken);
        }
        finally
        {
            host.Root.MirrorTurn.Release();
        }
    }

    /// <summary>Takes away what is left of a bundle that broke off.</summary>
    public void Forget()
    {
        _incoming?.Dispose();
        _incoming = null;
    }

    public void Dispose() => Forget();

    private BundleHeader Read(IncomingBundle bundle)
    {
        try
        {
            return BundleHeader.Parse(bundle.Begin(BundleHeader.MostBytes), order.Commit.Length);
        }
        catch (FormatException e)
        {
            throw new RefusalException(RefusalCode.BundleRefused, $"the bundle is refused: {e.Message}", "push with an iucutter of the agent's version");
        }
    }

    private void Settle(Observation seen) => _settled.TrySetResult(seen);
}
