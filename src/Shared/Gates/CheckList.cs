using System.Collections.Immutable;
using System.Diagnostics;

namespace IuCutter.Gates;

/// <summary>A gate while it runs, on either host: makes observations into checks, each with the evidence of having been made.</summary>
/// <param name="isResult">Which exceptions of a look are a result of it, not an error of ours.</param>
/// <param name="record">Gets each check as it is made.</param>
public sealed class CheckList(GateId gate, TimeProvider time, Func<Exception, bool> isResult, Action<Check> record)
{
    private readonly ImmutableArray<Check>.Builder _checks = ImmutableArray.CreateBuilder<Check>();

    public GateId Gate => gate;

    public ImmutableArray<Check> Checks => _checks.ToImmutable();

    /// <summary>True while no check has failed or been kept from running without an allowed gap.</summary>
    public bool MayGoOn => _checks.All(c => c.Status == CheckStatus.Held || c.Gap is not null);

    /// <summary>Makes one observation and records it.</summary>
    /// <param name="id">Unique within the gate, e.g. <c>test.1</c>.</param>
    /// <param name="statement">What is claimed if it holds.</param>
    public Observation Observe(string id, string statement, string expected, Func<Observation> look)
    {
        ArgumentNullException.ThrowIfNull(look);
        var (started, clock) = (time.GetUtcNow(), Stopwatch.GetTimestamp());
        Observation seen;
        try
        {
            seen = look();
        }
        catch (Exception e) when (isResult(e))
        {
            seen = Observation.NotHeld(e.Message);
        }

        Record(id, statement, expected, seen, started, clock);
        return seen;
    }

    /// <summary>As <see cref="Observe"/>, for what has to be waited for.</summary>
    public async Task<Observation> ObserveAsync(string id, string statement, string expected, Func<Task<Observation>> look)
    {
        ArgumentNullException.ThrowIfNull(look);
        var (started, clock) = (time.GetUtcNow(), Stopwatch.GetTimestamp());
        Observation seen;
        try
        {
            seen = await look();
        }
        catch (Exception e) when (isResult(e))
        {
            seen = Observation.NotHeld(e.Message);
        }

        Record(id, statement, expected, seen, started, clock);
        return seen;
    }

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
        record(check);
    }
}
