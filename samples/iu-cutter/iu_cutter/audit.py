"""Phase 11: look again. Nothing that was read may have moved, no line may be lost, what was written must be there."""

from __future__ import annotations

from typing import Dict, List

from iu_cutter import intake
from iu_cutter.model import LIVE, CutError, Document, Run, Unit, sha256


def run(state: Run) -> Dict[str, int]:
    covered = 0
    for document in state.documents:
        if sha256(intake.read(document.path)) != document.digest:
            raise CutError(f"{document.path} changed while it was being cut")
        covered += covered_lines(document, state.units_of(document))
    if len({unit.address for unit in state.units}) != len(state.units):
        raise CutError("two units share an address")
    verified = verify_written(state) if state.mode == LIVE else 0
    return {"sources": len(state.documents), "lines": covered, "verified": verified}


def covered_lines(document: Document, units: List[Unit]) -> int:
    """The document's written lines, each found in exactly one unit."""
    owners = [0] * len(document.lines)
    for unit in units:
        for line in range(unit.first_line - 1, unit.last_line):
            owners[line] += 1
    written = [owners[i] for i, line in enumerate(document.lines) if line]
    if any(count != 1 for count in written):
        raise CutError(f"{document.code}: a line is in no unit, or in two")
    return len(written)


def verify_written(state: Run) -> int:
    for name, content in state.files.items():
        if intake.read(state.output / name) != content:
            raise CutError(f"{state.output / name} does not hold what was written")
    return len(state.files)
