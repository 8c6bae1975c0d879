using IuCutter.Gates;
using IuCutter.Ledgers;

namespace IuCutter.Packager.Showing;

/// <summary>Where an operation is shown while it happens. May be called from several tasks at once.</summary>
internal interface IOperationView
{
    /// <summary>What is about to be done, to which target.</summary>
    public void Heading(string text);

    /// <summary>A sentence for people.</summary>
    public void Note(string text);

    /// <summary>A gate that ran on this host has closed. The ledger will repeat it; it is shown once.</summary>
    public void SourceGate(GateResult gate, double milliseconds);

    /// <param name="total">0 when it is not known.</param>
    /// <param name="unit">bytes, files or tests.</param>
    public void Progress(string operation, string gate, string what, long done, long total, string unit);

    /// <param name="entry">Null when the line is of a kind that this version does not know.</param>
    public void Recorded(long number, string operation, ReadOnlyMemory<byte> line, LedgerEntry? entry);

    public void Result(OperationResult result);
}
