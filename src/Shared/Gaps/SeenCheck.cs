using IuCutter.Gates;

namespace IuCutter.Gaps;

/// <summary>A check, and the ledger line that says so.</summary>
internal sealed record SeenCheck(long Line, DateTimeOffset At, Check Check);
