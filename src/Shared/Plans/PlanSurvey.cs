using System.Collections.Immutable;

namespace IuCutter.Plans;

/// <summary>The target as it was read when the plan was made.</summary>
public sealed record PlanSurvey
{
    /// <summary>What lies at the slot.</summary>
    public required string Slot { get; init; }

    public required ImmutableArray<PlanReading> Guards { get; init; }

    /// <summary>Each anchor's tree digest, or <c>absent</c>.</summary>
    public required ImmutableSortedDictionary<string, string> Anchors { get; init; }

    /// <summary>Each program that the commands start or a guard names, but for those that the release brings: where it lies, and its sha256.</summary>
    public required ImmutableSortedDictionary<string, string> Tools { get; init; }

    /// <summary>The strongest sandbox tier that the host gives.</summary>
    public required string Sandbox { get; init; }

    public required PlanRoom Room { get; init; }

    /// <summary>Whether the release lies there already, and whole.</summary>
    public required string ReleaseDirectory { get; init; }

    /// <summary>The sha256 of the agent's policy, or <c>none</c>.</summary>
    public required string Policy { get; init; }
}
