using System.Collections.Immutable;
using IuCutter.Gates;

namespace IuCutter.Reports;

/// <summary>One gate of an operation, as the ledger tells it.</summary>
/// <param name="Observer">Who saw it: the source host or the target host.</param>
/// <param name="Closed">How many checks its closing line counts; null while it is open.</param>
/// <param name="Outcome">As recorded; null while it is open.</param>
public sealed record GateRecord(
    GateId Gate, string Observer, DateTimeOffset Begun, ImmutableArray<Check> Checks, int? Closed, Outcome? Outcome, string? Cause, double Milliseconds)
{
    /// <summary>What the rules say of it, for a gate that was closed.</summary>
    public GateResult? Result => Outcome is { } outcome ? new GateResult(Gate, outcome, Cause, Checks) : null;
}
