using System.Globalization;

namespace Grpc.Wire;

/// <summary>The <c>grpc-timeout</c> header: at most eight digits and a unit.</summary>
internal static class CallTimeout
{
    /// <summary>The longest that a timer can wait; a call that may take longer needs no timer.</summary>
    public static readonly TimeSpan LongestTimer = TimeSpan.FromDays(24);

    private const long EightDigits = 99_999_999;

    /// <summary>Rounds up, so that the server never gives up before the client does.</summary>
    public static string Encode(TimeSpan timeout)
    {
        var milliseconds = (long)Math.Ceiling(timeout.TotalMilliseconds);
        var (amount, unit) = milliseconds switch
        {
            <= 0 => (1L, 'n'),
            <= EightDigits => (milliseconds, 'm'),
            <= EightDigits * 1000 => ((milliseconds / 1000) + 1, 'S'),
            _ => (Math.Min((milliseconds / 3_600_000) + 1, EightDigits), 'H'),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{amount}{unit}");
    }

    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > 9
            || !long.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var amount))
        {
            return false;
        }

        long? ticks = text[^1] switch
        {
            'n' => amount / 100,
            'u' => amount * TimeSpan.TicksPerMicrosecond,
            'm' => amount * TimeSpan.TicksPerMillisecond,
            'S' => amount * TimeSpan.TicksPerSecond,
            'M' => amount * TimeSpan.TicksPerMinute,
            'H' => amount * TimeSpan.TicksPerHour,
            _ => null,
        };
        timeout = TimeSpan.FromTicks(ticks ?? 0);
        return ticks is not null;
    }
}
