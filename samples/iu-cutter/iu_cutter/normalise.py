"""Phase 2: bytes become lines of NFC text, or the document is refused with the place named."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import Dict, Optional

from iu_cutter.model import Document, Run

BOM = b"\xef\xbb\xbf"
MAX_LINE = 10_000
# Control characters, and the marks that change the order in which text is shown: what a reader approves would not
# be what is cut.
NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def run(state: Run) -> Dict[str, int]:
    kept = []
    for document in state.documents:
        normalised = normalise(document, state)
        if normalised is not None:
            kept.append(normalised)
    refused = len(state.documents) - len(kept)
    state.documents = kept
    return {"lines": sum(len(d.lines) for d in kept), "refused": refused}


def normalise(document: Document, state: Run) -> Optional[Document]:
    content = document.content[len(BOM):] if document.content.startswith(BOM) else document.content
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        state.error("document.encoding", document.code, line, f"not UTF-8 at byte {error.start}")
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
    # Keyboards differ in how they compose Vietnamese vowels; the same word must give the same digest.
    lines = tuple(line.rstrip() for line in unicodedata.normalize("NFC", text).split("\n"))
    if not any(lines):
        state.error("document.empty", document.code, 0, "nothing to cut")
        return None
    for number, line in enumerate(lines, start=1):
        refusal = line_refusal(line)
        if refusal:
            state.error("document.line", document.code, number, refusal)
            return None
    return replace(document, lines=lines)


def line_refusal(line: str) -> Optional[str]:
    if len(line) > MAX_LINE:
        return f"{len(line)} characters, more than {MAX_LINE}"
    found = NOT_TEXT.search(line)
    return f"character U+{ord(found[0]):04X} is not text" if found else None
