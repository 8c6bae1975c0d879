namespace IuCutter.Packager.Connecting;

/// <summary>How long a broken connection is tried again: a minute in growing steps, for an agent may be starting again, counted anew whenever something got through.</summary>
internal sealed class Patience(TimeProvider time)
{
    private static readonly double[] Seconds = [0.1, 0.3, 0.6, 1, 2, 4, 4, 8, 10, 10, 10, 10];

    private int _tries;

    public void Reset() => _tries = 0;

    /// <summary>Waits before the next try; false when there is to be none.</summary>
    public async Task<bool> AgainAsync(CancellationToken cancellation)
    {
        if (_tries == Seconds.Length)
        {
            return false;
        }

        await Task.Delay(TimeSpan.FromSeconds(Seconds[_tries++]), time, cancellation);
        return true;
    }
}
