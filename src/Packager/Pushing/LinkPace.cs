namespace IuCutter.Packager.Pushing;

/// <summary>
/// How fast the link takes bytes, measured while it does, and how hard it is worth compressing: what costs less time than it saves. A target that is slow
/// to write looks like a slow link until compressing is seen to bring nothing.
/// Buffers on the way take the first bytes at once, which looks like a fast link for a moment.
/// </summary>
internal sealed class LinkPace
{
    /// <summary>Above this, in bytes a second, compressing takes longer than sending: an agent that writes as fast as it can looks no faster.</summary>
    private const double FastLink = 40e6;

    // 100 Mbit/s.
    private const double SlowLink = 12.5e6;
    private const int Window = 1 << 20;

    // Compressing has to bring contents over by so much faster than they went without.
    private const double LeastGain = 1.1;

    // So long, in windows, nothing is tried again that brought nothing.
    private const int Rest = 32;
    private static readonly TimeSpan LongestWindow = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private long _bytes;
    private long _content;
    private TimeSpan _time;
    private double _plainRate;
    private int _resting;
    private bool _wasSlow;
    private bool _wasInVain;

    /// <summary>The brotli quality, or null for none.</summary>
    public int? Quality { get; private set; }

    /// <summary>May be told by several connections.</summary>
    /// <param name="bytes">That went over the link, compressed or not.</param>
    /// <param name="content">What they are uncompressed.</param>
    /// <param name="time">That it took to compress them and to get rid of them.</param>
    public void Sent(long bytes, long content, TimeSpan time)
    {
        lock (_gate)
        {
            (_bytes, _content, _time) = (_bytes + bytes, _content + content, _time + time);
            if (_bytes < Window && _time < LongestWindow)
            {
                return;
            }

            Judge(_bytes / _time.TotalSeconds, _content / _time.TotalSeconds);
            (_bytes, _content, _time) = (0, 0, TimeSpan.Zero);
        }
    }

    private void Judge(double linkRate, double contentRate)
    {
        var fitting = linkRate switch
        {
            >= FastLink => (int?)null,
            >= SlowLink => 1,
            _ => 4,
        };
        if (Quality is null)
        {
            // A target that is busy for a moment looks like a link of middling speed; a slow link is slow twice.
            var isSure = linkRate < SlowLink || _wasSlow;
            (_plainRate, _wasSlow) = (contentRate, fitting is not null);
            Quality = _resting-- > 0 || !isSure ? null : fitting;
        }
        else if (contentRate >= _plainRate * LeastGain)
        {
            (Quality, _wasInVain) = (fitting, false);
        }
        else if (_wasInVain)
        {
            (Quality, _resting, _wasInVain) = (null, Rest, false);
        }
        else
        {
            // This host may have been busy for a moment: what is in vain is so twice.
            _wasInVain = true;
        }
    }
}
