"""Phase 7: the rules that a document as a whole must keep. One error, and nothing later is executed."""

from __future__ import annotations

import re
from typing import Dict, List

from iu_cutter.model import ERROR, WARNING, Document, Run, Unit

VIETNAMESE_LETTERS = "abcdđeghiklmnopqrstuvxy"
LATIN_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def run(state: Run) -> Dict[str, int]:
    for document in state.documents:
        units = state.units_of(document)
        require_articles(document, units, state)
        require_text(units, state)
        compare_sequence([u for u in units if u.kind == "article"], state)
        for siblings in families(units):
            compare_sequence([u for u in siblings if u.kind == "clause"], state)
            compare_letters([u for u in siblings if u.kind == "point"], state)
    return {"errors": state.count(ERROR), "warnings": state.count(WARNING)}


def require_articles(document: Document, units: List[Unit], state: Run) -> None:
    if not any(unit.kind == "article" for unit in units):
        state.error("document.no-articles", document.code, 0, "holds no article (Điều N. or Article N.)")


def require_text(units: List[Unit], state: Run) -> None:
    for unit, after in zip(units, units[1:] + [None]):
        below = after is not None and after.address.startswith(unit.address + "/")
        if unit.kind == "article" and not unit.text and not below:
            state.error("unit.empty", unit.document, unit.first_line, f"article {unit.label} says nothing")


def families(units: List[Unit]) -> List[List[Unit]]:
    """Units that share a parent, in the order of the document."""
    by_parent: Dict[str, List[Unit]] = {}
    for unit in units:
        by_parent.setdefault(unit.address.rpartition("/")[0], []).append(unit)
    return list(by_parent.values())


def compare_sequence(units: List[Unit], state: Run) -> None:
    """Numbers start at 1 and leave none out. The same number again is an inserted 5a, or a duplicate: reported already."""
    expected = 1
    for unit in units:
        value = int(re.match(r"\d+", unit.label)[0])
        if value not in (expected, expected - 1):
            state.warning("unit.sequence", unit.document, unit.first_line,
                          f"{unit.kind} {unit.label} where {expected} was expected")
        expected = value + 1


def compare_letters(units: List[Unit], state: Run) -> None:
    labels = "".join(unit.label for unit in units)
    if not (VIETNAMESE_LETTERS.startswith(labels) or LATIN_LETTERS.startswith(labels)):
        state.warning("unit.sequence", units[0].document, units[0].first_line,
                      f"points {', '.join(labels)} follow neither alphabet")
