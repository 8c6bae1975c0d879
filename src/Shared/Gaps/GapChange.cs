namespace IuCutter.Gaps;

/// <summary>One step in a gap's life, and the ledger line that says so.</summary>
/// <param name="Operation">Empty for a person's word, which belongs to no operation.</param>
/// <param name="Release">The operation's release; null for a person's word.</param>
/// <param name="Check">The check that is the evidence; null where none is.</param>
/// <param name="What">In words.</param>
public sealed record GapChange(GapStatus Status, long Line, DateTimeOffset At, string Operation, string? Release, string? Check, string What);
