using IuCutter.Gates;
using IuCutter.Ledgers;

namespace IuCutter.Packager.Following;

/// <summary>What an operation's own lines have said of it so far.</summary>
internal sealed record OperationStory(string Operation, LedgerEvent.OperationBegun? Begun, LedgerEvent.OperationEnded? Ended)
{
    /// <summary>The last check that did not hold and whose command printed something that was kept; null when there is none.</summary>
    public string? FailedWithOutput { get; private init; }

    public OperationStory With(LedgerEvent what) => what switch
    {
        LedgerEvent.OperationBegun begun => this with { Begun = begun },
        LedgerEvent.OperationEnded ended => this with { Ended = ended },
        LedgerEvent.CheckMade { Check: { Status: CheckStatus.NotHeld, Evidence.Command.OutputBytes: > 0 } check } => this with { FailedWithOutput = check.Id },
        _ => this,
    };
}
