using System.Globalization;
using System.Text.RegularExpressions;

namespace IuCutter.Configuration;

/// <summary>Times (<c>90s</c>, <c>1h30m</c>) and sizes (<c>512MiB</c>, <c>2GB</c>) as people write them: whole numbers with a unit.</summary>
public static partial class Quantity
{
    public static bool TryParseTime(string text, out TimeSpan time)
    {
        var match = TimeForm().Match(text);
        time = TimeSpan.Zero;
        if (!match.Success || text.Length == 0)
        {
            return false;
        }

        time = TimeSpan.FromSeconds((Number(match, "h") * 3600) + (Number(match, "m") * 60) + Number(match, "s"));
        return true;
    }

    /// <summary>A time as <see cref="TryParseTime"/> reads it, to the second.</summary>
    public static string Text(TimeSpan time)
    {
        var text = $"{((int)time.TotalHours > 0 ? $"{(int)time.TotalHours}h" : "")}{(time.Minutes > 0 ? $"{time.Minutes}m" : "")}{(time.Seconds > 0 ? $"{time.Seconds}s" : "")}";
        return text.Length > 0 ? text : "0s";
    }

    public static bool TryParseSize(string text, out long bytes)
    {
        var match = SizeForm().Match(text);
        bytes = 0;
        if (!match.Success)
        {
            return false;
        }

        var unit = Unit(match.Groups["unit"].Value);
        var number = long.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);
        if (number > long.MaxValue / unit)
        {
            return false;
        }

        bytes = number * unit;
        return true;
    }

    private static long Unit(string unit) => unit switch
    {
        "KiB" => 1L << 10,
        "MiB" => 1L << 20,
        "GiB" => 1L << 30,
        "TiB" => 1L << 40,
        "kB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "TB" => 1_000_000_000_000,
        _ => 1,
    };

    private static long Number(Match match, string unit) =>
        match.Groups[unit] is { Success: true } group ? long.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^((?<h>[0-9]{1,6})h)?((?<m>[0-9]{1,6})m)?((?<s>[0-9]{1,6})s)?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TimeForm();

    [GeneratedRegex(@"^(?<number>[0-9]{1,18}) ?(?<unit>B|[KMGT]iB|[kMGT]B)\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SizeForm();
}
