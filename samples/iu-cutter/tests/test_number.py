import unittest

from tests.scenes import addresses, cut, rules


class NumberTests(unittest.TestCase):
    def test_addresses_follow_the_documents_own_numbers_and_clauses_the_article_above_them(self):
        state = cut("Intro\nChapter 2. B\nArticle 1. C\n1. D:\na) e\n2. F\n")
        self.assertEqual(["doc/0", "doc/ch-2", "doc/1", "doc/1/1", "doc/1/1/a", "doc/1/2"], addresses(state))
        self.assertEqual(["IU-0001", "IU-0006"], [state.units[0].number, state.units[-1].number])
        state = cut("Article 1. A\n1. x\n2. y\nArticle 2. B\n1. z\n")
        self.assertEqual(["doc/1", "doc/1/1", "doc/1/2", "doc/2", "doc/2/1"], addresses(state))
        self.assertEqual([], state.issues)

    def test_a_point_directly_under_an_article_is_not_given_to_the_last_clause_before_it(self):
        state = cut("Article 1. A\n1. x\nArticle 2. B\na) y\nb) z\n")
        self.assertEqual(["doc/2/a", "doc/2/b"], addresses(state)[-2:])

    def test_a_duplicate_article_keeps_its_own_clauses_and_is_an_error(self):
        state = cut("Article 1. A\n1. x\nArticle 1. B\n1. y\nArticle 1. C\nz\n")
        self.assertEqual(["doc/1", "doc/1/1", "doc/1~2", "doc/1~2/1", "doc/1~3"], addresses(state))
        self.assertEqual(["unit.duplicate"] * 2, [rule for rule in rules(state) if rule == "unit.duplicate"])
        self.assertIn("already at line 1", state.issues[0].message)

    def test_the_letter_d_with_a_stroke_has_an_address_of_its_own(self):
        state = cut("Điều 1. A\n1. B:\na) x\nb) x\nc) x\nd) x\nđ) x\n")
        self.assertEqual(["doc/1/1/d", "doc/1/1/dd"], addresses(state)[-2:])
        self.assertEqual([], state.issues)

    def test_roman_and_arabic_chapters_share_one_numbering_and_a_numeral_that_is_none_is_an_error(self):
        self.assertEqual(["doc/ch-14", "doc/1"], addresses(cut("Chương XIV\nTÊN\nĐiều 1. A\nB\n")))
        self.assertIn("unit.duplicate", rules(cut("Chapter IV\nArticle 1. A\nB\nChapter 4\nArticle 2. C\nD\n")))
        self.assertEqual(["chapter.label"], rules(cut("Chương IIX\nTÊN\nĐiều 1. A\nB\n")))

    def test_inserting_a_unit_moves_no_other_address_or_digest(self):
        before = cut("Article 1. A\n1. x\nArticle 2. B\n1. y\n")
        after = cut("Intro\n\nArticle 1. A\n1. x\nArticle 1a. New\nz\nArticle 2. B\n1. y\n")
        kept = {unit.address: unit.digest for unit in after.units}
        for unit in before.units:
            self.assertEqual(unit.digest, kept[unit.address])


if __name__ == "__main__":
    unittest.main()
