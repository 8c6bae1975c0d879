"""Phase 6: references between units are resolved to addresses; one that leads nowhere is an error.

Understood: "điểm a khoản 2 Điều 5", "khoản 2 Điều này", "Article 5(2)(a)", "point (a) of clause 2 of Article 5".
A reference into another law ("Điều 5 Luật Lưu trữ", "Article 5 of the Act") is counted as external and not followed.
"""

from __future__ import annotations

import re
from typing import Dict, Iterator, NamedTuple, Tuple

from iu_cutter.model import Run, Unit

VIETNAMESE = re.compile(
    r"(?:\bđiểm\s{1,3}(?P<point>[a-zđ])\s{1,3})?(?:\bkhoản\s{1,3}(?P<clause>[0-9]{1,3})\s{1,3})?"
    r"\bđiều\s{1,3}(?P<article>[0-9]{1,4}[a-zđ]?|này)\b"
    r"(?P<external>\s{1,3}(?:của\s{1,3})?(?:bộ\s{1,3}luật|luật|nghị\s{1,3}định|thông\s{1,3}tư)\b)?",
    re.IGNORECASE,
)
ENGLISH = re.compile(
    r"(?:(?:\bpoint\s{1,3}\(?(?P<point>[a-z])\)?\s{1,3}of\s{1,3})?\bclause\s{1,3}(?P<clause>[0-9]{1,3})\s{1,3}of\s{1,3})?"
    r"\b(?P<article>this\s{1,3}article\b|article\s{1,3}[0-9]{1,4}[a-z]?\b)"
    r"(?:\((?P<inner_clause>[0-9]{1,3})\))?(?:\((?P<inner_point>[a-z])\))?"
    r"(?P<external>\s{1,3}of\s{1,3}(?:the\s{1,3})?(?:act|regulation|directive|law)\b)?",
    re.IGNORECASE,
)


class Reference(NamedTuple):
    """What a unit's text points at. `target` is empty when it is another law."""

    words: str
    target: str


def run(state: Run) -> Dict[str, int]:
    known = {unit.address for unit in state.units}
    resolved = external = unresolved = 0
    for unit in state.units:
        for reference in references(unit):
            if not reference.target:
                external += 1
            elif reference.target in known:
                resolved += 1
            else:
                unresolved += 1
                state.error("reference.unresolved", unit.document, unit.first_line,
                            f"'{reference.words}' leads to {reference.target}, which does not exist")
    return {"resolved": resolved, "external": external, "unresolved": unresolved}


def references(unit: Unit) -> Iterator[Reference]:
    for pattern in (VIETNAMESE, ENGLISH):
        for match in pattern.finditer(f"{unit.title}\n{unit.text}"):
            words = " ".join(match[0].split())
            yield Reference(words, "" if match["external"] else "/".join(target(unit, match)))


def target(unit: Unit, match) -> Tuple[str, ...]:
    named = match.groupdict()
    article = named["article"].lower().split()[-1]
    if article in ("này", "article"):
        # A preamble or a chapter has no article of its own; an address that cannot exist says so.
        article = unit.address.split("/")[1] if unit.kind in ("article", "clause", "point") else "this-article"
    clause = named["clause"] or named.get("inner_clause")
    point = named["point"] or named.get("inner_point")
    steps = [step.lower().replace("đ", "dd") for step in (article, clause, point) if step]
    return (unit.document, *steps)
