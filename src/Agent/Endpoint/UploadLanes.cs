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

    private readonly ConcurrentDictionary<(string Operation, ByteString Upload, uint Lane), Meeting> _meetings = new();

    /// <summary>
    /// Lends a call's parts to the upload that they are of; returns when that has ended, and not before: what a call's parts are read from belongs to
    /// another call once it has returned.
    /// </summary>
    /// <exception cref="RefusalException">There is no such upload, or it has this lane already.</exception>
    internal async Task CarryAsync(UploadStart start, IAsyncStreamReader<UploadPart> parts, CancellationToken cancellationToken)
    {
        Check(start);
        var key = (start.OperationId, start.Upload, start.Lane);
        var meeting = _meetings.GetOrAdd(key, _ => new Meeting());
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
            Remove(key, meeting);
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
        var taken = new List<(uint Lane, Meeting Meeting)>();
        List<IAsyncStreamReader<UploadPart>> readers = [first];
        try
        {
            for (var lane = 1u; lane < start.Lanes; lane++)
            {
                var meeting = _meetings.GetOrAdd((start.OperationId, start.Upload, lane), _ => new Meeting());
                readers.Add(await meeting.Parts.Task.WaitAsync(Patience, time, cancellationToken));
                if (!meeting.Taken.TrySetResult())
                {
                    throw Missing(start);
                }

                taken.Add((lane, meeting));
            }

            return new LaneReader(readers, () => Part(start, taken));
        }
        catch (Exception e)
        {
            Part(start, taken);
            throw e is TimeoutException ? Missing(start) : e;
        }
    }

    /// <summary>Only who took them lets them go.</summary>
    private void Part(UploadStart start, List<(uint Lane, Meeting Meeting)> taken)
    {
        foreach (var (lane, meeting) in taken)
        {
            Remove((start.OperationId, start.Upload, lane), meeting);
            meeting.Ended.TrySetResult();
        }
    }

    private void Remove((string Operation, ByteString Upload, uint Lane) key, Meeting meeting) =>
        _meetings.TryRemove(new KeyValuePair<(string Operation, ByteString Upload, uint Lane), Meeting>(key, meeting));

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

    private sealed class Meeting
    {
        public TaskCompletionSource<IAsyncStreamReader<UploadPart>> Parts { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Taken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
