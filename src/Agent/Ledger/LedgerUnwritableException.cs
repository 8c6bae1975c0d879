namespace IuCutter.Agent.Ledger;

/// <summary>The ledger could not be written. Nothing may be done that cannot be recorded, so the operation stops.</summary>
public sealed class LedgerUnwritableException(string path, Exception cause)
    : IOException($"the ledger {path} cannot be written: {cause.Message}", cause);
