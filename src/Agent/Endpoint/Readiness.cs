namespace IuCutter.Agent.Endpoint;

/// <summary>Whether the host takes work at present, and who waits to hear of a change. It begins as ready.</summary>
public sealed class Readiness
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _change = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _ready = true;

    public void Set(bool ready)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            if (_ready == ready)
            {
                return;
            }

            _ready = ready;
            changed = _change;
            _change = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }

    /// <summary>The state now, and a task that ends when it is no longer this one.</summary>
    public (bool Ready, Task Changed) Read()
    {
        lock (_gate)
        {
            return (_ready, _change.Task);
        }
    }
}
