using IuCutter.Configuration;

namespace IuCutter.Gates;

/// <summary>
/// Whether a run did what it says of itself: a live run that leaves nothing changed has simulated, a dry one that changes something was none. What changes by
/// itself shows nothing of a run, and neither does a path at which nothing lies.
/// </summary>
public static class EffectJudgement
{
    /// <summary>How a look says that nothing lies at its path.</summary>
    public const string Absent = "absent";

    /// <param name="first">What was looked at, before the run: a digest, or that it is absent.</param>
    /// <param name="second">The same looked at again, with nothing run between.</param>
    /// <param name="after">The same, after the run.</param>
    /// <param name="mayBeAbsent">Whether the configuration says that nothing need be there.</param>
    public static (bool Holds, string Seen) Of(RunMode mode, string first, string second, string after, bool mayBeAbsent)
    {
        if (first != second)
        {
            return (false, $"its effect changes by itself, without the run ({Shorten(first)} became {Shorten(second)}), so it shows nothing of the run: look at what the run alone changes");
        }

        if (mode == RunMode.Dry && !mayBeAbsent && second == Absent && after == Absent)
        {
            return (false, "its effect was not measured: nothing lies at the path, before or after; correct the path, or say `may_be_absent: true`");
        }

        return (mode, second != after) switch
        {
            (RunMode.Live, false) => (false, $"labelled live, but its measured effect is nothing (before and after: {Shorten(second)}): it may have simulated"),
            (RunMode.Live, true) => (true, $"live as labelled: {Shorten(second)} became {Shorten(after)}"),
            (RunMode.Dry, true) => (false, $"labelled dry, but it changed something: {Shorten(second)} became {Shorten(after)}"),
            (RunMode.Dry, false) => (true, "dry as labelled: nothing changed"),
        };
    }

    private static string Shorten(string value) => value.Length == 64 ? value[..12] + "…" : value;
}
