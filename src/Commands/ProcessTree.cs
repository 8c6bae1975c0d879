using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace IuCutter.Commands;

/// <summary>A started command and all that it started: measured and ended together.</summary>
internal static partial class ProcessTree
{
    private const int Terminate = 15;
    private const int KillNow = 9;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>Asks the group to end, and ends it if it does not. A group that is gone already is fine.</summary>
    public static async Task EndAsync(Process process, TimeProvider time)
    {
        Signal(process, Terminate);
        try
        {
            await process.WaitForExitAsync().WaitAsync(Grace, time);
        }
        catch (TimeoutException)
        {
            // The next signal cannot be ignored.
        }

        KillRest(process);
    }

    /// <summary>Ends at once what is left of the group, after its first process has ended too.</summary>
    public static void KillRest(Process process)
    {
        Signal(process, KillNow);
        if (!OperatingSystem.IsLinux() && !process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>The resident memory of a process and its descendants, in bytes. Linux only: elsewhere it is 0.</summary>
    public static long ResidentBytes(int root)
    {
        if (!OperatingSystem.IsLinux())
        {
            return 0;
        }

        var processes = Directory.EnumerateDirectories("/proc").Select(Read).OfType<(int Id, int Parent, long Pages)>().ToList();
        var tree = new HashSet<int> { root };
        for (var known = 0; known != tree.Count;)
        {
            known = tree.Count;
            tree.UnionWith([.. processes.Where(p => tree.Contains(p.Parent)).Select(p => p.Id)]);
        }

        return processes.Where(p => tree.Contains(p.Id)).Sum(p => p.Pages) * Environment.SystemPageSize;
    }

    /// <summary>/proc/PID/stat, proc(5): the name in brackets may hold anything, so fields are counted behind it.</summary>
    private static (int Id, int Parent, long Pages)? Read(string directory)
    {
        if (!int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            return null;
        }

        try
        {
            var stat = File.ReadAllText(Path.Combine(directory, "stat"));
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (id, int.Parse(fields[1], CultureInfo.InvariantCulture), long.Parse(fields[21], CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static void Signal(Process process, int signal)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Kill(-process.Id, signal);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
