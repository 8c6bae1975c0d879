using System.Collections.Concurrent;
using Google.Protobuf;
using Grpc.Core;
using IuCutter.Protos.V1;

namespace IuCutter.Agent.Endpoint;

/// <summary>
/// The meeting point of the calls that carry one upload over several connections: what one of them can have under way is bounded, by HTTP/2's window and by
/// that of a channel in ssh, and over a far link that is less than the link takes.
/// </summary>
public sealed class UploadLanes(TimeProvider time)
{
    /// <summary>Of one upload. What each can make the agent hold is a connection's window.</summary>
    public const int Most = 4;

    private const int NameBytes = 16;

    /// <summary>How long the calls of one upload wait for each other.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<Place, Meeting> _meetings = new();

    /// <summary>How many calls wait for others, or are waited for.</summary>
    internal int Waiting => _meetings.Count;

    /// <summary>
    /// Lends a call's parts to the upload that they are of; returns when that has ended, and not before: what a call's parts are read from belongs to
    /// another call once it has returned.
    /// </summary>
    /// <exception cref="RefusalException">There is no such upload, or it has this lane already.</exception>
    internal async Task CarryAsync(UploadStart start, IAsyncStreamReader<UploadPart> parts, CancellationToken cancellationToken)
    {
        Check(start);
        var (place, meeting) = At(start, start.Lane);
        if (!meeting.Parts.TrySetResult(parts))
        {
            throw Refused($"lane {start.Lane} of this upload is there already");
        }

        try
        {
            await meeting.Taken.Task.WaitAsync(Patience, time, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException && meeting.Taken.TrySetCanceled(CancellationToken.None))
        {
            _meetings.TryRemove(new(place, meeting));
            throw e is TimeoutException ? Refused("the upload's first call has not come") : e;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // It was taken at the same moment.
        }

        // A connection that breaks is found out by whoever reads from it.
        await meeting.Ended.Task;
    }

    /// <summary>Waits for an upload's other calls, and reads the parts of all in turn.</summary>
    /// <param name="start">The first call's.</param>
    /// <param name="first">The parts that it carries itself.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="RefusalException">Not all of them came, or another call has them.</exception>
    internal async Task<LaneReader> GatherAsync(UploadStart start, IAsyncStreamReader<UploadPart> first, CancellationToken cancellationToken)
    {
        Check(start);

        // One first call an upload, so that nobody lets go what another has taken.
        var own = At(start, 0);
        if (!own.Value.Parts.TrySetResult(first) || !own.Value.Taken.TrySetResult())
        {
            throw new RefusalException(RefusalCode.SlotBusy, "this upload is under way already", "offer again and send what is still missing");
        }

        List<KeyValuePair<Place, Meeting>> asked = [own];
        List<IAsyncStreamReader<UploadPart>> readers = [first];
        try
        {
            for (var lane = 1u; lane < start.Lanes; lane++)
            {
                var at = At(start, lane);
                asked.Add(at);
                readers.Add(await at.Value.Parts.Task.WaitAsync(Patience, time, cancellationToken));
                if (!at.Value.Taken.TrySetResult())
                {
                    asked.Remove(at);
                    throw Missing(start);
                }
            }

            return new LaneReader(readers, () => LetGo(asked));
        }
        catch (Exception e)
        {
            LetGo(asked);
            throw e is TimeoutException ? Missing(start) : e;
        }
    }

    /// <summary>Ends the calls that were taken, and the waiting for one that never came.</summary>
    private void LetGo(List<KeyValuePair<Place, Meeting>> asked)
    {
        foreach (var at in asked.Where(a => a.Value.Taken.Task.IsCompletedSuccessfully || a.Value.Parts.TrySetCanceled()))
        {
            _meetings.TryRemove(at);
            at.Value.Ended.TrySetResult();
        }
    }

    private KeyValuePair<Place, Meeting> At(UploadStart start, uint lane)
    {
        var place = new Place(start.OperationId, start.Upload, lane);
        return new(place, _meetings.GetOrAdd(place, _ => new Meeting()));
    }

    private static RefusalException Missing(UploadStart start) =>
        new(RefusalCode.SlotBusy, $"not all of the upload's {start.Lanes} calls have come", "offer again and send what is still missing");

    private static void Check(UploadStart start)
    {
        if (start.Lanes > Most || start.Lane >= start.Lanes || start.Upload.Length != NameBytes)
        {
            throw Refused($"an upload has {Most} lanes at most, numbered from 0, and a name of {NameBytes} bytes");
        }
    }

    private static RefusalException Refused(string why) => new(RefusalCode.BadRequest, why, "offer again and send what is still missing");

    private readonly record struct Place(string Operation, ByteString Upload, uint Lane);

    private sealed class Meeting
    {
        public TaskCompletionSource<IAsyncStreamReader<UploadPart>> Parts { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Taken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
