using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace IuCutter.Commands;

/// <summary>
/// What ran inside a bubblewrap fence. Its first process is the fence's init: bubblewrap itself ends as soon as it knows the command's exit code,
/// which is a moment before the kernel has ended the rest; the init is gone only when all others are (pid_namespaces(7)). A bubblewrap that is
/// ended while it starts leaves an init behind that has not asked yet to die with it, shrugs off what can be caught, and runs the command.
/// </summary>
internal static partial class FencedProcesses
{
    private const int KillNow = 9;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    /// <summary>Returns when nothing runs in the fence any more; what outlived bubblewrap is killed.</summary>
    /// <param name="info">The file that bubblewrap's --info-fd wrote; removed.</param>
    public static async Task EndAsync(string info, TimeProvider time)
    {
        if (!File.Exists(info))
        {
            return;
        }

        var first = FirstProcess(await File.ReadAllBytesAsync(info));
        File.Delete(info);
        var began = time.GetTimestamp();
        while (first is { } id && IsInit(id) && time.GetElapsedTime(began) < Limit)
        {
            _ = Kill(id, KillNow);
            await Task.Delay(Pause, time);
        }
    }

    /// <summary>Null where bubblewrap did not come as far as to start one.</summary>
    private static int? FirstProcess(byte[] info)
    {
        try
        {
            using var json = JsonDocument.Parse(info);
            return json.RootElement.TryGetProperty("child-pid", out var id) ? id.GetInt32() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>
    /// Whether it lives as the first of a pid namespace, by proc(5): NSpid ends with its number in the innermost one. One that nobody has
    /// fetched yet is dead all the same.
    /// </summary>
    private static bool IsInit(int id)
    {
        try
        {
            var lines = File.ReadAllLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/status"));
            return !Array.Exists(lines, l => l.StartsWith("State:\tZ", StringComparison.Ordinal) || l.StartsWith("State:\tX", StringComparison.Ordinal))
                && Array.Exists(lines, l => l.StartsWith("NSpid:\t", StringComparison.Ordinal) && l.EndsWith("\t1", StringComparison.Ordinal));
        }
        catch (IOException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
