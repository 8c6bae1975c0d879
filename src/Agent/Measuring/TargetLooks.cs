using System.Collections.Immutable;
using IuCutter.Agent.Operations;
using IuCutter.Configuration;
using IuCutter.Ledgers;

namespace IuCutter.Agent.Measuring;

/// <summary>An operation's first and last look at its target, each a line of the ledger: without both, nobody may say that nothing changed.</summary>
public sealed class TargetLooks(TargetHost host, Operation operation)
{
    private LedgerEvent.TargetSeen? _recorded;

    /// <summary>Null until it was taken.</summary>
    public TargetReading? First { get; private set; }

    /// <summary>Null until it was taken, and where it could not be.</summary>
    public TargetReading? Last { get; private set; }

    /// <summary>Takes the first look, before anything is begun; one that holds the anchors too may take its place.</summary>
    public void Begin(TargetReading reading)
    {
        if (_recorded is null)
        {
            operation.Record(_recorded = reading.Seen());
        }

        First = reading;
    }

    /// <summary>Looks a last time.</summary>
    /// <returns>What changed; and whether that was measured.</returns>
    public (bool Measured, ImmutableArray<string> Changes) End(IReadOnlyList<Anchor> anchors, CancellationToken cancellationToken)
    {
        if (First is null)
        {
            return (false, ["the target was not measured: the operation stopped before its first reading"]);
        }

        try
        {
            Last = TargetReading.Take(host.Root, operation.Slot, anchors, cancellationToken);
        }
        catch (IOException e)
        {
            return (false, [$"the target was not measured a second time: {e.Message}"]);
        }

        operation.Record(Last.Seen(_recorded));
        return (true, First.ChangesTo(Last, OtherWork.Beside(host.Ledger, operation.Id)));
    }
}
