import unittest

from tests.scenes import cut, rules


class ValidateTests(unittest.TestCase):
    def test_a_text_without_articles_is_an_error(self):
        self.assertEqual(["document.no-articles"], rules(cut("Dear all,\n1. thank you.\n")))

    def test_an_article_that_says_nothing_is_an_error_unless_clauses_say_it(self):
        self.assertEqual([("unit.empty", 3)], [(i.rule, i.line) for i in cut("Article 1. A\nB\nArticle 2. C\n").issues])
        self.assertEqual([], rules(cut("Article 1. A\n1. b\n")))

    def test_a_missing_number_is_a_warning_and_an_inserted_one_is_not(self):
        state = cut("Article 1. A\n1. x\n3. y\nArticle 3. B\nz\n")
        self.assertEqual(["warning", "warning"], [issue.severity for issue in state.issues])
        self.assertEqual(["article 3 where 2 was expected", "clause 3 where 2 was expected"],
                         [issue.message for issue in state.issues])
        self.assertEqual([], rules(cut("Điều 1. A\nx\nĐiều 1a. B\ny\nĐiều 1b. C\nz\nĐiều 2. D\nw\n")))

    def test_points_keep_the_vietnamese_or_the_latin_alphabet(self):
        def points(letters):
            return rules(cut("Điều 1. A\n1. B:\n" + "".join(f"{letter}) x\n" for letter in letters)))
        self.assertEqual([], points("abcdđegh"))
        self.assertEqual([], points("abcdefgh"))
        self.assertEqual(["unit.sequence"], points("abdc"))
        self.assertEqual(["unit.sequence"], points("abcdđf"))


if __name__ == "__main__":
    unittest.main()
