import unittest

from iu_cutter import crossref
from tests.scenes import cut, rules

RULES = "Điều 1. A\n1. x:\na) y\nđ) z\nĐiều 2. B\n1. {}\n"


def targets(text):
    return [(r.words, r.target) for unit in cut(text).units for r in crossref.references(unit)]


class CrossReferenceTests(unittest.TestCase):
    def test_a_vietnamese_reference_leads_to_its_point_even_over_two_lines(self):
        self.assertEqual([("điểm đ khoản 1 Điều 1", "doc/1/1/dd")], targets(RULES.format("Theo điểm đ khoản 1 Điều 1.")))
        self.assertEqual([("khoản 1 Điều 1", "doc/1/1")], targets(RULES.format("Theo khoản 1\nĐiều 1 quy chế này.")))

    def test_this_article_is_the_one_the_reference_stands_in_and_outside_any_an_error(self):
        self.assertEqual([("khoản 1 Điều này", "doc/2/1")], targets(RULES.format("Theo khoản 1 Điều này.")))
        self.assertEqual(["reference.unresolved"], rules(cut("Under this Article.\nArticle 1. A\nB\n")))

    def test_both_english_forms_lead_to_the_same_point(self):
        text = "Article 1. A\n1. x:\n(a) y\nArticle 2. B\nSee Article 1(1)(a) and point (a) of clause 1 of Article 1.\n"
        self.assertEqual(["doc/1/1/a", "doc/1/1/a"], [target for _, target in targets(text)])

    def test_a_reference_that_leads_nowhere_is_an_error_with_its_words(self):
        state = cut(RULES.format("Theo khoản 9 Điều 1."))
        self.assertIn("reference.unresolved", rules(state))
        self.assertIn("'khoản 9 Điều 1' leads to doc/1/9", [i.message for i in state.issues if i.severity == "error"][0])

    def test_another_law_is_not_followed(self):
        self.assertEqual([("Điều 99 Luật", "")], targets(RULES.format("Theo Điều 99 Luật Lưu trữ.")))
        self.assertNotIn("reference.unresolved", rules(cut("Article 1. A\nAs Article 99 of the Act asks.\n")))


if __name__ == "__main__":
    unittest.main()
