using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using IuCutter.Gates;
using IuCutter.Ledgers;

namespace IuCutter.Reports;

/// <summary>The eight documents of an operation, from its record alone.</summary>
internal static class ReportDocuments
{
    public static ImmutableArray<ReportDocument> Of(OperationRecord operation) =>
    [
        new("01-source-survey", "Source survey", [.. Subject(operation), .. Gates(operation, GateId.G0, GateId.G1)]),
        new("02-target-survey", "Target survey", [.. Gates(operation, GateId.G3), .. HostAsSeen(operation)]),
        new("03-plan-and-rollback", "Plan and rollback", [.. Plan(operation)]),
        new("04-transfer-and-staging", "Transfer and staging log", [.. Gates(operation, GateId.G2, GateId.G4), .. Deeds(operation)]),
        new("05-post-deploy-checks", "Post-deploy checks", [.. Gates(operation, GateId.G5)]),
        new("06-smoke", "Smoke result", [.. Gates(operation, GateId.G6)]),
        new("07-disable-and-rollback-safety", "Disable and rollback safety", [.. Gates(operation, GateId.G7), .. Attestations(operation, "kill-switch", "earlier-releases", "hard-deletes")]),
        new("08-final-report", "Final report", [.. Final(operation)]),
    ];

    /// <summary>Verdict and reason in one sentence.</summary>
    public static string Sentence(OperationRecord operation) => operation.End is { } end
        ? $"Verdict {end.Verdict}: {end.Reason}."
        : "The operation has not ended: no verdict yet.";

    public static ImmutableArray<ImmutableArray<string>> GateRows(OperationRecord operation) =>
    [
        .. operation.Gates.Select(g => (ImmutableArray<string>)
        [
            g.Gate.ToString(), g.Gate.Subject(), g.Outcome?.Word() ?? "open", Held(g), ReportText.Time(g.Milliseconds), g.Observer, g.Cause ?? "",
        ]),
    ];

    private static string Held(GateRecord gate) =>
        string.Create(CultureInfo.InvariantCulture, $"{gate.Checks.Count(c => c.Status == CheckStatus.Held)}/{gate.Checks.Length}");

    private static IEnumerable<Block> Subject(OperationRecord operation)
    {
        var facts = ImmutableArray.CreateBuilder<(string, string)>();
        facts.Add(("operation", operation.Id));
        facts.Add(("kind", operation.Order.Operation));
        facts.Add(("slot", operation.Order.Slot));
        facts.Add(("release", operation.Order.Release ?? "none named"));
        facts.Add(("asked for by", operation.Order.RequestedBy));
        facts.Add(("begun", ReportText.Moment(operation.Began)));
        if (operation.Order.Push is { } push)
        {
            facts.Add(("commit", push.Commit));
            facts.Add(("repository", push.Repository));
            facts.Add(("ref", push.Ref.Length == 0 ? "none" : push.Ref));
            facts.Add(("artifact", $"{push.ArtifactFormat}, sha256 {push.ArtifactSha256}"));
            facts.Add(("manifest sha256", push.ManifestSha256));
        }

        yield return new Block.Facts(facts.ToImmutable());
    }

    private static List<Block> Gates(OperationRecord operation, params ReadOnlySpan<GateId> wanted)
    {
        var blocks = new List<Block>();
        foreach (var id in wanted)
        {
            if (operation.Gates.FirstOrDefault(g => g.Gate == id) is not { } gate)
            {
                blocks.Add(new Block.Heading($"{id} {id.Subject()}"));
                blocks.Add(new Block.Paragraph($"A {operation.Order.Operation} has no such gate, or did not come to it."));
                continue;
            }

            blocks.AddRange(GateBlocks(gate));
        }

        return blocks;
    }

    private static IEnumerable<Block> GateBlocks(GateRecord gate)
    {
        yield return new Block.Heading($"{gate.Gate} {gate.Gate.Subject()}: {gate.Outcome?.Word() ?? "open"}");
        yield return new Block.Paragraph(
            $"Seen by the {gate.Observer} host, begun {ReportText.Moment(gate.Begun)}, {ReportText.Time(gate.Milliseconds)}.{(gate.Cause is null ? "" : $" {gate.Cause}.")}");
        if (gate.Checks.IsEmpty)
        {
            yield break;
        }

        yield return new Block.Table(
            ["check", "status", "statement", "expected", "seen", "took"],
            [.. gate.Checks.Select(c => (ImmutableArray<string>)[c.Id, Word(c), c.Statement, c.Expected, SeenOf(c), c.Evidence is { } e ? ReportText.Time(e.Milliseconds) : "-"])]);
        foreach (var check in gate.Checks.Where(c => c.Evidence?.Command is not null))
        {
            var command = check.Evidence!.Command!;
            yield return new Block.Paragraph($"{check.Id} ran `{string.Join(' ', command.Arguments)}`");
            yield return new Block.Facts(CommandFacts(check.Evidence, command));
            if (command.Tail.Length > 0)
            {
                yield return new Block.Output(command.Tail);
            }
        }

        foreach (var check in gate.Checks.Where(c => c.Evidence is { Command: null, Measured.Count: > 0 }))
        {
            yield return new Block.Paragraph($"{check.Id} measured");
            yield return new Block.Facts([.. check.Evidence!.Measured!.Select(m => (m.Key, m.Value))]);
        }
    }

    private static ImmutableArray<(string, string)> CommandFacts(Evidence evidence, CommandEvidence command)
    {
        var ended = command.TimedOut ? "at its time limit" : command.Signal is { } signal ? $"by signal {signal}" : $"with exit code {command.ExitCode}";
        var facts = ImmutableArray.CreateBuilder<(string, string)>();
        facts.Add(("in", command.WorkingDirectory));
        facts.Add(("started", ReportText.Moment(evidence.Started)));
        facts.Add(("took", ReportText.Time(evidence.Milliseconds)));
        facts.Add(("ended", ended));
        facts.Add(("sandbox", $"{command.Sandbox}, network {(command.Sandbox == "T0" ? "not fenced" : command.Network ? "open" : "closed")}"));
        facts.Add(("variables", string.Join(' ', command.EnvironmentNames)));
        if (command.NotMasked is { IsDefaultOrEmpty: false } bare)
        {
            facts.Add(("not masked", string.Join(' ', bare)));
        }

        facts.Add(("output", string.Create(CultureInfo.InvariantCulture, $"{command.OutputBytes} bytes{(command.OutputTruncated ? ", kept in part" : "")}, sha256 {command.OutputSha256}")));
        if (command.Tests is { } tests)
        {
            facts.Add(("tests", string.Create(CultureInfo.InvariantCulture, $"{tests.Total} counted: {tests.Passed} passed, {tests.Failed} failed, {tests.Skipped} skipped")));
        }

        return facts.ToImmutable();
    }

    private static string Word(Check check) => check.Status switch
    {
        CheckStatus.Held => "held",
        CheckStatus.NotHeld => "did not hold",
        CheckStatus.CouldNotRun => "could not run",
    };

    private static string SeenOf(Check check) => check.Gap is { } gap ? $"{check.Seen} (gap {gap.Id}, owner {gap.Owner})" : check.Seen;

    private static IEnumerable<Block> HostAsSeen(OperationRecord operation)
    {
        yield return new Block.Heading("What ran on the host");
        var seen = operation.Deeds.Where(d => d.Event is LedgerEvent.HostSeen).ToList();
        if (seen.Count == 0)
        {
            yield return new Block.Paragraph("The host was not looked at.");
        }

        foreach (var entry in seen)
        {
            yield return new Block.Paragraph($"Seen {ReportText.Moment(entry.At)} (line {entry.Seq})");
            yield return new Block.Facts([.. ((LedgerEvent.HostSeen)entry.Event).Measured.Select(m => (m.Key, m.Value))]);
        }
    }

    private static IEnumerable<Block> Plan(OperationRecord operation)
    {
        yield return new Block.Heading("What was to be done");
        yield return new Block.Facts([("slot", operation.Order.Slot), ("to release", operation.Order.Release ?? "none named")]);
        if (operation.Checks.FirstOrDefault(c => c.Id == "G3.plan") is { } plan)
        {
            yield return new Block.Paragraph($"Locked plan: {plan.Seen}");
        }

        if (operation.Checks.FirstOrDefault(c => c.Id == "G3.approval") is { } approval)
        {
            yield return new Block.Paragraph($"Approval: {approval.Seen}");
        }

        if (operation.Order.Push is { } push)
        {
            yield return new Block.Paragraph("By this configuration, as the commit has it and detection completed it:");
            yield return new Block.Output(Encoding.UTF8.GetString(LedgerJson.Canonical(push.Configuration)));
        }

        yield return new Block.Heading("The way back");
        var ways = operation.Checks.Where(c => c.Id is "G3.way-back" or "G7.way-back.tried" or "G7.way-back.whole").ToList();
        yield return ways.Count == 0
            ? new Block.Paragraph("No way back was looked at.")
            : new Block.Table(["check", "status", "expected", "seen"], [.. ways.Select(c => (ImmutableArray<string>)[c.Id, Word(c), c.Expected, c.Seen])]);
        yield return new Block.Output(operation.End?.Undo ?? (operation.End is { Changes.IsEmpty: true } ? "nothing is changed: there is nothing to undo" : $"iucutter rollback --slot {operation.Order.Slot}"));
    }

    private static IEnumerable<Block> Deeds(OperationRecord operation)
    {
        yield return new Block.Heading("What was done to the target, line by line");
        var rows = operation.Deeds.Where(d => d.Event is not LedgerEvent.HostSeen)
            .Select(d => (ImmutableArray<string>)[d.Seq.ToString(CultureInfo.InvariantCulture), ReportText.Moment(d.At), Deed(d.Event)])
            .ToImmutableArray();
        yield return rows.IsEmpty ? new Block.Paragraph("Nothing.") : new Block.Table(["line", "when", "what"], rows);
    }

    private static string Deed(LedgerEvent what) => what switch
    {
        LedgerEvent.StepIntended s => $"about to {s.Step} {s.Release}",
        LedgerEvent.StepDone s => $"done: {s.Step} {s.Release}",
        LedgerEvent.ReleaseStaged s => string.Create(CultureInfo.InvariantCulture, $"release {s.Release} staged: {s.Entries} entries, {s.Bytes} bytes, manifest sha256 {s.ManifestSha256}"),
        LedgerEvent.SlotSwitched s => $"slot {s.Slot}: {s.Previous ?? "nothing"} -> {s.Release ?? "nothing"} ({s.Why})",
        LedgerEvent.ReleaseProved p => $"release {p.Release} proved in slot {p.Slot}",
        LedgerEvent.ApprovalUsed a => $"approval by {a.Approver} (key {a.Key}, nonce {a.Nonce}) of plan {a.PlanSha256} used",
        LedgerEvent.ReleaseRemoved r => $"release {r.Release} removed: {r.Why}",
        LedgerEvent.TargetSeen t => string.Create(CultureInfo.InvariantCulture, $"the target was read: {t.Slot} at the slot, {t.Releases.Count} releases, neighbours sha256 {t.NeighboursSha256}"),
        _ => what.GetType().Name,
    };

    private static IEnumerable<Block> Attestations(OperationRecord operation, params string[] ids)
    {
        yield return new Block.Heading("Attestations");
        yield return new Block.Table(
            ["attestation", "says", "basis", "evidence"],
            [
                .. AttestationRules.Of(operation).Where(a => ids.Length == 0 || ids.Contains(a.Id, StringComparer.Ordinal))
                    .Select(a => (ImmutableArray<string>)[$"{a.Id}: {a.Subject}", a.Says, BasisWord(a.Basis), a.Evidence.IsEmpty ? "-" : string.Join(' ', a.Evidence)]),
            ]);
    }

    public static string BasisWord(AttestationBasis basis) => basis switch
    {
        AttestationBasis.Observed => "observed",
        AttestationBasis.Enforced => "enforced",
        AttestationBasis.NotObserved => "not observed",
    };

    private static IEnumerable<Block> Final(OperationRecord operation)
    {
        yield return new Block.Paragraph(Sentence(operation));
        yield return new Block.Facts([.. Subject(operation).OfType<Block.Facts>().Single().Items, ("ended", operation.Ended is { } at ? ReportText.Moment(at) : "not yet")]);
        yield return new Block.Heading("Gate ledger");
        yield return new Block.Table(["gate", "subject", "outcome", "held", "took", "seen by", "cause"], GateRows(operation));
        yield return new Block.Heading("Changes on the target");
        yield return operation.End is { Changes: { IsEmpty: false } changes }
            ? new Block.Table(["change"], [.. changes.Select(c => (ImmutableArray<string>)[c])])
            : new Block.Paragraph(operation.End is null ? "Not measured yet." : operation.Looks is null ? "Not measured: nobody can say." : "None, as measured.");
        yield return new Block.Heading("Findings");
        var findings = operation.Checks.Where(c => c.Status == CheckStatus.NotHeld).Select(c => (ImmutableArray<string>)[c.Id, c.Statement, c.Expected, c.Seen]).ToImmutableArray();
        yield return findings.IsEmpty ? new Block.Paragraph("Every check that ran held.") : new Block.Table(["check", "statement", "expected", "seen"], findings);
        yield return new Block.Heading("Gaps");
        var gaps = operation.Checks.Where(c => c.Gap is not null).Select(c => (ImmutableArray<string>)[c.Gap!.Id, c.Gap.Statement, c.Gap.Owner, c.Id]).ToImmutableArray();
        yield return gaps.IsEmpty ? new Block.Paragraph("None.") : new Block.Table(["gap", "statement", "owner", "check"], gaps);
        foreach (var block in Attestations(operation))
        {
            yield return block;
        }

        yield return new Block.Heading("Next step");
        yield return new Block.Output(operation.End?.Next ?? (operation.End is null ? "wait for the end" : "nothing advances by itself; the way back is above"));
    }
}
