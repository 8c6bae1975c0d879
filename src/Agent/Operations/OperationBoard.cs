using System.Security.Cryptography;
using IuCutter.Agent.Ledger;
using IuCutter.Ledgers;
using Microsoft.Extensions.Logging;

namespace IuCutter.Agent.Operations;

/// <summary>
/// Who does what now: starts operations, one a slot and one a release, and finds them again. An operation belongs to nobody who called: it ends by
/// itself, watched or not.
/// </summary>
/// <param name="settle">Undoes and ends, from the ledger, an operation that an error of ours has ended.</param>
/// <param name="quiet">Is told when operations begin and end.</param>
public sealed partial class OperationBoard(
    LedgerFile ledger, TimeProvider time, Action<string> settle, Quiet quiet, ILogger<OperationBoard> log) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Held> _bySlot = new(StringComparer.Ordinal);
    private readonly Queue<string> _unsettled = new();
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>The slots that operations hold now.</summary>
    public IReadOnlyList<string> HeldSlots
    {
        get
        {
            lock (_lock)
            {
                return [.. _bySlot.Keys];
            }
        }
    }

    /// <summary>The operation that holds a slot now; null when it is free.</summary>
    public Operation? HolderOf(string slot)
    {
        lock (_lock)
        {
            return _bySlot.GetValueOrDefault(slot)?.Operation;
        }
    }

    /// <summary>A running operation; null when none has this id.</summary>
    public Operation? Running(string id) => Find(id)?.Operation;

    /// <summary>A running operation's work; null when none has this id or its work is another.</summary>
    public TWork? WorkOf<TWork>(string id)
        where TWork : class, IOperationWork => Find(id)?.Work as TWork;

    /// <summary>Takes the slot and starts the work, or joins the work that holds the slot if that is the same.</summary>
    /// <param name="isSame">Tells whether the work that holds the slot is what is asked for now.</param>
    /// <returns>The operation, and whether it was under way already.</returns>
    /// <exception cref="RefusalException">Another operation holds the slot, or works on the release.</exception>
    public (Operation Operation, bool Attached) Start<TWork>(
        LedgerEvent.OperationBegun begun, Func<Operation, TWork> make, Func<TWork, bool> isSame)
        where TWork : class, IOperationWork
    {
        lock (_lock)
        {
            _stopping.Token.ThrowIfCancellationRequested();
            SettleLeftovers();
            if (_bySlot.TryGetValue(begun.Slot, out var held))
            {
                return held.Work is TWork same && isSame(same) ? (held.Operation, true) : throw Busy($"slot {begun.Slot}", held.Operation);
            }

            // A slot knows nothing of another's operation, but a release lies in one place: it would be removed under that operation.
            if (begun.Release is { } release && _bySlot.Values.FirstOrDefault(h => h.Release == release) is { } user)
            {
                throw Busy($"release {release}", user.Operation);
            }

            var operation = new Operation(NewId(), begun.Operation, begun.Slot, ledger, time) { Cancellation = new Cancellation(_stopping.Token) };
            var work = make(operation);
            CrashPoint.Reach("C01.before");
            operation.Record(begun, durable: true);
            CrashPoint.Reach("C01.after");
            quiet.Begin();
            var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _bySlot[begun.Slot] = new Held(operation, begun.Release, work, RunAsync(operation, work, started.Task));
            started.SetResult();
            return (operation, false);
        }
    }

    /// <summary>Asks a running operation to stop. It undoes what it has begun, and ends by itself.</summary>
    /// <param name="id">Its id; empty for the only one that runs.</param>
    /// <param name="words">Who asks, and why.</param>
    /// <exception cref="RefusalException">None runs by this id, several run, or it is too late.</exception>
    public Operation Cancel(string id, string words)
    {
        Operation operation;
        lock (_lock)
        {
            operation = id.Length > 0 ? Running(id) ?? throw NotRunning(id) : _bySlot.Values.Select(h => h.Operation).ToList() switch
            {
                [] => throw new RefusalException(RefusalCode.WrongState, "nothing is under way on this target", "`iucutter operations` shows what was done last"),
                [var only] => only,
                var all => throw new RefusalException(
                    RefusalCode.BadRequest,
                    $"{all.Count} operations are under way: {string.Join(", ", all.Select(o => $"{o.Kind} {o.Id} on slot {o.Slot}"))}",
                    "say which"),
            };
        }

        return operation.Cancellation!.Ask(words) is not { } tooLate ? operation : throw new RefusalException(
            RefusalCode.WrongState, $"it is too late: {operation.Kind} {operation.Id} {tooLate}", $"`iucutter watch {operation.Id}` shows its end, and the way back from it");
    }

    /// <summary>Asks what runs to stop, each where the next start can settle it.</summary>
    public void Stop() => _stopping.Cancel();

    /// <summary>Stops what runs, and waits for it.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] tasks;
        lock (_lock)
        {
            tasks = [.. _bySlot.Values.Select(h => h.Task)];
        }

        await _stopping.CancelAsync();
        await Task.WhenAll(tasks);
        _stopping.Dispose();
    }

    private static RefusalException Busy(string what, Operation holder) => new(
        RefusalCode.SlotBusy,
        $"{what} is held by {holder.Kind} {holder.Id} since {holder.Since:yyyy-MM-dd HH:mm:ss} UTC",
        $"wait until it has ended; `iucutter watch {holder.Id}` shows it, `iucutter cancel {holder.Id}` ends it and undoes what it has begun");

    private static RefusalException NotRunning(string id) => new(
        RefusalCode.WrongState, $"no operation {id} is under way", $"`iucutter watch {id}` shows what came of it");

    private Held? Find(string id)
    {
        lock (_lock)
        {
            return _bySlot.Values.FirstOrDefault(h => string.Equals(h.Operation.Id, id, StringComparison.Ordinal));
        }
    }

    private async Task RunAsync(Operation operation, IOperationWork work, Task started)
    {
        using var cancellation = operation.Cancellation;
        await started;
        try
        {
            await work.RunAsync(_stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            LogStopped(log, operation.Kind, operation.Id);
        }
#pragma warning disable CA1031 // The boundary of an operation: whatever ends it, the agent goes on, and its next start settles what was begun.
        catch (Exception e)
        {
            LogFailed(log, e, operation.Kind, operation.Id);
            Settle(operation);
        }
#pragma warning restore CA1031
        finally
        {
            lock (_lock)
            {
                _bySlot.Remove(operation.Slot);
            }

            operation.Feed.End();
            quiet.End();
        }
    }

    private void Settle(Operation operation)
    {
        try
        {
            settle(operation.Id);
        }
        catch (Exception e) when (e is IOException or RefusalException)
        {
            LogFailed(log, e, operation.Kind, operation.Id);
            lock (_lock)
            {
                _unsettled.Enqueue(operation.Id);
            }
        }
    }

    /// <summary>What the disk did not let be undone is undone before anything else: later it could no longer be told from what came after it.</summary>
    private void SettleLeftovers()
    {
        while (_unsettled.TryPeek(out var id))
        {
            settle(id);
            _unsettled.Dequeue();
        }
    }

    private string NewId() => $"op-{time.GetUtcNow():yyyyMMdd-HHmmss}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3))}";

    private sealed record Held(Operation Operation, string? Release, IOperationWork Work, Task Task);

    [LoggerMessage(100, LogLevel.Warning, "{Kind} {Operation} was stopped with the agent; the next start settles it")]
    private static partial void LogStopped(ILogger log, string kind, string operation);

    [LoggerMessage(101, LogLevel.Error, "{Kind} {Operation} was ended by an error")]
    private static partial void LogFailed(ILogger log, Exception error, string kind, string operation);
}
