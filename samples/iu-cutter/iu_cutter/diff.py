"""Phase 8: what changed since the index that was accepted last."""

from __future__ import annotations

import json
import re
from typing import Dict

from iu_cutter.model import CutError, Run

FORMAT = "iu-index 1"
DIGEST = re.compile(r"[0-9a-f]{64}")


def run(state: Run) -> Dict[str, int]:
    state.before = previous_index(state)
    now = {unit.address: unit.digest for unit in state.units}
    before = state.before
    state.changes = {
        "added": sorted(now.keys() - before.keys()),
        "changed": sorted(address for address in now.keys() & before.keys() if now[address] != before[address]),
        "removed": sorted(before.keys() - now.keys()),
        "unchanged": sorted(address for address in now.keys() & before.keys() if now[address] == before[address]),
    }
    return {name: len(addresses) for name, addresses in state.changes.items()}


def previous_index(state: Run) -> Dict[str, str]:
    """Address to digest. No file is an empty index; a file that is not an index is never taken for one."""
    if state.previous is None or not state.previous.exists():
        return {}
    try:
        index = json.loads(state.previous.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise CutError(f"cannot read the index {state.previous}: {error}") from error
    units = index.get("units") if isinstance(index, dict) and index.get("format") == FORMAT else None
    if not isinstance(units, dict) or not all(isinstance(d, str) and DIGEST.fullmatch(d) for d in units.values()):
        raise CutError(f"not an index ({FORMAT}): {state.previous}")
    return units
