namespace IuCutter.Ledgers;

/// <summary>
/// One line of the ledger: UTF-8 JSON without a newline inside, ended by one.
/// </summary>
/// <param name="Seq">Counts from 1 without a gap.</param>
/// <param name="Prev">The sha256, in lower hex, of the line before, its newline left out; 64 zeros in the first line.</param>
/// <param name="At">When it was written, UTC. The order is that of <paramref name="Seq"/>, never of this clock.</param>
/// <param name="Operation">The operation that it belongs to; empty for the agent's own.</param>
public sealed record LedgerEntry(long Seq, string Prev, DateTimeOffset At, string Operation, LedgerEvent Event);
