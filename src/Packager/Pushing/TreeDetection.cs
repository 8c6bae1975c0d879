using System.Text;
using IuCutter.Configuration.Detection;
using IuCutter.Packager.Source;

namespace IuCutter.Packager.Pushing;

/// <summary>Looks into a commit's tree for what suits it.</summary>
internal static class TreeDetection
{
    private const int LongestFile = 256 * 1024;

    public static async Task<DetectionResult> DetectAsync(GitRepository repository, SourceCommit commit, CancellationToken cancellation)
    {
        var items = await TreeListing.ReadAsync(repository.Git, commit.Tree, cancellation);
        var paths = items.Select(i => i.Path.ToString()).ToList();
        return await Task.Run(() => PayloadDetection.Detect(paths, path => Read(repository, commit, path, cancellation)), cancellation);
    }

    // Detection asks for few and small files, one after the other.
    private static string? Read(GitRepository repository, SourceCommit commit, string path, CancellationToken cancellation)
    {
#pragma warning disable MA0045, MA0042 // Detection is a pure function with a plain callback; it runs on a thread of its own.
        var bytes = CommitFile.TryReadAsync(repository, commit, path, cancellation).GetAwaiter().GetResult();
#pragma warning restore MA0045, MA0042
        return bytes is null || bytes.Length > LongestFile ? null : Encoding.UTF8.GetString(bytes);
    }
}
