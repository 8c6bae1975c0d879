namespace IuCutter.Packager.Pushing;

/// <summary>
/// How fast the link takes bytes, measured while it does, and how hard it is worth compressing: what costs less time than it saves.
/// Buffers on the way take the first bytes at once, which looks like a fast link for a moment.
/// </summary>
internal sealed class LinkPace
{
    /// <summary>Above this, in bytes a second, compressing takes longer than sending: an agent that writes as fast as it can looks no faster.</summary>
    private const double FastLink = 40e6;

    // 100 Mbit/s.
    private const double SlowLink = 12.5e6;
    private const int Window = 1 << 20;
    private static readonly TimeSpan LongestWindow = TimeSpan.FromMilliseconds(250);

    private long _bytes;
    private TimeSpan _time;

    /// <summary>The brotli quality, or null for none.</summary>
    public int? Quality { get; private set; }

    /// <param name="bytes">That went over the link, compressed or not.</param>
    /// <param name="time">That it took to get rid of them.</param>
    public void Sent(long bytes, TimeSpan time)
    {
        (_bytes, _time) = (_bytes + bytes, _time + time);
        if (_bytes < Window && _time < LongestWindow)
        {
            return;
        }

        Quality = (_bytes / _time.TotalSeconds) switch
        {
            >= FastLink => null,
            >= SlowLink => 1,
            _ => 4,
        };
        (_bytes, _time) = (0, TimeSpan.Zero);
    }
}
