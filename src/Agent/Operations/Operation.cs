using System.Collections.Immutable;
using System.Diagnostics;
using IuCutter.Agent.Ledger;
using IuCutter.Agent.Measuring;
using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Protos.V1;

namespace IuCutter.Agent.Operations;

/// <summary>
/// One push, smoke or rollback while it runs. All that it does to the target is recorded through here, first in the ledger,
/// then to those who watch.
/// </summary>
public sealed class Operation(string id, string kind, string slot, LedgerFile ledger, TimeProvider time)
{
    /// <summary>By what name a gate says that the operation was cancelled in it.</summary>
    public const string CancelledCheck = "cancelled";

    private readonly List<GateResult> _gates = [];

    public string Id { get; } = id;

    /// <summary>push, smoke or rollback.</summary>
    public string Kind { get; } = kind;

    public string Slot { get; } = slot;

    public DateTimeOffset Since { get; } = time.GetUtcNow();

    public TimeProvider Time { get; } = time;

    public EventFeed Feed { get; } = new();

    /// <summary>By what it can be asked to stop; null for one that cannot be.</summary>
    public Cancellation? Cancellation { get; init; }

    /// <summary>For the gates of which the operation can be cancelled.</summary>
    /// <param name="stopping">Is cancelled when the agent stops.</param>
    /// <returns>What is cancelled when the operation is, too.</returns>
    public CancellationToken WhileWanted(CancellationToken stopping) => Cancellation?.Token ?? stopping;

    /// <summary>True once the last line was recorded.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>The gate that keeps the later ones from running; null while there is none.</summary>
    public GateResult? Stopper => _gates.FirstOrDefault(g => g.Outcome is not (Outcome.Pass or Outcome.Partial));

    /// <exception cref="LedgerUnwritableException">It could not be recorded: the operation must stop.</exception>
    public void Record(LedgerEvent what, bool durable = false) => Feed.Add(ledger.Append(Id, what, durable).Line);

    /// <summary>Records what runs on the host now; two of these show what an operation has left alone.</summary>
    public async Task RecordHostAsync(string searchPath, CancellationToken cancellationToken) => Record(await HostReading.TakeAsync(searchPath, cancellationToken));

    public void Report(GateId gate, string what, long done, long total, string unit) => Feed.Report(new Progress
    {
        Gate = gate.ToString(),
        What = what,
        Done = (ulong)done,
        Total = (ulong)total,
        Unit = unit,
    });

    /// <summary>Runs a gate, or records that an earlier one kept it from running.</summary>
    /// <param name="needsEarlier">False for a gate that has its work whatever came of the others: a failure is reported too.</param>
    /// <param name="settles">True for the last gate of which the operation can be cancelled.</param>
    public async Task<GateResult> RunGateAsync(GateId gate, Func<CheckList, Task> work, bool needsEarlier = true, bool settles = false)
    {
        // On a stack of its own: else the frames below would keep alive what the gate before has worked with, a large manifest above all.
        await Task.Yield();
        var clock = Stopwatch.GetTimestamp();
        Record(new LedgerEvent.GateBegun(gate, "target"));
        GateResult result;
        if (needsEarlier && Stopper is { } stopper)
        {
            Settle(settles, passes: false);
            result = GateResult.NotExecuted(gate, $"{stopper.Gate} is {stopper.Outcome.Word()}");
        }
        else
        {
            result = GateResult.Of(gate, await ChecksOfAsync(gate, work, settles));
        }

        Close(result, Stopwatch.GetElapsedTime(clock).TotalMilliseconds, durable: true);
        return result;
    }

    /// <summary>Records a gate that the source host ran. Its outcome is computed here again, whatever the source host says of it.</summary>
    public void RecordSourceGate(GateResult claimed)
    {
        var result = claimed.Checks.IsEmpty
            ? GateResult.NotExecuted(claimed.Gate, claimed.Cause ?? "the source host did not run it")
            : GateResult.Of(claimed.Gate, claimed.Checks);
        Record(new LedgerEvent.GateBegun(result.Gate, "source"));
        foreach (var check in result.Checks)
        {
            Record(new LedgerEvent.CheckMade(result.Gate, check));
        }

        Close(result, result.Checks.Sum(c => c.Evidence?.Milliseconds ?? 0), durable: false);
    }

    /// <summary>Writes an operation's last line. The verdict is computed, never given.</summary>
    public void End(TargetState target, string? next)
    {
        var reason = Stopper is { } stopper
            ? $"{stopper.Gate} {stopper.Gate.Subject()} is {stopper.Outcome.Word()}: {stopper.Cause}"
            : Passed();
        Record(new LedgerEvent.OperationEnded(VerdictRules.Of(_gates, RequiredGates.Of(Kind), target), reason, target.Changes, target.Undo, next), durable: true);
        HasEnded = true;
    }

    private string Passed()
    {
        var gaps = _gates.SelectMany(g => g.Checks).Select(c => c.Gap?.Id).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        return gaps.Count == 0 ? $"all {_gates.Count} gates passed" : $"all {_gates.Count} gates passed but for the gaps {string.Join(", ", gaps)}";
    }

    private async Task<ImmutableArray<Check>> ChecksOfAsync(GateId gate, Func<CheckList, Task> work, bool settles)
    {
        var list = new CheckList(gate, Time, IsOfTheTarget, check => Record(new LedgerEvent.CheckMade(gate, check)));
        try
        {
            if (!IsCancelled)
            {
                await work(list);
            }
        }
        catch (OperationCanceledException) when (IsCancelled)
        {
            // Said below, whether the work heard of it or not.
        }
        catch (Exception e) when (IsOfTheTarget(e))
        {
            list.Observe("whole", "the gate ran to its end", "no error", () => Observation.NotHeld(e is RefusalException refused ? $"{e.Message}; {refused.Next}" : e.Message));
        }

        if (IsCancelled || !Settle(settles, list.MayGoOn))
        {
            list.Observe(CancelledCheck, $"nobody cancelled the {Kind}", "no cancel", () => Observation.NotHeld(Cancellation!.Asked!));
        }

        return list.Checks;
    }

    /// <summary>Whoever asks from here on is told that it is too late.</summary>
    /// <returns>False when someone has asked before.</returns>
    private bool Settle(bool isLast, bool passes) => Cancellation is not { } cancellation || passes switch
    {
        false => cancellation.TryClose("has failed already, and undoes what it has begun"),
        true when isLast => cancellation.TryClose("has passed the last gate of which it can be cancelled"),
        true => true,
    };

    /// <summary>Asked to stop, and no gate has said so yet.</summary>
    private bool IsCancelled => Stopper is null && Cancellation?.Asked is not null;

    /// <summary>What the target did to us is a result. A ledger that cannot be written, a stop, and our own bugs are not.</summary>
    private static bool IsOfTheTarget(Exception e) =>
        e is (IOException or UnauthorizedAccessException or RefusalException) and not LedgerUnwritableException;

    private void Close(GateResult result, double milliseconds, bool durable)
    {
        _gates.Add(result);
        var took = Math.Round(milliseconds, 1);
        CrashPoint.Reach("C14.before");
        Record(new LedgerEvent.GateClosed(result.Gate, result.Outcome, result.Cause, result.Checks.Length, took), durable);
        CrashPoint.Reach("C14.after");
    }
}
