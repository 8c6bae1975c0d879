namespace IuCutter.Gates;

/// <summary>The outcomes' words, as people and the ledger read them.</summary>
public static class OutcomeNames
{
    public static string Word(this Outcome outcome) => outcome switch
    {
        Outcome.Pass => "PASS",
        Outcome.Partial => "PARTIAL",
        Outcome.Fail => "FAIL",
        Outcome.Blocked => "BLOCKED",
        Outcome.NotExecuted => "NOT_EXECUTED",
    };
}
