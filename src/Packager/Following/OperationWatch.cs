using System.Text.Json;
using Grpc.Core;
using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Packager.Connecting;
using IuCutter.Packager.Showing;
using IuCutter.Protos.V1;

namespace IuCutter.Packager.Following;

/// <summary>
/// Follows one operation from its first event to its last, over as many connections as it takes. It only looks: whether it goes or stays is
/// nothing to the operation.
/// </summary>
/// <param name="showFrom">The number of the first event that is shown; the ones before are read all the same, for what they say of the operation.</param>
internal sealed class OperationWatch(Target target, IOperationView view, TimeProvider time, long showFrom = 1)
{
    private readonly Patience _patience = new(time);
    private OperationStory _story = new("", null, null);
    private long _next = 1;
    private CommandException? _shownTrouble;
    private string _lastSeen = "before its first gate";

    /// <param name="operation">Empty: the newest.</param>
    /// <param name="tell">Is begun at the operation's end, while the agent still tidies up after it; the task that it is given ends when the agent has.</param>
    /// <param name="cancellation">Ends the looking.</param>
    /// <exception cref="CommandException">The operation is unknown, or the target stayed unreachable.</exception>
    public async Task<T> FollowAsync<T>(string operation, Func<OperationStory, Task, Task<T>> tell, CancellationToken cancellation)
    {
        _story = _story with { Operation = operation };
        var settled = new TaskCompletionSource();
        Task<T>? telling = null;
        while (true)
        {
            var trouble = await ReadAsync(() => telling ??= tell(_story, settled.Task), cancellation);
            if (telling is not null)
            {
                settled.SetResult();
                return await telling;
            }

            if (_shownTrouble is null && trouble is not null)
            {
                _shownTrouble = trouble;
                view.Note($"{trouble.Message}; trying again for a minute");
            }

            // A stream that ends before the operation has: the agent was stopped, and settles the operation at its next start.
            if (!await _patience.AgainAsync(cancellation))
            {
                throw trouble is null ? Stopped() : Lost(trouble);
            }
        }
    }

    private CommandException Stopped() => new(
        ExitCode.Failed,
        "NO_END",
        $"operation {_story.Operation} has stopped without an end; it was last seen {_lastSeen}",
        TypedCommand.InText("`iucutter status` says how the target is; the agent's own output says why", target.Address));

    /// <summary>Whoever reads this in the night wants to know how far it came, and where to look when the agent is back.</summary>
    private CommandException Lost(CommandException trouble) => new(
        trouble.Exit,
        trouble.Code,
        $"{trouble.Message}\noperation {_story.Operation} was under way there, and was last seen {_lastSeen}; the agent ends or undoes it when it starts again",
        $"{trouble.Next}\nthen: {TypedCommand.On($"iucutter watch {_story.Operation}", target.Address)}",
        trouble);

    /// <summary>Reads until the stream ends or breaks.</summary>
    /// <param name="ended">Is called once the operation has.</param>
    /// <returns>What broke it; null when it ended, or had brought the operation's end.</returns>
    private async Task<CommandException?> ReadAsync(Action ended, CancellationToken cancellation)
    {
        try
        {
            var client = await target.EnsureAsync(cancellation);
            using var call = client.Watch(new WatchRequest { OperationId = _story.Operation, From = (ulong)_next }, cancellationToken: cancellation);
            while (await call.ResponseStream.MoveNext(cancellation))
            {
                Take(call.ResponseStream.Current);
                _patience.Reset();
                if (_story.Ended is not null)
                {
                    ended();
                }
            }

            return null;
        }
        catch (Exception e) when (_story.Ended is not null && e is RpcException or OperationCanceledException)
        {
            return null;
        }
        catch (RpcException failure)
        {
            cancellation.ThrowIfCancellationRequested();
            var said = target.Explain(failure);
            return said.Exit == ExitCode.Unreachable && _next > 1 ? said : throw said;
        }
        catch (CommandException said) when (said.Exit == ExitCode.Unreachable && _next > 1)
        {
            return said;
        }
    }

    private void Take(Event happened)
    {
        _story = _story with { Operation = happened.OperationId };
        if (happened.WhatCase == Event.WhatOneofCase.Progress)
        {
            var progress = happened.Progress;
            view.Progress(happened.OperationId, progress.Gate, progress.What, (long)progress.Done, (long)progress.Total, progress.Unit);
            return;
        }

        // After a new connection the agent may begin a little earlier than asked.
        if (happened.WhatCase != Event.WhatOneofCase.Line || (long)happened.Number < _next)
        {
            return;
        }

        _next = (long)happened.Number + 1;
        var entry = Read(happened.Line.Span);
        if (entry is not null)
        {
            _story = _story.With(entry.Event);
            _lastSeen = entry.Event switch
            {
                LedgerEvent.GateBegun begun => $"in {begun.Gate} {begun.Gate.Subject()}",
                LedgerEvent.GateClosed closed => $"after {closed.Gate} {closed.Gate.Subject()}",
                LedgerEvent.SlotSwitched { Release: { } release } => $"in G7, with the slot switched to {release}",
                _ => _lastSeen,
            };
        }

        if ((long)happened.Number >= showFrom)
        {
            view.Recorded((long)happened.Number, happened.OperationId, happened.Line.Memory, entry);
        }
    }

    private static LedgerEntry? Read(ReadOnlySpan<byte> line)
    {
        try
        {
            return LedgerJson.ReadEntry(line);
        }
        catch (JsonException)
        {
            // A newer agent's kind of line, or no line at all: shown as unknown, never guessed at.
            return null;
        }
    }
}
