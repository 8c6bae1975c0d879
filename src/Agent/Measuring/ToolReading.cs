using System.Globalization;

namespace IuCutter.Agent.Measuring;

/// <summary>What program a name stands for: where it lies, and what is in it. Of a script or a launcher that is its own file, not what that starts or loads.</summary>
internal static class ToolReading
{
    /// <summary>What is larger is known by its size and time: reading it each time would make a plan slow.</summary>
    private const long MostBytes = 64L << 20;

    /// <param name="path">Null where no such program was found.</param>
    public static string Of(string? path)
    {
        if (path is null)
        {
            return "not found";
        }

        try
        {
            using var file = File.OpenHandle(path);
            var bytes = RandomAccess.GetLength(file);
            return bytes <= MostBytes
                ? $"{path}, sha256 {ContentDigest.Of(file, out _)}"
                : string.Create(CultureInfo.InvariantCulture, $"{path}, {bytes} bytes, changed {File.GetLastWriteTimeUtc(file):yyyy-MM-dd HH:mm:ss.fffffff} UTC (more than {MostBytes >> 20} MiB: not read)");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return $"{path}, which cannot be read: {e.Message}";
        }
    }
}
