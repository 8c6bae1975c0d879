import unittest

from tests.scenes import cut


def categories(*texts):
    lines = [f"{place}. {text}" for place, text in enumerate(texts, start=1)]
    return [unit.category for unit in cut("Article 1. Rules\n" + "\n".join(lines)).units][1:]


class ClassifyTests(unittest.TestCase):
    def test_vietnamese_words_decide(self):
        self.assertEqual(
            ["obligation", "permission", "definition", "statement"],
            categories("Bên gửi phải ký.", "Người đọc có quyền sao chép.", "Kho là nơi giữ tệp.", "Sổ được ghi hằng ngày."))

    def test_neither_a_prohibition_nor_a_longer_word_is_read_as_the_word_inside_it(self):
        self.assertEqual(["prohibition"] * 3, categories("Không được phép vào.", "A desk shall not refuse.", "Nobody may not ask."))
        self.assertEqual(["statement", "statement"], categories("A mustard field.", "The mayor came."))


if __name__ == "__main__":
    unittest.main()
