using IuCutter.Agent.Operations;
using IuCutter.Agent.Posix;
using IuCutter.Agent.Pushing;
using IuCutter.Agent.Releases;
using IuCutter.Configuration;
using IuCutter.Manifests;
using Microsoft.Extensions.Logging;

namespace IuCutter.Agent.Spares;

/// <summary>Sees to it that each live release has a spare, while no operation is under way; one that begins interrupts it.</summary>
/// <param name="rest">How long nothing must have been under way before. ext4 passes over inodes that were freed within the last five seconds one by one. Null: no spare is made, and none kept.</param>
public sealed partial class SpareKeeper(TargetHost host, Quiet quiet, TimeSpan? rest, ILogger<SpareKeeper> log)
{
    /// <summary>Room for the spare, and for two releases of that size beside it.</summary>
    private const int TimesItsSize = 3;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (rest is not { } length)
        {
            GiveWay();
            return;
        }

        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var busy = await quiet.WaitAsync(cancellationToken);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(busy, cancellationToken);
                await Task.Delay(length, host.Time, either.Token);
                await Task.Factory.StartNew(() => MakeAll(either.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
                await Task.Delay(Timeout.InfiniteTimeSpan, host.Time, either.Token);
            }
            catch (OperationCanceledException)
            {
                // Either an operation has begun, or this is the end.
            }
        }
    }

    /// <summary>On a thread of its own, which the kernel lets work after all others.</summary>
    private void MakeAll(CancellationToken cancellationToken)
    {
        Libc.StepBack();
        try
        {
            var live = Live();
            host.Spares.Keep(live);
            foreach (var release in live.Where(r => !host.Root.HasSpare(r)))
            {
                if (ReleaseFolder.TryReadManifest(host.Root, release) is { } manifest && HasRoom(manifest))
                {
                    host.Spares.Make(release, manifest, cancellationToken);
                    Footprint.Settle(manifest.Entries.Count);
                }
                else
                {
                    // A part of one would hold room that nobody gets back.
                    host.Spares.Keep(live.Where(r => r != release).ToHashSet());
                }
            }
        }
#pragma warning disable CA1031 // The boundary of work that nobody waits for: whatever ends it, the agent goes on.
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            // The next push does without.
            LogFailed(log, e.Message);
            if (!cancellationToken.IsCancellationRequested)
            {
                GiveWay();
            }
        }
    }

    private void GiveWay()
    {
        try
        {
            host.Spares.DropAll();
        }
        catch (IOException e)
        {
            LogFailed(log, e.Message);
        }
    }

    /// <summary>Those that share no files: of the others a new release has all it needs by giving files another name.</summary>
    private HashSet<ReleaseId> Live() => [.. host.Ledger.Slots
        .Select(s => host.Root.Slot(s).Read().LiveRelease)
        .OfType<ReleaseId>()
        .Where(r => host.Root.Has(r) && ReleaseFolder.LinkOf(host.Root, r) == LinkRule.Copy)];

    private bool HasRoom(Manifest manifest) =>
        RoomNeed.Of(TimesItsSize * manifest.ContentBytes, TimesItsSize * manifest.Entries.Count, TimesItsSize * manifest.CanonicalBytes.Length).IsMetBy(host.Root.Directory.Room());

    [LoggerMessage(300, LogLevel.Warning, "no spare of a live release is made, and the next push takes longer for it: {Why}")]
    private static partial void LogFailed(ILogger log, string why);
}
