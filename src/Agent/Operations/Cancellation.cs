namespace IuCutter.Agent.Operations;

/// <summary>Whether someone has asked an operation to stop, and whether that may still be asked: never once its end is settled.</summary>
/// <param name="stopping">Is cancelled when the agent stops.</param>
public sealed class Cancellation(CancellationToken stopping) : IDisposable
{
    private readonly CancellationTokenSource _either = CancellationTokenSource.CreateLinkedTokenSource(stopping);
    private readonly Lock _lock = new();
    private string? _closed;

    /// <summary>Is cancelled when the operation is asked to stop, and when the agent stops.</summary>
    public CancellationToken Token => _either.Token;

    /// <summary>Who asked, and why, in words; null when nobody did.</summary>
    public string? Asked { get; private set; }

    /// <summary>Asks the operation to stop. The first who asks counts.</summary>
    /// <returns>Why it is too late; null when it is not.</returns>
    public string? Ask(string words)
    {
        lock (_lock)
        {
            if (_closed is null)
            {
                Asked ??= words;
                _ = _either.CancelAsync();
            }

            return _closed;
        }
    }

    /// <summary>From here on nobody can ask any more.</summary>
    /// <param name="why">As who asks too late is told.</param>
    /// <returns>False when someone has asked already.</returns>
    public bool TryClose(string why)
    {
        lock (_lock)
        {
            if (Asked is null)
            {
                _closed ??= why;
            }

            return Asked is null;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _closed ??= "it has ended";
            _either.Dispose();
        }
    }
}
