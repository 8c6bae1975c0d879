using System.Collections.Immutable;

namespace IuCutter.Gaps;

/// <summary>One gap of a slot, as the ledger tells it.</summary>
public sealed record GapRecord
{
    public required string Id { get; init; }

    public required string Statement { get; init; }

    public required string Owner { get; init; }

    public required GapStatus Status { get; init; }

    /// <summary>The ledger line by which it was opened last: a person's word closes this opening and no later one.</summary>
    public required long Opened { get; init; }

    /// <summary>The checks that close it when they run and hold; none when only a person's word does.</summary>
    public required ImmutableArray<string> ClosedBy { get; init; }

    /// <summary>The first operation since which the live release does not name it any more; null while it does. It stays what it is.</summary>
    public required GapChange? NotNamedSince { get; init; }

    /// <summary>The oldest first; never empty.</summary>
    public required ImmutableArray<GapChange> History { get; init; }

    /// <summary>Where it was named first.</summary>
    public GapChange Since => History[0];

    /// <summary>What made it as it is.</summary>
    public GapChange Last => History[^1];
}
