"""Phase 3: lines become units.

Chapters (Chương II, Chapter 2), articles (Điều 5., Article 5.), clauses (1.) and points (a), đ)) open a unit;
every other line belongs to the unit that is open. Clauses and points exist only inside an article.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Dict, List

from iu_cutter.model import Document, Run, Unit

CHAPTER = re.compile(r"(?i:chương|chapter)[ \t]+(?P<label>[IVXLCivxlc]{1,9}|[1-9][0-9]{0,2})(?:[.:][ \t]*|[ \t]+|$)(?P<rest>.*)")
# The dot is required: a sentence that merely begins with "Điều 5 của ..." opens nothing.
ARTICLE = re.compile(r"(?i:điều|article)[ \t]+(?P<label>[1-9][0-9]{0,3}[a-zđA-ZĐ]?)(?:[.:][ \t]*(?P<rest>.*)|$)")
CLAUSE = re.compile(r"(?P<label>[1-9][0-9]{0,2})\.[ \t]+(?P<rest>.+)")
POINT = re.compile(r"\(?(?P<label>[a-zđ])\)[ \t]+(?P<rest>.+)")
FENCE = "```"


@dataclass
class Opened:
    """A unit whose last line has not been seen yet."""

    kind: str
    label: str
    title: str
    first_line: int
    lines: List[str] = field(default_factory=list)

    def close(self, document: str, last_line: int) -> Unit:
        title, lines = self.title, self.lines
        if self.kind == "chapter" and not title:
            # Vietnamese layout writes a chapter's title on the line below its number.
            written = [line for line in lines if line]
            title, lines = (written[0], written[1:]) if written else ("", [])
        text = "\n".join(lines).strip("\n")
        return Unit(document, self.kind, self.label, title, text, self.first_line, last_line)


def run(state: Run) -> Dict[str, int]:
    for document in state.documents:
        state.units.extend(segment(document))
    kinds = Counter(unit.kind for unit in state.units)
    return {"units": len(state.units), "articles": kinds["article"], "clauses": kinds["clause"], "points": kinds["point"]}


def segment(document: Document) -> List[Unit]:
    units: List[Unit] = []
    current = Opened("preamble", "", "", 1)
    inside_article = fenced = False
    for number, raw in enumerate(document.lines, start=1):
        line = raw.strip()
        if line.startswith(FENCE):
            fenced = not fenced
        opened = None if fenced else opening(line, number, inside_article)
        if opened is None:
            current.lines.append(raw if fenced else plain(line))
            continue
        units.append(current.close(document.code, number - 1))
        current = opened
        inside_article = opened.kind != "chapter"
    units.append(current.close(document.code, len(document.lines)))
    return [unit for unit in units if unit.kind != "preamble" or unit.text]


def opening(line: str, number: int, inside_article: bool):
    heading = plain(line)
    for kind, pattern in (("chapter", CHAPTER), ("article", ARTICLE)):
        match = pattern.fullmatch(heading)
        if match:
            return Opened(kind, match["label"].lower(), (match["rest"] or "").strip(), number)
    if inside_article:
        for kind, pattern in (("clause", CLAUSE), ("point", POINT)):
            match = pattern.fullmatch(line)
            if match:
                return Opened(kind, match["label"], "", number, [match["rest"].strip()])
    return None


def plain(line: str) -> str:
    """The line without Markdown's heading marks and bold around the whole of it; a line of marks alone is text."""
    bare = line.lstrip("#").strip()
    if len(bare) > 4 and bare.startswith("**") and bare.endswith("**"):
        bare = bare[2:-2].strip()
    return bare or line
