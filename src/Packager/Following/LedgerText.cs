using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Packager.Showing;

namespace IuCutter.Packager.Following;

/// <summary>Ledger lines as people read them.</summary>
internal static class LedgerText
{
    public static string Line(LedgerEntry entry) =>
        SafeText.Line($"{entry.Seq,6}  {Amount.Moment(entry.At)}  {(entry.Operation.Length == 0 ? "(agent)" : entry.Operation),-26}  {What(entry.Event)}");

    private static string What(LedgerEvent what) => what switch
    {
        LedgerEvent.AgentStarted started => $"agent {started.Version} started on {started.Host}, releases in {started.DeployRoot}",
        LedgerEvent.OperationBegun begun => $"{begun.Operation} begun for slot {begun.Slot} by {begun.RequestedBy}{(begun.Release is null ? "" : ": " + begun.Release)}",
        LedgerEvent.GateBegun gate => $"{gate.Gate} {gate.Gate.Subject()} begun (seen by the {gate.Observer} host)",
        LedgerEvent.CheckMade made => Check(made.Check),
        LedgerEvent.GateClosed closed => $"{closed.Gate} {closed.Outcome.Word()}, {Amount.Count(closed.Checks, "check")}, {Amount.Time(closed.Milliseconds)}{Because(closed.Cause)}",
        LedgerEvent.StepIntended intended => $"about to {intended.Step} {intended.Release}",
        LedgerEvent.StepDone done => $"done: {done.Step} {done.Release}",
        LedgerEvent.ReleaseStaged staged => $"staged {staged.Release}: {Amount.Count(staged.Entries, "entry", "entries")}, {Amount.Bytes(staged.Bytes)}",
        LedgerEvent.SlotSwitched switched => $"slot {switched.Slot}: {switched.Previous ?? "(nothing)"} -> {switched.Release ?? "(nothing)"} ({switched.Why})",
        LedgerEvent.ReleaseProved proved => $"proved {proved.Release} in slot {proved.Slot}",
        LedgerEvent.ReleaseRemoved removed => $"removed {removed.Release}: {removed.Why}",
        LedgerEvent.TargetSeen seen => $"saw the target: {seen.Slot} at the slot",
        LedgerEvent.HostSeen seen => $"saw the host: {string.Join(", ", seen.Measured.Keys)}",
        LedgerEvent.ApprovalUsed used => $"used the approval by {used.Approver} (key {used.Key}) of plan {used.PlanSha256}",
        LedgerEvent.OperationEnded ended => $"ended with verdict {ended.Verdict}: {ended.Reason}",
        LedgerEvent.GapClosed closed => $"gap {closed.Word.Gap} of slot {closed.Word.Slot} closed by {closed.Word.Who}'s word: {closed.Word.Why}",
        _ => what.ToString(),
    };

    private static string Check(Check check) => check.Status switch
    {
        CheckStatus.Held => $"{check.Id} held: {check.Statement}: {check.Seen}",
        CheckStatus.NotHeld => $"{check.Id} did not hold: {check.Statement}: expected {check.Expected}, got {check.Seen}",
        CheckStatus.CouldNotRun => $"{check.Id} did not run: {check.Statement}: {check.Gap?.Statement ?? check.Seen}",
    };

    private static string Because(string? cause) => cause is null ? "" : $": {cause}";
}
