"""The phases, in their order, and the one place that runs them."""

from __future__ import annotations

from typing import Callable, Dict, List, NamedTuple

from iu_cutter import (
    audit,
    classify,
    crossref,
    diff,
    intake,
    normalise,
    number,
    plan,
    segment,
    switch,
    validate,
    write,
)
from iu_cutter.model import ERROR, LIVE, MODES, WARNING, Run, canonical, sha256


class Phase(NamedTuple):
    name: str
    run: Callable[[Run], Dict[str, int]]


PHASES = (
    Phase("intake", intake.run),
    Phase("normalise", normalise.run),
    Phase("segment", segment.run),
    Phase("classify", classify.run),
    Phase("number", number.run),
    Phase("cross-reference", crossref.run),
    Phase("validate", validate.run),
    Phase("diff", diff.run),
    Phase("plan", plan.run),
    Phase("write", write.run),
    Phase("audit", audit.run),
)
LAST_READING_PHASE = "validate"


class Done(NamedTuple):
    """A phase that ran. `chain` binds it to all that ran before it."""

    name: str
    counts: Dict[str, int]
    chain: str


def execute(state: Run, report: Callable[[str], None] = lambda line: None, until: str = "audit") -> List[Done]:
    """Runs the phases up to `until`, and stops after validation when it found an error.

    Live mode is refused before the first phase: nothing is read, written or simulated.
    """
    if state.mode not in MODES:
        raise ValueError(f"unknown mode {state.mode!r}")
    if state.mode == LIVE:
        switch.require_on()
    done: List[Done] = []
    chain = ""
    for place, phase in enumerate(PHASES, start=1):
        counts = phase.run(state)
        chain = sha256(canonical([chain, phase.name, counts]))
        done.append(Done(phase.name, counts, chain))
        report(f"phase {place:2}/{len(PHASES)} {phase.name:<15} " + " ".join(f"{k}={v}" for k, v in counts.items()))
        if phase.name == until or (phase.name == LAST_READING_PHASE and state.count(ERROR)):
            break
    return done


def summary(state: Run, done: List[Done]) -> dict:
    complete = len(done) == len(PHASES)
    return {
        "mode": state.mode,
        "outcome": "complete" if complete else "stopped",
        "phases": {phase.name: phase.counts for phase in done},
        "not_executed": [phase.name for phase in PHASES[len(done):]],
        "documents": {document.code: document.digest for document in state.documents},
        "files": {name: sha256(content) for name, content in sorted(state.files.items())},
        "units": sha256(canonical([unit.record() for unit in state.units])),
        "plan": plan.digest(state) if complete else None,
        "chain": done[-1].chain,
        "errors": state.count(ERROR),
        "warnings": state.count(WARNING),
    }
