"""Phase 1: read the sources, each once, and remember their digests."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Dict, List

from iu_cutter.model import CutError, Document, Run, sha256

SUFFIXES = (".md", ".txt")
MAX_BYTES = 8 * 1024 * 1024


def run(state: Run) -> Dict[str, int]:
    owners: Dict[str, Path] = {}
    for path in state.sources:
        code = document_code(path)
        if code in owners:
            state.error("document.code-taken", path.name, 0, f"its code '{code}' is already that of {owners[code].name}")
            continue
        owners[code] = path
        content = read(path)
        state.documents.append(Document(code, path, content, sha256(content)))
    return {"documents": len(state.documents), "bytes": sum(len(d.content) for d in state.documents)}


def sources_in(folder: Path) -> List[Path]:
    """The documents of a folder in the order of their names; anything else in it is left alone."""
    try:
        found = [path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.is_file()]
    except OSError as error:
        raise CutError(f"cannot list documents in {folder}: {error.strerror}") from error
    if not found:
        raise CutError(f"no documents (*.md, *.txt) in {folder}")
    return sorted(found, key=lambda path: path.name)


def read(path: Path) -> bytes:
    try:
        with open(path, "rb") as source:
            content = source.read(MAX_BYTES + 1)
    except OSError as error:
        raise CutError(f"cannot read {path}: {error.strerror}") from error
    if len(content) > MAX_BYTES:
        raise CutError(f"cannot take {path}: more than {MAX_BYTES} bytes")
    return content


def document_code(path: Path) -> str:
    """The file's stem as an ASCII slug: 'Quy chế dữ liệu.md' becomes 'quy-che-du-lieu'."""
    # The stroke of đ is part of the letter, not an accent: decomposing leaves it as it is.
    plain = unicodedata.normalize("NFD", path.stem.lower().replace("đ", "d"))
    letters = "".join(c if c.isascii() and c.isalnum() else "-" for c in plain if not unicodedata.combining(c))
    code = "-".join(part for part in letters.split("-") if part)
    if not code:
        raise CutError(f"cannot make a document code of the name {path.name!r}")
    return code
