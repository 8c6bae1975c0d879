using System.Text;
using IuCutter.Configuration.Detection;
using IuCutter.Packager.Source;

namespace IuCutter.Packager.Pushing;

/// <summary>Looks into a commit's tree for what suits it.</summary>
internal static class TreeDetection
{
    private const int LongestFile = 256 * 1024;

    public static async Task<DetectionResult> DetectAsync(IReleaseSource source, CancellationToken cancellation)
    {
        var paths = await source.ListPathsAsync(cancellation);
        return await Task.Run(() => PayloadDetection.Detect(paths, path => Read(source, path, cancellation)), cancellation);
    }

    // Detection asks for few and small files, one after the other.
    private static string? Read(IReleaseSource source, string path, CancellationToken cancellation)
    {
#pragma warning disable MA0045, MA0042 // Detection is a pure function with a plain callback; it runs on a thread of its own.
        var bytes = source.TryReadFileAsync(path, cancellation).GetAwaiter().GetResult();
#pragma warning restore MA0045, MA0042
        return bytes is null || bytes.Length > LongestFile ? null : Encoding.UTF8.GetString(bytes);
    }
}
