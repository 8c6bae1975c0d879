namespace IuCutter.Ledgers;

/// <summary>A ledger was edited or damaged: the first line that does not fit is named.</summary>
public sealed class LedgerBrokenException(long line, string what) : Exception($"ledger line {line} is broken: {what}")
{
    public long Line { get; } = line;
}
