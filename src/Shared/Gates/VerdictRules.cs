namespace IuCutter.Gates;

/// <summary>The rules that turn gates and the measured target into the verdict. Total and pure.</summary>
public static class VerdictRules
{
    /// <param name="gates">Each gate that the operation had to run, with its outcome.</param>
    /// <param name="required">The gates without which there is no A.</param>
    public static Verdict Of(IReadOnlyCollection<GateResult> gates, IReadOnlyCollection<GateId> required, TargetState target)
    {
        var complete = required.Count > 0 && required.All(id => gates.Any(g => g.Gate == id));
        if (complete && gates.All(g => g.Outcome is Outcome.Pass or Outcome.Partial))
        {
            return Verdict.A;
        }

        return target.IsMeasuredUnchanged ? Verdict.B : Verdict.C;
    }
}
