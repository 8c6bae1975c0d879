using System.Diagnostics;
using System.Globalization;
using IuCutter.Agent.Posix;

namespace IuCutter.Agent;

/// <summary>
/// Places at which a test build of the agent kills itself, as a power cut would: <c>IUCUTTER_CRASH_AT=C10.after</c>, or <c>C08.before:3</c>
/// for the third time it comes there. Builds without CRASH_POINTS hold none of it. <c>tests/Crash</c> goes through all of them.
/// </summary>
internal static class CrashPoint
{
    private static readonly string[] Wanted = (Environment.GetEnvironmentVariable("IUCUTTER_CRASH_AT") ?? "").Split(':');
    private static int _left = Wanted is [_, var times] ? int.Parse(times, CultureInfo.InvariantCulture) : 1;

    [Conditional("CRASH_POINTS")]
    public static void Reach(string name)
    {
        if (Wanted[0] == name && Interlocked.Decrement(ref _left) == 0)
        {
            Libc.KillMyself();
        }
    }

    /// <summary>A command's line comes: it runs.</summary>
    public static Action<string>? AtLine(string name, Action<string>? onLine) => Wanted[0] != name ? onLine : line =>
    {
        Reach(name);
        onLine?.Invoke(line);
    };

    /// <summary>As <see cref="Reach(string)"/>, with something to do first: half of a write, say.</summary>
    [Conditional("CRASH_POINTS")]
    public static void Reach(string name, Action last)
    {
        if (Wanted[0] == name && Interlocked.Decrement(ref _left) == 0)
        {
            last();
            Libc.KillMyself();
        }
    }
}
