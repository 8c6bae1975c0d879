using IuCutter.Ledgers;

namespace IuCutter.Packager.Following;

/// <summary>What an operation's own lines have said of it so far.</summary>
internal sealed record OperationStory(string Operation, LedgerEvent.OperationBegun? Begun, LedgerEvent.OperationEnded? Ended)
{
    public OperationStory With(LedgerEvent what) => what switch
    {
        LedgerEvent.OperationBegun begun => this with { Begun = begun },
        LedgerEvent.OperationEnded ended => this with { Ended = ended },
        _ => this,
    };
}
