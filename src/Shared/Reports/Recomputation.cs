using IuCutter.Gates;
using IuCutter.Ledgers;

namespace IuCutter.Reports;

/// <summary>Runs the rules again on what the ledger says was seen, and holds the outcomes that it records against them. Pure.</summary>
public static class Recomputation
{
    /// <summary>Each recorded outcome, cause or verdict that the rules do not give, one sentence each; none for an honest ledger.</summary>
    public static IReadOnlyList<string> Contradictions(OperationRecord operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        var found = new List<string>();
        for (var i = 0; i < operation.Gates.Length; i++)
        {
            found.AddRange(OfGate(operation.Gates[i], operation.Gates.Take(i)));
        }

        if (operation.End is { } end)
        {
            var gates = operation.Gates.Select(g => g.Result).OfType<GateResult>().ToList();
            var verdict = VerdictRules.Of(gates, RequiredGates.Of(operation.Order.Operation), new TargetState(operation.Looks is not null, end.Changes, end.Undo));
            if (verdict != end.Verdict)
            {
                found.Add($"the verdict is recorded as {end.Verdict}, the gates and the measured changes give {verdict}");
            }
        }

        if (operation is { End.Changes.IsEmpty: true, Looks: { First.Event: LedgerEvent.TargetSeen first, Last.Event: LedgerEvent.TargetSeen last } } && first.Slot != last.Slot)
        {
            found.Add($"no change is recorded, but the slot was seen as {first.Slot} first and as {last.Slot} at last");
        }

        found.AddRange(operation.Checks.GroupBy(c => c.Id, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => $"check {g.Key} is recorded {g.Count()} times"));
        return found;
    }

    private static IEnumerable<string> OfGate(GateRecord gate, IEnumerable<GateRecord> earlier)
    {
        if (gate.Outcome is not { } recorded)
        {
            yield break;
        }

        if (gate.Closed != gate.Checks.Length)
        {
            yield return $"{gate.Gate} was closed with {gate.Closed} checks, {gate.Checks.Length} are recorded";
        }

        if (recorded == Outcome.NotExecuted)
        {
            if (gate.Checks.Length > 0)
            {
                yield return $"{gate.Gate} is recorded as NOT_EXECUTED, but has checks";
            }

            if (string.IsNullOrWhiteSpace(gate.Cause))
            {
                yield return $"{gate.Gate} is recorded as NOT_EXECUTED without a cause";
            }
            else if (gate.Observer != "source" && earlier.All(g => g.Outcome is Outcome.Pass or Outcome.Partial))
            {
                yield return $"{gate.Gate} is recorded as NOT_EXECUTED, but every gate before it passed";
            }

            yield break;
        }

        var outcome = OutcomeRules.Of(gate.Checks);
        if (outcome != recorded)
        {
            yield return $"{gate.Gate} is recorded as {recorded.Word()}, its checks give {outcome.Word()}";
        }
        else if (OutcomeRules.CauseOf(gate.Checks) != gate.Cause)
        {
            yield return $"{gate.Gate} records another cause than its checks give";
        }
    }
}
