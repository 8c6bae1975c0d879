using System.Collections.Immutable;
using IuCutter.Gates;

namespace IuCutter.Packager.Showing;

/// <summary>What an operation came to, for the last words about it.</summary>
internal sealed record OperationResult
{
    /// <summary>push, smoke or rollback.</summary>
    public required string Kind { get; init; }

    /// <summary>Null when it never began on the target.</summary>
    public string? Operation { get; init; }

    public required Verdict Verdict { get; init; }

    public required string Reason { get; init; }

    public string? Release { get; init; }

    public required string Slot { get; init; }

    /// <summary>Where the release lies on the target; null when it does not, or nobody knows.</summary>
    public string? ReleasePath { get; init; }

    /// <summary>The folder of its report on this host; null when there is none.</summary>
    public string? Report { get; init; }

    public ImmutableArray<string> Changes { get; init; } = [];

    public string? Undo { get; init; }

    public string? Next { get; init; }

    /// <summary>Set when the very release that was pushed had been live and proved before.</summary>
    public bool WasLiveAlready { get; init; }

    public ExitCode Exit => Verdict switch
    {
        Verdict.A => ExitCode.Passed,
        Verdict.B => ExitCode.Blocked,
        Verdict.C => ExitCode.Changed,
    };
}
