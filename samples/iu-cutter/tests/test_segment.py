import unittest

from tests.scenes import cut


def shape(state):
    return [(unit.kind, unit.label) for unit in state.units]


class SegmentTests(unittest.TestCase):
    def test_chapter_article_clause_and_point_each_open_a_unit(self):
        state = cut("Chương II\nQUY ĐỊNH\nĐiều 1. Hồ sơ\n1. Gồm:\na) đơn;\n  (đ) bản sao.\n2. Hết.\n")
        self.assertEqual(
            [("chapter", "ii"), ("article", "1"), ("clause", "1"), ("point", "a"), ("point", "đ"), ("clause", "2")],
            shape(state))

    def test_titles_are_read_through_markdown_and_a_chapters_may_stand_below_its_number(self):
        below, beside = cut("CHƯƠNG I\n\nQUY ĐỊNH CHUNG\n\nĐiều 1. A\nB\n"), cut("Chapter 1: General\nArticle 1. A\nB\n")
        self.assertEqual(("QUY ĐỊNH CHUNG", ""), (below.units[0].title, below.units[0].text))
        self.assertEqual("General", beside.units[0].title)
        state = cut("# Title\n\n### Điều 1. Tên\nNội dung.\n**Điều 2. Tên khác**\nNội dung.\n")
        self.assertEqual(["", "Tên", "Tên khác"], [unit.title for unit in state.units])

    def test_a_sentence_that_begins_like_an_article_opens_none(self):
        state = cut("Điều 1. Áp dụng\nĐiều 5 của quy chế cũ hết hiệu lực.\n")
        self.assertEqual([("article", "1")], shape(state))
        self.assertEqual("Điều 5 của quy chế cũ hết hiệu lực.", state.units[0].text)

    def test_a_numbered_list_before_the_first_article_is_preamble(self):
        self.assertEqual("##", cut("##\nArticle 1. Scope\nText.\n").units[0].text)
        state = cut("Contents\n1. Scope\na) terms\nArticle 1. Scope\nText.\n")
        self.assertEqual([("preamble", ""), ("article", "1")], shape(state))
        self.assertEqual("Contents\n1. Scope\na) terms", state.units[0].text)

    def test_lines_without_a_marker_continue_the_open_unit(self):
        state = cut("Article 1. Scope\n1. First line\n   second line\n\n   third line\n")
        self.assertEqual("First line\nsecond line\n\nthird line", state.units[1].text)
        self.assertEqual((2, 6), (state.units[1].first_line, state.units[1].last_line))

    def test_markers_inside_a_code_fence_are_text(self):
        state = cut("Article 1. Form\n1. Write:\n```\n2. not a clause\nArticle 9.\n```\n2. Sign.\n")
        self.assertEqual([("article", "1"), ("clause", "1"), ("clause", "2")], shape(state))
        self.assertIn("Article 9.", state.units[1].text)


if __name__ == "__main__":
    unittest.main()
