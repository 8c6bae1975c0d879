import unicodedata
import unittest

from tests.scenes import cut, rules

RULE = "Điều 1. Phạm vi\n1. Bên gửi phải nộp bản kê.\n"


def digests(state):
    return [unit.digest for unit in state.units]


class NormaliseTests(unittest.TestCase):
    def test_crlf_and_lone_cr_cut_like_lf(self):
        for ending in ("\r\n", "\r"):
            with self.subTest(ending=ending):
                self.assertEqual(digests(cut(RULE)), digests(cut(RULE.replace("\n", ending))))

    def test_a_byte_order_mark_is_no_part_of_the_text(self):
        state = cut(b"\xef\xbb\xbf" + RULE.encode("utf-8"))
        self.assertEqual(digests(cut(RULE)), digests(state))
        self.assertEqual("article", state.units[0].kind)

    def test_decomposed_vietnamese_gives_the_digests_of_composed(self):
        decomposed = unicodedata.normalize("NFD", RULE)
        self.assertNotEqual(RULE, decomposed)
        self.assertEqual(digests(cut(RULE)), digests(cut(decomposed)))

    def test_an_empty_document_is_an_error_and_so_is_one_of_blanks(self):
        for text in ("", "\n \t\r\n\u00a0\n", b"\xef\xbb\xbf"):
            with self.subTest(text=text):
                state = cut(text)
                self.assertEqual(["document.empty"], rules(state))
                self.assertEqual([], state.units)

    def test_invalid_utf8_is_refused_with_its_byte_and_line(self):
        state = cut(b"Article 1. Scope\nGood line\nBad \xff line\n")
        self.assertEqual(["document.encoding"], rules(state))
        self.assertEqual(3, state.issues[0].line)
        self.assertIn("byte 31", state.issues[0].message)
        self.assertEqual(["document.encoding"], rules(cut(RULE.encode("utf-16"))))

    def test_a_line_of_two_million_characters_is_refused_at_once(self):
        state = cut("Article 1. Scope\n" + "article " * 250_000)
        self.assertEqual(["document.line"], rules(state))
        self.assertEqual(2, state.issues[0].line)

    def test_control_characters_and_reordering_marks_are_refused(self):
        for character in ("\0", "\x1b", "\x7f", "\u009b", "\u202e", "\u2066"):
            with self.subTest(character=ascii(character)):
                state = cut(f"Article 1. Scope\nText {character} text.\n")
                self.assertEqual(["document.line"], rules(state))
                self.assertIn(f"U+{ord(character):04X}", state.issues[0].message)


if __name__ == "__main__":
    unittest.main()
