using System.Globalization;

namespace IuCutter.Packager.Showing;

/// <summary>Numbers as people read them.</summary>
internal static class Amount
{
    private static readonly string[] Units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"];

    /// <summary>Powers of 1000, as disks and networks count.</summary>
    public static string Bytes(long bytes)
    {
        var (value, unit) = ((double)bytes, 0);
        while (value >= 999.95 && unit < Units.Length - 1)
        {
            value /= 1000;
            unit++;
        }

        return unit == 0
            ? bytes == 1 ? "1 byte" : string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes")
            : string.Create(CultureInfo.InvariantCulture, $"{value:0.0} {Units[unit]}");
    }

    public static string Time(double milliseconds) => milliseconds switch
    {
        < 60_000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000:0.00} s"),
        < 3_600_000 => string.Create(CultureInfo.InvariantCulture, $"{(int)(milliseconds / 60_000)} min {milliseconds % 60_000 / 1000:00} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)(milliseconds / 3_600_000)} h {milliseconds % 3_600_000 / 60_000:00} min"),
    };

    public static string Count(long count, string one, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many ?? one + "s")}");

    public static string Moment(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    public static string Moment(long unixMilliseconds) => unixMilliseconds == 0 ? "-" : Moment(DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds));
}
