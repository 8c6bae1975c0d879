using System.Globalization;
using System.Text.Json;

namespace IuCutter.Commands;

/// <summary>
/// What ran inside a bubblewrap fence. Its first process is the fence's init: bubblewrap itself ends as soon as it knows the command's exit code,
/// which is a moment before the kernel has ended the rest; the init is gone only when all others are (pid_namespaces(7)).
/// </summary>
internal static class FencedProcesses
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    /// <param name="info">The file that bubblewrap's --info-fd wrote; removed.</param>
    public static async Task WaitUntilGoneAsync(string info, TimeProvider time)
    {
        if (!File.Exists(info))
        {
            return;
        }

        var first = FirstProcess(await File.ReadAllBytesAsync(info));
        File.Delete(info);
        var began = time.GetTimestamp();
        while (first is { } id && IsAlive(id) && time.GetElapsedTime(began) < Limit)
        {
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

    /// <summary>One that nobody has fetched yet is dead all the same: proc(5), field 3 of stat.</summary>
    private static bool IsAlive(int id)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
            return stat[(stat.LastIndexOf(')') + 2)..] is not ['Z' or 'X', ..];
        }
        catch (IOException)
        {
            return false;
        }
    }
}
