"""Phase 5: an ordinal, an address and a digest for each unit.

Addresses follow the law's own numbers: quy-che/ch-2, quy-che/5, quy-che/5/2, quy-che/5/2/dd. They do not move when
text is added before a unit. A label used twice gets ~2, and an error: two units never share an address.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Dict, List, Optional

from iu_cutter.model import Document, Run, Unit, canonical, sha256

ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


def run(state: Run) -> Dict[str, int]:
    numbered: List[Unit] = []
    for document in state.documents:
        numbered.extend(number(document, state))
    state.units = numbered
    duplicates = sum(1 for issue in state.issues if issue.rule == "unit.duplicate")
    return {"numbered": len(numbered), "duplicates": duplicates}


def number(document: Document, state: Run) -> List[Unit]:
    first_seen: Dict[str, int] = {}
    copies: Dict[str, int] = {}
    article = clause = document.code
    numbered = []
    for ordinal, unit in enumerate(state.units_of(document), start=1):
        parent = {"clause": article, "point": clause}.get(unit.kind, document.code)
        address = f"{parent}/{step(unit, state)}"
        if address in first_seen:
            copies[address] = copies.get(address, 1) + 1
            state.error("unit.duplicate", document.code, unit.first_line,
                        f"{unit.kind} {unit.label} is already at line {first_seen[address]}")
            address = f"{address}~{copies[address]}"
        else:
            first_seen[address] = unit.first_line
        if unit.kind == "article":
            article = clause = address
        elif unit.kind == "clause":
            clause = address
        numbered.append(replace(unit, ordinal=ordinal, address=address, digest=digest(address, unit)))
    return numbered


def step(unit: Unit, state: Run) -> str:
    if unit.kind == "preamble":
        return "0"
    if unit.kind == "chapter":
        value = chapter_value(unit.label)
        if value is None:
            state.error("chapter.label", unit.document, unit.first_line, f"'{unit.label}' is no number")
            return f"ch-{unit.label}"
        return f"ch-{value}"
    # Vietnamese lists count a, b, c, d, đ, e: in ASCII, đ is dd, which no other label is.
    return unit.label.replace("đ", "dd")


def chapter_value(label: str) -> Optional[int]:
    """The value of a Roman or Arabic numeral; None for one that is not written as numerals are (IIX)."""
    if label.isdigit():
        return int(label)
    values = [ROMAN[letter] for letter in label]
    total = sum(-v if v < after else v for v, after in zip(values, values[1:] + [0]))
    return total if total > 0 and roman(total) == label else None


def roman(value: int) -> str:
    steps = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
    written = ""
    for worth, letters in steps:
        written += letters * (value // worth)
        value %= worth
    return written


def digest(address: str, unit: Unit) -> str:
    # Neither lines nor ordinal: moving a unit is no change of the unit.
    return sha256(canonical([address, unit.kind, unit.label, unit.title, unit.text]))
