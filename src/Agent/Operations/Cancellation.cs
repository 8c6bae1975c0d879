namespace IuCutter.Agent.Operations;

/// <summary>Whether someone has asked an operation to stop, and whether that may still be asked: never once its end is settled.</summary>
/// <param name="stopping">Is cancelled when the agent stops.</param>
public sealed class Cancellation(CancellationToken stopping) : IDisposable
{
    private readonly CancellationTokenSource _either = CancellationTokenSource.CreateLinkedTokenSource(stopping);
    private readonly Lock _lock = new();
    private bool _isClosed;

    /// <summary>Is cancelled when the operation is asked to stop, and when the agent stops.</summary>
    public CancellationToken Token => _either.Token;

    /// <summary>Who asked, and why, in words; null when nobody did.</summary>
    public string? Asked { get; private set; }

    /// <summary>Asks the operation to stop. The first who asks counts.</summary>
    /// <returns>False when it is too late.</returns>
    public bool TryAsk(string words)
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return false;
            }

            Asked ??= words;
            _ = _either.CancelAsync();
            return true;
        }
    }

    /// <summary>From here on nobody can ask any more.</summary>
    /// <returns>False when someone has asked already.</returns>
    public bool TryClose()
    {
        lock (_lock)
        {
            _isClosed = Asked is null;
            return _isClosed;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            _either.Dispose();
        }
    }
}
