import json
import unittest
from unittest import mock

import iu_cutter
from iu_cutter import orchestrator, switch
from iu_cutter.model import DRY_RUN, LIVE, CutError, Run
from iu_cutter.intake import sources_in
from tests.scenes import SAMPLES, command, contents, folder

# Whoever changes what a unit is changes the address of years of records: then, and only then, this digest changes.
SAMPLE_UNITS = "ab1f95a9ca30249eaea2c3040db46cc9aed5a6b4527f6f9721c6f117a1d6e361"
RULE = "Article 1. A\n1. x\n2. y\n"


def run(where, mode=DRY_RUN, output=None):
    state = Run(mode, sources_in(where), where / "index.json", output)
    return state, orchestrator.execute(state)


class RunTests(unittest.TestCase):
    def test_the_phases_are_these_and_run_in_this_order(self):
        expected = [
            "intake",
            "normalise",
            "segment",
            "classify",
            "number",
            "cross-reference",
            "validate",
            "diff",
            "plan",
            "write",
            "audit",
        ]
        _, done = run(SAMPLES)
        self.assertEqual(expected, [phase.name for phase in done])

    def test_the_sample_documents_cut_to_the_digest_they_always_had(self):
        state, done = run(SAMPLES)
        self.assertEqual([], state.issues)
        self.assertEqual(SAMPLE_UNITS, orchestrator.summary(state, done)["units"])

    def test_a_dry_run_writes_nothing_and_twice_prints_the_same(self):
        before = contents(SAMPLES)
        first = command("run", "--mode", "dry-run", "--documents", SAMPLES)
        self.assertEqual(first, command("run", "--mode", "dry-run", "--documents", SAMPLES))
        self.assertEqual(before, contents(SAMPLES))
        self.assertEqual(0, first[0])

    def test_an_error_stops_the_run_after_validation_and_names_what_was_not_executed(self):
        with folder(a_md="Article 1. A\nx\nArticle 1. B\ny\n") as where:
            code, out, err = command("run", "--mode", "dry-run", "--documents", where)
        self.assertEqual(1, code)
        self.assertIn("error: a:3: unit.duplicate", err)
        self.assertEqual(["diff", "plan", "write", "audit"], json.loads(out[out.index("{"):])["not_executed"])

    def test_the_plan_tells_created_updated_and_retired_units(self):
        with folder(a_md=RULE) as where, folder() as target, mock.patch.object(iu_cutter, "__execution_enabled__", True):
            run(where, LIVE, target)
            (where / "index.json").write_bytes((target / "index.json").read_bytes())
            (where / "a.md").write_text("Article 1. A\n1. x changed\n3. new\n", encoding="utf-8")
            state, _ = run(where)
        self.assertEqual([("create", "a/1/3"), ("update", "a/1/1"), ("retire", "a/1/2")],
                         [(step["operation"], step["address"]) for step in state.plan])

    def test_a_damaged_index_is_never_taken_for_an_empty_one(self):
        for damage in ("", "[]", '{"format": "iu-index 2", "units": {}}', '{"format": "iu-index 1", "units": {"a": "1"}}'):
            with self.subTest(damage=damage), folder(a_md=RULE, index_json=damage) as where:
                with self.assertRaisesRegex(CutError, "index"):
                    run(where)

    def test_the_audit_notices_a_source_that_changed_meanwhile(self):
        with folder(a_md=RULE) as where:
            state = Run(DRY_RUN, sources_in(where))
            orchestrator.execute(state, until="write")
            (where / "a.md").write_text(RULE + "3. z\n", encoding="utf-8")
            with self.assertRaisesRegex(CutError, "changed while"):
                orchestrator.PHASES[-1].run(state)


class SwitchTests(unittest.TestCase):
    REFUSAL = "refused: live execution is disabled by __execution_enabled__ = False\n"

    def test_a_live_run_is_refused_before_any_phase_or_file(self):
        with folder(a_md=RULE) as where, mock.patch.object(orchestrator, "PHASES", ()):
            before = contents(where)
            result = command("run", "--mode", "live", "--documents", where, "--output", where / "out")
            self.assertEqual(before, contents(where))
            self.assertFalse((where / "out").exists())
        self.assertEqual((3, "", self.REFUSAL), result)
        self.assertEqual((3, "", self.REFUSAL), command("run", "--mode", "live", "--documents", "/nowhere/at/all"))

    def test_the_orchestrator_refuses_on_its_own_and_takes_no_other_mode_for_a_dry_run(self):
        first = mock.Mock(return_value={})
        with mock.patch.object(orchestrator, "PHASES", (orchestrator.Phase("intake", first),)):
            with self.assertRaises(switch.ExecutionRefused):
                orchestrator.execute(Run(LIVE, []))
            with self.assertRaisesRegex(ValueError, "simulate"):
                orchestrator.execute(Run("simulate", []))
        first.assert_not_called()

    def test_only_the_literal_true_is_on(self):
        for value in (1, "True", [True], None):
            with self.subTest(value=value), mock.patch.object(iu_cutter, "__execution_enabled__", value):
                self.assertEqual("execution: off\n", command("switch")[1])
                self.assertEqual(3, command("run", "--mode", "live")[0])

    def test_with_the_switch_on_a_live_run_writes_what_a_dry_run_rendered(self):
        with folder(a_md=RULE) as where, folder() as target:
            dry, _ = run(where)
            with mock.patch.object(iu_cutter, "__execution_enabled__", True):
                _, done = run(where, LIVE, target)
            self.assertEqual(dry.files, contents(target))
        self.assertEqual({"sources": 1, "lines": 3, "verified": 2}, done[-1].counts)


if __name__ == "__main__":
    unittest.main()
