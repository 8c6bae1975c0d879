"""Phase 9: the operations that would bring the index from what it was to what was cut, locked by a digest."""

from __future__ import annotations

from typing import Dict

from iu_cutter.model import Run, canonical, sha256

OPERATIONS = (("create", "added"), ("update", "changed"), ("retire", "removed"))


def run(state: Run) -> Dict[str, int]:
    after = {unit.address: unit.digest for unit in state.units}
    state.plan = [
        {"operation": operation, "address": address, "before": state.before.get(address), "after": after.get(address)}
        for operation, change in OPERATIONS
        for address in state.changes[change]
    ]
    return {operation: len(state.changes[change]) for operation, change in OPERATIONS}


def digest(state: Run) -> str:
    return sha256(canonical(state.plan))
