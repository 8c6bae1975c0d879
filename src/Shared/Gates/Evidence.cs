using System.Collections.Immutable;

namespace IuCutter.Gates;

/// <summary>What a check leaves behind, so that anyone can see what was seen.</summary>
public sealed record Evidence
{
    /// <summary>When the observation began, UTC.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>How long it took, by a monotonic clock, in milliseconds.</summary>
    public required double Milliseconds { get; init; }

    /// <summary>Values that were measured, by name.</summary>
    public ImmutableSortedDictionary<string, string>? Measured { get; init; }

    /// <summary>The command, where the observation was one.</summary>
    public CommandEvidence? Command { get; init; }
}
