import json
import os
import subprocess
import sys
import unittest
from pathlib import Path

from tests.scenes import SAMPLES, command, folder


class CliTests(unittest.TestCase):
    def test_cut_as_json_holds_each_unit_with_its_text(self):
        code, out, _ = command("cut", SAMPLES / "quy-che-du-lieu.md", "--json")
        units = {unit["address"]: unit for unit in json.loads(out)}
        self.assertEqual(0, code)
        self.assertEqual("mức bảo mật;", units["quy-che-du-lieu/3/1/dd"]["text"])

    def test_cut_says_what_is_wrong_and_where_and_still_shows_what_was_cut(self):
        with folder(a_md="Article 1. A\nx\nArticle 1. B\ny\n", b_md=b"\xff") as where:
            code, out, err = command("cut", where / "a.md", where / "b.md")
        self.assertEqual((1, 2), (code, len(out.splitlines())))
        self.assertEqual(["error: b:1: document.encoding: not UTF-8 at byte 0",
                          "error: a:3: unit.duplicate: article 1 is already at line 1"], err.splitlines())
        self.assertIn("cannot read /nowhere/at/all.md", command("cut", "/nowhere/at/all.md")[2])

    def test_no_variable_of_the_environment_turns_execution_on_and_output_is_utf8_in_any_locale(self):
        def module(*arguments):
            environment = {"__execution_enabled__": "True", "IU_CUTTER_EXECUTION_ENABLED": "1", "LC_ALL": "C",
                           "PYTHONIOENCODING": "ascii", "PYTHONDONTWRITEBYTECODE": "1", "SYSTEMROOT": os.environ.get("SYSTEMROOT", "")}
            return subprocess.run([sys.executable, "-m", "iu_cutter", *arguments], cwd=SAMPLES.parent, env=environment,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        refused = module("run", "--mode", "live")
        self.assertEqual((3, b""), (refused.returncode, refused.stdout))
        self.assertIn("mức bảo mật".encode("utf-8"), module("cut", str(Path("documents") / "quy-che-du-lieu.md")).stdout)


if __name__ == "__main__":
    unittest.main()
