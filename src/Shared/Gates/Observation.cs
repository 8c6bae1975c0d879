using System.Collections.Immutable;
using System.Globalization;

namespace IuCutter.Gates;

/// <summary>What was seen when something was looked at.</summary>
public sealed record Observation(CheckStatus Status, string Seen)
{
    public ImmutableSortedDictionary<string, string>? Measured { get; init; }

    public CommandEvidence? Command { get; init; }

    public Gap? Gap { get; init; }

    public bool IsHeld => Status == CheckStatus.Held;

    public static Observation Held(string seen, params ReadOnlySpan<(string Name, object Value)> measured) => Of(true, seen, measured);

    public static Observation NotHeld(string seen, params ReadOnlySpan<(string Name, object Value)> measured) => Of(false, seen, measured);

    /// <param name="why">The exact reason, and what to do about it.</param>
    /// <param name="gap">Set where it is allowed that this could not run.</param>
    public static Observation CouldNotRun(string why, Gap? gap = null) => new(CheckStatus.CouldNotRun, why) { Gap = gap };

    public static Observation Of(bool holds, string seen, params ReadOnlySpan<(string Name, object Value)> measured)
    {
        var values = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in measured)
        {
            values[name] = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        }

        return new Observation(holds ? CheckStatus.Held : CheckStatus.NotHeld, seen)
        {
            Measured = values.Count == 0 ? null : values.ToImmutable(),
        };
    }
}
