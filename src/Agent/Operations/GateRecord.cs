using System.Collections.Immutable;
using System.Diagnostics;
using IuCutter.Agent.Ledger;
using IuCutter.Gates;
using IuCutter.Ledgers;

namespace IuCutter.Agent.Operations;

/// <summary>A gate while it runs: collects its checks, each with the evidence of having been made.</summary>
public sealed class GateRecord(Operation operation, GateId gate)
{
    private readonly ImmutableArray<Check>.Builder _checks = ImmutableArray.CreateBuilder<Check>();

    public GateId Gate => gate;

    public ImmutableArray<Check> Checks => _checks.ToImmutable();

    /// <summary>True while no check has failed or been kept from running without an allowed gap.</summary>
    public bool MayGoOn => _checks.All(c => c.Status == CheckStatus.Held || c.Gap is not null);

    /// <summary>Makes one observation and records it with the evidence of having been made.</summary>
    public Observation Observe(string id, string statement, string expected, Func<Observation> look)
    {
        var (started, clock) = (operation.Time.GetUtcNow(), Stopwatch.GetTimestamp());
        Observation seen;
        try
        {
            seen = look();
        }
        catch (Exception e) when (IsOfTheTarget(e))
        {
            seen = Observation.NotHeld(e.Message);
        }

        Record(id, statement, expected, seen, started, clock);
        return seen;
    }

    /// <summary>As <see cref="Observe"/>, for what has to be waited for.</summary>
    public async Task<Observation> ObserveAsync(string id, string statement, string expected, Func<Task<Observation>> look)
    {
        var (started, clock) = (operation.Time.GetUtcNow(), Stopwatch.GetTimestamp());
        Observation seen;
        try
        {
            seen = await look();
        }
        catch (Exception e) when (IsOfTheTarget(e))
        {
            seen = Observation.NotHeld(e.Message);
        }

        Record(id, statement, expected, seen, started, clock);
        return seen;
    }

    internal async Task RunAsync(Func<GateRecord, Task> work)
    {
        try
        {
            await work(this);
        }
        catch (Exception e) when (IsOfTheTarget(e))
        {
            Observe("whole", "the gate ran to its end", "no error", () => Observation.NotHeld(e.Message));
        }
    }

    /// <summary>What the target did to us is a result. A ledger that cannot be written, a stop, and our own bugs are not.</summary>
    private static bool IsOfTheTarget(Exception e) =>
        e is (IOException or UnauthorizedAccessException or RefusalException) and not LedgerUnwritableException;

    private void Record(string id, string statement, string expected, Observation seen, DateTimeOffset started, long clock)
    {
        var evidence = new Evidence
        {
            Started = started,
            Milliseconds = Math.Round(Stopwatch.GetElapsedTime(clock).TotalMilliseconds, 3),
            Measured = seen.Measured,
            Command = seen.Command,
        };
        var check = new Check
        {
            Id = $"{gate}.{id}",
            Statement = statement,
            Status = seen.Status,
            Expected = expected,
            Seen = seen.Seen,
            Gap = seen.Gap,
            Evidence = seen.Status == CheckStatus.CouldNotRun ? null : evidence,
        };
        _checks.Add(check);
        operation.Record(new LedgerEvent.CheckMade(gate, check));
    }
}
