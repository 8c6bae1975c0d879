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

    private readonly ConcurrentDictionary<(ByteString Upload, uint Lane), Meeting> _meetings = new();

    /// <summary>Lends a call's parts to the upload that they are of; returns when that has ended.</summary>
    /// <exception cref="RefusalException">There is no such upload, or it has this lane already.</exception>
    internal async Task CarryAsync(UploadStart start, IAsyncStreamReader<UploadPart> parts, CancellationToken cancellationToken)
    {
        Check(start);
        var key = (start.Upload, start.Lane);
        var meeting = _meetings.GetOrAdd(key, _ => new Meeting());
        if (!meeting.Parts.TrySetResult(parts))
        {
            throw Refused($"lane {start.Lane} of this upload is there already");
        }

        try
        {
            await meeting.Taken.Task.WaitAsync(Patience, time, cancellationToken);
            await meeting.Ended.Task.WaitAsync(cancellationToken);
        }
        catch (TimeoutException)
        {
            throw Refused("the upload's first call has not come");
        }
        finally
        {
            _meetings.TryRemove(key, out _);
        }
    }

    /// <summary>Waits for an upload's other calls, and reads the parts of all in turn.</summary>
    /// <param name="start">The first call's.</param>
    /// <param name="first">The parts that it carries itself.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="RefusalException">Not all of them came.</exception>
    internal async Task<LaneReader> GatherAsync(UploadStart start, IAsyncStreamReader<UploadPart> first, CancellationToken cancellationToken)
    {
        Check(start);
        var meetings = Enumerable.Range(1, (int)start.Lanes - 1).Select(lane => _meetings.GetOrAdd((start.Upload, (uint)lane), _ => new Meeting())).ToArray();
        try
        {
            var others = await Task.WhenAll(meetings.Select(m => m.Parts.Task)).WaitAsync(Patience, time, cancellationToken);
            foreach (var meeting in meetings)
            {
                meeting.Taken.TrySetResult();
            }

            return new LaneReader([first, .. others], () => Part(start, meetings));
        }
        catch (TimeoutException)
        {
            Part(start, meetings);
            throw new RefusalException(RefusalCode.SlotBusy, $"not all of the upload's {start.Lanes} calls have come", "offer again and send what is still missing");
        }
        catch
        {
            Part(start, meetings);
            throw;
        }
    }

    private void Part(UploadStart start, Meeting[] meetings)
    {
        for (var i = 0; i < meetings.Length; i++)
        {
            meetings[i].Taken.TrySetResult();
            meetings[i].Ended.TrySetResult();
            _meetings.TryRemove((start.Upload, (uint)i + 1), out _);
        }
    }

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
