#!/usr/bin/env python3
"""Takes each rule of the outcome calculus away in turn, and sees some test fail. A rule that no test misses is reported, and the exit code is 1.

    tests/Mutation/calculus.py            all of them (about half a minute each)
    tests/Mutation/calculus.py verdict    those whose name holds the word

Works in a copy of the sources, so the tree it is started from stays as it is. Its last line: `mutation: N rules taken away, M not missed`.
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parents[2]
SHARED = "src/Shared"
TESTS = "FullyQualifiedName~Unit.Gates|(FullyQualifiedName~Unit.Reports&FullyQualifiedName!~HostileText)|(FullyQualifiedName~SignedLedger&FullyQualifiedName!~Every_flip)"

# (name, file, what the rule says, what is put in its place)
RULES = [
    ("outcome: a check that did not hold fails the gate", "Gates/OutcomeRules.cs", "checks.Any(c => c.Status == CheckStatus.NotHeld)", "false"),
    ("outcome: what could not run without a gap blocks", "Gates/OutcomeRules.cs", "checks.Any(c => !Ran(c) && c.Gap is null)", "false"),
    ("outcome: a gate in which nothing ran has passed nothing", "Gates/OutcomeRules.cs", "if (!checks.Any(Ran))", "if (false)"),
    ("outcome: a gap makes a pass partial", "Gates/OutcomeRules.cs", "checks.Any(c => !Ran(c)) ? Outcome.Partial : Outcome.Pass", "Outcome.Pass"),
    ("evidence: a check needs it", "Gates/OutcomeRules.cs", " && check.Evidence is not null", ""),
    ("evidence: what could not run has not run", "Gates/OutcomeRules.cs", "check.Status != CheckStatus.CouldNotRun && ", ""),
    ("cause: whatever is no pass says why", "Gates/OutcomeRules.cs", 'checks.Count == 0 ? "nothing was checked" : null', "null"),
    ("verdict: A needs every required gate", "Gates/VerdictRules.cs", "required.All(id => gates.Any(g => g.Gate == id))", "true"),
    ("verdict: A needs something required", "Gates/VerdictRules.cs", "required.Count > 0 && ", ""),
    ("verdict: A needs PASS or PARTIAL of each gate", "Gates/VerdictRules.cs", "gates.All(g => g.Outcome is Outcome.Pass or Outcome.Partial)", "true"),
    ("verdict: B needs a measured unchanged target", "Gates/VerdictRules.cs", "target.IsMeasuredUnchanged ? Verdict.B : Verdict.C", "Verdict.B"),
    ("verdict: what was not measured is not unchanged", "Gates/TargetState.cs", "Measured && Changes.IsEmpty", "Changes.IsEmpty"),
    ("verdict: what changed is not unchanged", "Gates/TargetState.cs", "Measured && Changes.IsEmpty", "Measured"),
    ("effect: what changes by itself shows nothing", "Gates/EffectJudgement.cs", "if (first != second)", "if (false)"),
    ("effect: a dry run that finds nothing is not measured", "Gates/EffectJudgement.cs", "mode == RunMode.Dry && !mayBeAbsent && ", "false && "),
    ("effect: a live run changes something", "Gates/EffectJudgement.cs", "(RunMode.Live, false) => (false,", "(RunMode.Live, false) => (true,"),
    ("effect: a dry run changes nothing", "Gates/EffectJudgement.cs", "(RunMode.Dry, true) => (false,", "(RunMode.Dry, true) => (true,"),
    ("attestation: NONE needs a second look", "Gates/Attestation.cs", "looked && !evidence.IsEmpty", "!evidence.IsEmpty"),
    ("attestation: NONE needs evidence", "Gates/Attestation.cs", "looked && !evidence.IsEmpty", "looked"),
    ("attestation: what happened is said", "Gates/Attestation.cs", "happened.Count == 0 ? None : string.Join(\"; \", happened)", "None"),
    ("attestation: anchors need a digest of something", "Reports/AttestationRules.cs", "AnchorReadings.IsDigest)", "_ => true)"),
    ("attestation: anchors that were never read attest nothing", "Reports/AttestationRules.cs", "if (looks is not [{ Evidence.Measured: { Count: > 0 } first }, ..])", "if (looks is not [{ Evidence.Measured: var first }, ..] || first is null)"),
    ("attestation: a first reading of the anchors that did not hold attests nothing", "Reports/AttestationRules.cs", "looks[0].Status != CheckStatus.Held || !first", "!first"),
    ("attestation: anchors need a last look", "Reports/AttestationRules.cs", "Id, Subject, last is not null, NotLooked,", "Id, Subject, true, NotLooked,"),
    ("attestation: anchors that differ are said though no change is told", "Reports/AttestationRules.cs", "last.GetValueOrDefault(f.Key) != f.Value", "false"),
    ("attestation: the first look comes before all deeds, the last after them", "Reports/OperationRecord.cs", "deeds is [{ Event: LedgerEvent.TargetSeen } first, .., { Event: LedgerEvent.TargetSeen } last]", "deeds.Where(d => d.Event is LedgerEvent.TargetSeen).ToList() is [var first, .., var last]"),
    ("attestation: a reading of the switch ages with each command", "Reports/AttestationRules.cs", "later.Count == 0 && readings.All(", "readings.All("),
    ("attestation: a gate without an end may have run anything", "Reports/AttestationRules.cs", "g is { Gate: GateId.G5 or GateId.G6, Outcome: null }", "false"),
    ("attestation: the switch needs its last reading", "Reports/AttestationRules.cs", "readings.All(r => OutcomeRules.Ran(r.Last()))", "true"),
    ("attestation: the oldest last reading counts", "Reports/AttestationRules.cs", "readings.Min(", "readings.Max("),
    ("attestation: a switch check that did not hold is said", "Reports/AttestationRules.cs", "readings.SelectMany(r => r).Where(c => c.Status == CheckStatus.NotHeld && OutcomeRules.Ran(c))", "readings.SelectMany(r => r).Where(_ => false)"),
    ("attestation: an open network attests nothing", "Reports/AttestationRules.cs", "{ Network: true } or ", ""),
    ("attestation: no fence attests nothing", "Reports/AttestationRules.cs", ' or { Sandbox: "T0" }', ""),
    ("attestation: a value that was not masked attests nothing", "Reports/AttestationRules.cs", "bare.Count > 0 ?", "false ?"),
    ("attestation: a change of the host is said", "Reports/AttestationRules.cs", "first.Measured[k] != last.Measured[k]", "false"),
    ("replay: a recorded outcome is the checks' own", "Reports/Recomputation.cs", "if (outcome != recorded)", "if (false)"),
    ("replay: a recorded verdict is the gates' own", "Reports/Recomputation.cs", "if (verdict != end.Verdict)", "if (false)"),
    ("replay: an unchanged target was read twice", "Reports/Recomputation.cs", "operation.Looks is not null", "true"),
    ("replay: two readings of the slot that differ are a change", "Reports/Recomputation.cs", "&& first.Slot != last.Slot", "&& first.Slot.Length > 999"),
    ("replay: no check is lost between begin and close", "Reports/Recomputation.cs", "if (gate.Closed != gate.Checks.Length)", "if (false)"),
    ("replay: NOT_EXECUTED names its cause", "Reports/Recomputation.cs", "if (string.IsNullOrWhiteSpace(gate.Cause))", "if (false)"),
    ("replay: NOT_EXECUTED comes after what stopped", "Reports/Recomputation.cs", 'gate.Observer != "source" && earlier.All(g => g.Outcome is Outcome.Pass or Outcome.Partial)', "false"),
    ("replay: NOT_EXECUTED has no checks", "Reports/Recomputation.cs", "if (gate.Checks.Length > 0)", "if (false)"),
    ("replay: no check counts twice", "Reports/Recomputation.cs", "g.Count() > 1", "false"),
    ("ledger: lines are numbered without a gap", "Ledgers/LedgerChain.cs", "if (entry.Seq != Entries + 1)", "if (false)"),
    ("ledger: a line holds the digest of the one before", "Ledgers/LedgerChain.cs", "if (entry.Prev != Head)", "if (false)"),
    ("ledger: the signature is genuine", "Ledgers/SignedLedger.cs", "if (!receipt.Verifies())", "if (false)"),
    ("ledger: the last line is the signed one", "Ledgers/SignedLedger.cs", "chain.Head == receipt.Head", "true"),
    ("ledger: it goes on under the same key", "Ledgers/SignedLedger.cs", "before is not null && before.PublicKey != receipt.PublicKey", "false"),
]


def run(place):
    build = subprocess.run(["dotnet", "build", "tests/Unit", "--nologo", "-v", "q", "-p:TreatWarningsAsErrors=false", "-p:RunAnalyzers=false", "-clp:ErrorsOnly"],
                           cwd=place, capture_output=True, text=True)
    if build.returncode != 0:
        return "does not compile", build.stdout
    tests = subprocess.run(["dotnet", "test", "tests/Unit", "--no-build", "--nologo", "--filter", TESTS], cwd=place, capture_output=True, text=True)
    return ("green" if tests.returncode == 0 else "red"), tests.stdout


def main():
    wanted = [r for r in RULES if all(w in r[0] for w in sys.argv[1:])]
    missed = 0
    with tempfile.TemporaryDirectory() as place:
        place = pathlib.Path(place) / "sources"
        shutil.copytree(HERE, place, ignore=shutil.ignore_patterns("artifacts", ".git"))
        state, said = run(place)
        if state != "green":
            sys.exit(f"the tests are {state} before anything is taken away:\n{said[-3000:]}")
        for name, file, rule, instead in wanted:
            path = place / SHARED / file
            whole = path.read_text()
            if whole.count(rule) != 1:
                sys.exit(f"{name}: the rule is {whole.count(rule)} times in {file}: {rule}")
            path.write_text(whole.replace(rule, instead))
            state, said = run(place)
            path.write_text(whole)
            if state != "red":
                missed += 1
            print(f"{'missed' if state == 'red' else 'NOT MISSED (' + state + ')'}  {name}", flush=True)
    print(f"mutation: {len(wanted)} rules taken away, {missed} not missed")
    sys.exit(1 if missed or not wanted else 0)


main()
