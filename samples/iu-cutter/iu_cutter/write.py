"""Phase 10: the files of the cut. A dry run renders them; a live run puts them in the output folder as well."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Dict

from iu_cutter import diff, plan, switch
from iu_cutter.model import DRY_RUN, LIVE, CutError, Run, canonical

INDEX = "index.json"


def run(state: Run) -> Dict[str, int]:
    state.files = render(state)
    size = sum(len(content) for content in state.files.values())
    if state.mode == DRY_RUN:
        return {"rendered": len(state.files), "bytes": size, "written": 0}
    if state.mode != LIVE:
        raise ValueError(f"unknown mode {state.mode!r}")
    switch.require_on()
    for name, content in state.files.items():
        put(state.output, name, content)
    return {"rendered": len(state.files), "bytes": size, "written": len(state.files)}


def render(state: Run) -> Dict[str, bytes]:
    """File name to content. The index comes last: a folder with the new index has all that it names."""
    files = {}
    for document in state.documents:
        units = [unit.record() for unit in state.units_of(document)]
        files[f"{document.code}.units.json"] = canonical(
            {"format": "iu-units 1", "document": document.code, "source": document.digest, "units": units}
        ) + b"\n"
    units = {unit.address: unit.digest for unit in state.units}
    files[INDEX] = canonical({"format": diff.FORMAT, "plan": plan.digest(state), "units": units}) + b"\n"
    return files


def put(folder: Path, name: str, content: bytes) -> None:
    temporary = folder / f".{name}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with open(temporary, "wb") as part:
            part.write(content)
            part.flush()
            os.fsync(part.fileno())
        os.replace(temporary, folder / name)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise CutError(f"cannot write {folder / name}: {error.strerror}") from error
