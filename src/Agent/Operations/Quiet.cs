namespace IuCutter.Agent.Operations;

/// <summary>Whether any operation is under way, for work that is only to be done while none is.</summary>
public sealed class Quiet : IDisposable
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _quiet = Ended();
    private CancellationTokenSource _untilBusy = new();
    private int _under;

    /// <summary>An operation begins: work that is done meanwhile is to stop.</summary>
    public void Begin()
    {
        lock (_lock)
        {
            if (_under++ == 0)
            {
                _quiet = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _untilBusy.Cancel();
            }
        }
    }

    public void End()
    {
        lock (_lock)
        {
            if (--_under == 0)
            {
                _untilBusy.Dispose();
                _untilBusy = new CancellationTokenSource();
                _quiet.SetResult();
            }
        }
    }

    /// <summary>Waits until no operation is under way.</summary>
    /// <returns>Is cancelled when the next one begins.</returns>
    public async Task<CancellationToken> WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Waiting().WaitAsync(cancellationToken);
            lock (_lock)
            {
                if (_under == 0)
                {
                    return _untilBusy.Token;
                }
            }
        }
    }

    public void Dispose() => _untilBusy.Dispose();

    private static TaskCompletionSource Ended()
    {
        var ended = new TaskCompletionSource();
        ended.SetResult();
        return ended;
    }

    private Task Waiting()
    {
        lock (_lock)
        {
            return _quiet.Task;
        }
    }
}
