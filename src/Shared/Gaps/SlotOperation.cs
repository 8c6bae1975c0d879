using System.Collections.Immutable;
using IuCutter.Ledgers;

namespace IuCutter.Gaps;

/// <summary>An operation of a slot that has ended, and the ledger line of each thing that it says.</summary>
internal sealed record SlotOperation
{
    public required string Id { get; init; }

    public required LedgerEvent.OperationBegun Order { get; init; }

    public required ImmutableArray<SeenCheck> Checks { get; init; }

    public required ImmutableArray<(long Line, LedgerEvent.GateClosed Gate)> Gates { get; init; }

    /// <summary>Its begin, which holds its configuration.</summary>
    public required LedgerEntry First { get; init; }

    public required LedgerEntry EndEntry { get; init; }

    /// <summary>Whether its release was the live one when it had ended, and as it lies there: a push with another configuration that came to nothing is not of it.</summary>
    public required bool IsOfLive { get; init; }

    public LedgerEvent.OperationEnded End => (LedgerEvent.OperationEnded)EndEntry.Event;
}
