import unittest
from pathlib import Path
from unittest import mock

from iu_cutter import intake
from iu_cutter.model import DRY_RUN, CutError, Run
from tests.scenes import folder, rules


class IntakeTests(unittest.TestCase):
    def test_a_vietnamese_file_name_becomes_an_ascii_code_and_one_without_letters_is_refused(self):
        self.assertEqual("quy-dinh-ve-dieu-do-2", intake.document_code(Path("Quy định về Điều độ (2).md")))
        with self.assertRaisesRegex(CutError, "document code"):
            intake.document_code(Path("---.md"))

    def test_sources_come_in_order_of_name_and_other_files_are_left_alone(self):
        with folder(b_txt="x", a_md="x", index_json="{}", c_MD="x") as where:
            self.assertEqual(["a.md", "b.txt", "c.MD"], [path.name for path in intake.sources_in(where)])

    def test_two_files_with_one_code_are_an_error_and_the_second_is_not_taken(self):
        with folder(rule_md="first", rule_txt="second") as where:
            state = Run(DRY_RUN, intake.sources_in(where))
            counts = intake.run(state)
        self.assertEqual({"documents": 1, "bytes": 5}, counts)
        self.assertEqual(["document.code-taken"], rules(state))

    def test_a_document_over_the_limit_is_refused_with_the_limit_named(self):
        with folder(a_md="12345") as where, mock.patch.object(intake, "MAX_BYTES", 4):
            with self.assertRaisesRegex(CutError, "more than 4 bytes"):
                intake.read(where / "a.md")


if __name__ == "__main__":
    unittest.main()
