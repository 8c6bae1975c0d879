using System.Collections.Immutable;
using IuCutter.Gates;
using IuCutter.Ledgers;

namespace IuCutter.Reports;

/// <summary>One operation as its ledger lines tell it. Whatever is reported of an operation is derived from this and from nothing else.</summary>
public sealed record OperationRecord
{
    public required string Id { get; init; }

    public required DateTimeOffset Began { get; init; }

    public required LedgerEvent.OperationBegun Order { get; init; }

    /// <summary>In the order in which they were begun.</summary>
    public required ImmutableArray<GateRecord> Gates { get; init; }

    /// <summary>All lines that are no gate's: steps, switches, what was staged and removed, what was seen of the host.</summary>
    public required ImmutableArray<LedgerEntry> Deeds { get; init; }

    /// <summary>Null while it runs.</summary>
    public LedgerEvent.OperationEnded? End { get; init; }

    public DateTimeOffset? Ended { get; init; }

    /// <summary>The numbers of its first and last line.</summary>
    public required (long First, long Last) Lines { get; init; }

    public IEnumerable<Check> Checks => Gates.SelectMany(g => g.Checks);

    /// <summary>
    /// The first reading of the target, before anything was done to it, and the last, after everything was: its own or that of the agent's next start. Null without
    /// both: then nothing can be said of what changed.
    /// </summary>
    public (LedgerEntry First, LedgerEntry Last)? Looks
    {
        get
        {
            var deeds = Deeds.Where(d => d.Event is not (LedgerEvent.HostSeen or LedgerEvent.ApprovalUsed)).ToList();
            return deeds is [{ Event: LedgerEvent.TargetSeen } first, .., { Event: LedgerEvent.TargetSeen } last] ? (first, last) : null;
        }
    }

    /// <param name="entries">The operation's lines, in order; lines of others among them are passed over.</param>
    /// <exception cref="LedgerBrokenException">The lines are not one operation's: no begin, a check outside a gate, something after the end.</exception>
    public static OperationRecord Of(string operation, IEnumerable<LedgerEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var own = entries.Where(e => e.Operation == operation).ToList();
        if (own is not [{ Event: LedgerEvent.OperationBegun order } first, ..])
        {
            throw new LedgerBrokenException(own.FirstOrDefault()?.Seq ?? 0, $"operation {operation} has no begin");
        }

        var gates = new List<GateRecord>();
        var deeds = ImmutableArray.CreateBuilder<LedgerEntry>();
        LedgerEntry? end = null;
        foreach (var entry in own.Skip(1))
        {
            if (end is not null)
            {
                throw new LedgerBrokenException(entry.Seq, $"it comes after the end of operation {operation}");
            }

            if (entry.Event is LedgerEvent.OperationEnded)
            {
                end = entry;
            }
            else if (!TakeIntoGates(gates, entry))
            {
                deeds.Add(entry);
            }
        }

        return new OperationRecord
        {
            Id = operation,
            Began = first.At,
            Order = order,
            Gates = [.. gates],
            Deeds = deeds.ToImmutable(),
            End = end?.Event as LedgerEvent.OperationEnded,
            Ended = end?.At,
            Lines = (first.Seq, own[^1].Seq),
        };
    }

    private static bool TakeIntoGates(List<GateRecord> gates, LedgerEntry entry)
    {
        switch (entry.Event)
        {
            case LedgerEvent.GateBegun begun:
                gates.Add(new GateRecord(begun.Gate, begun.Observer, entry.At, [], null, null, null, 0));
                return true;
            case LedgerEvent.CheckMade made:
                var open = Open(gates, made.Gate, entry);
                gates[^1] = open with { Checks = open.Checks.Add(made.Check) };
                return true;
            case LedgerEvent.GateClosed closed:
                gates[^1] = Open(gates, closed.Gate, entry) with
                {
                    Closed = closed.Checks,
                    Outcome = closed.Outcome,
                    Cause = closed.Cause,
                    Milliseconds = closed.Milliseconds,
                };
                return true;
            default:
                return false;
        }
    }

    private static GateRecord Open(List<GateRecord> gates, GateId gate, LedgerEntry entry) => gates is [.., { Outcome: null } last] && last.Gate == gate
        ? last
        : throw new LedgerBrokenException(entry.Seq, $"it belongs to gate {gate}, which is not open");
}
