using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace IuCutter.Commands;

/// <summary>
/// Processes that a command left behind: known by their environment, in which HOME is the scratch directory that the command was given
/// (proc(5), environ). One that has given itself another environment is not found. Linux only: elsewhere there is nothing to look at.
/// </summary>
public static partial class LeftOverCommands
{
    private const int KillNow = 9;

    // One that waits in the kernel does not end at once, and may start others before it does.
    private const int MostRounds = 1000;

    /// <summary>Kills them all.</summary>
    /// <param name="scratch">The scratch directory of one command, or the directory in which those of all commands lie.</param>
    /// <returns>How many there were at first.</returns>
    public static int End(string scratch)
    {
        if (!OperatingSystem.IsLinux())
        {
            return 0;
        }

        var home = Encoding.UTF8.GetBytes($"\0HOME={scratch}");
        var ended = 0;
        var found = Find(home);
        for (var round = 0; found.Count > 0 && round < MostRounds; round++)
        {
            ended += round == 0 ? found.Count : 0;
            foreach (var id in found)
            {
                _ = Kill(id, KillNow);
            }

            found = Find(home);
        }

        return ended;
    }

    private static List<int> Find(byte[] home) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(d => int.TryParse(Path.GetFileName(d), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0 && id != Environment.ProcessId && HasHome(id, home)),
    ];

    /// <summary>The environment of one that has ended is empty.</summary>
    private static bool HasHome(int id, byte[] home)
    {
        try
        {
            ReadOnlySpan<byte> environment = [0, .. File.ReadAllBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/environ"))];
            var at = environment.IndexOf(home);
            return at >= 0 && environment[(at + home.Length)..] is [] or [0 or (byte)'/', ..];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
