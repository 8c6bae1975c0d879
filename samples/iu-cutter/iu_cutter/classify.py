"""Phase 4: what kind of statement a unit makes, by its own words."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Dict

from iu_cutter.model import Run, Unit

# In this order: "không được" holds "được", and "shall not" holds "shall".
RULES = (
    ("prohibition", re.compile(r"\b(?:không được|nghiêm cấm|(?:shall|must|may) not)\b", re.IGNORECASE)),
    ("obligation", re.compile(r"\b(?:phải|có trách nhiệm|có nghĩa vụ|shall|must)\b", re.IGNORECASE)),
    ("permission", re.compile(r"\b(?:được phép|có quyền|may|is entitled to)\b", re.IGNORECASE)),
    ("definition", re.compile(r"\b(?:được hiểu là|là|means)\b", re.IGNORECASE)),
)


def run(state: Run) -> Dict[str, int]:
    state.units = [replace(unit, category=category(unit)) for unit in state.units]
    found = Counter(unit.category for unit in state.units)
    return {name: found[name] for name in ("heading", "prohibition", "obligation", "permission", "definition", "statement")}


def category(unit: Unit) -> str:
    if not unit.text:
        return "heading"
    for name, words in RULES:
        if words.search(unit.text):
            return name
    return "statement"
