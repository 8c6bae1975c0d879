using System.Diagnostics;

namespace IuCutter.Tests.EndToEnd.Support;

/// <summary>Has the first system call of a kind fail in an agent that runs, until it is disposed. strace does it.</summary>
internal sealed class Fault : IAsyncDisposable
{
    private readonly Process _strace;

    private Fault(Process strace) => _strace = strace;

    /// <param name="error">The error it fails with, by its name.</param>
    /// <param name="below">Null, or the one path whose calls count.</param>
    public static async Task<Fault> InjectAsync(Scene scene, string call, string error, string? below = null)
    {
        string[] where = below is null ? [] : ["-P", below];
        string[] what = ["-e", $"trace={call}", "-e", $"inject={call}:error={error}:when=1"];
        var strace = Process.Start("strace", ["-f", "-qq", "-o", Path.Combine(scene.Folder, "strace.log"), .. where, .. what, "-p", $"{scene.Agent.Id}"]);
        await Programs.UntilAsync(
            () => Directory.GetDirectories($"/proc/{scene.Agent.Id}/task").All(thread => IsTraced(thread, strace.Id)), "every thread of the agent is traced");
        return new Fault(strace);
    }

    public async ValueTask DisposeAsync()
    {
        _strace.Kill();
        await _strace.WaitForExitAsync();
        _strace.Dispose();
    }

    private static bool IsTraced(string thread, int by)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "status")).Contains($"TracerPid:\t{by}\n", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return true;
        }
    }
}
