using IuCutter.Configuration;

namespace IuCutter.Gates;

/// <summary>Whether a run did what it says of itself: a live run that leaves nothing changed has simulated, a dry one that changes something was none.</summary>
public static class EffectJudgement
{
    /// <param name="before">What was looked at, before the run: a digest, or that it is absent.</param>
    /// <param name="after">The same, after it.</param>
    public static (bool Holds, string Seen) Of(RunMode mode, string before, string after)
    {
        var changed = before != after;
        return (mode, changed) switch
        {
            (RunMode.Live, false) => (false, $"labelled live, but its measured effect is nothing (before and after: {Shorten(before)}): it may have simulated"),
            (RunMode.Live, true) => (true, $"live as labelled: {Shorten(before)} became {Shorten(after)}"),
            (RunMode.Dry, true) => (false, $"labelled dry, but it changed something: {Shorten(before)} became {Shorten(after)}"),
            (RunMode.Dry, false) => (true, "dry as labelled: nothing changed"),
        };
    }

    private static string Shorten(string value) => value.Length == 64 ? value[..12] + "…" : value;
}
