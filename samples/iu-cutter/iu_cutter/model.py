"""The values that travel from phase to phase."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, List, Optional

DRY_RUN = "dry-run"
LIVE = "live"
MODES = (DRY_RUN, LIVE)

ERROR = "error"
WARNING = "warning"


class CutError(Exception):
    """The run cannot go on; the text says why and where."""


@dataclass(frozen=True)
class Issue:
    """One finding about a document. `line` counts from 1; 0 is the document as a whole."""

    severity: str
    rule: str
    document: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.severity}: {self.document}:{self.line}: {self.rule}: {self.message}"


@dataclass(frozen=True)
class Document:
    """A source as it was read (`content`), and its text after normalising."""

    code: str
    path: Path
    content: bytes
    digest: str
    lines: tuple = ()


@dataclass(frozen=True)
class Unit:
    """One information unit. `address` is its lasting identity; `ordinal` its place in its document."""

    document: str
    kind: str  # preamble, chapter, article, clause, point
    label: str
    title: str
    text: str
    first_line: int
    last_line: int
    category: str = ""
    ordinal: int = 0
    address: str = ""
    digest: str = ""

    @property
    def number(self) -> str:
        return f"IU-{self.ordinal:04d}"

    def record(self) -> dict:
        return {
            "number": self.number, "address": self.address, "kind": self.kind, "label": self.label,
            "category": self.category, "title": self.title, "text": self.text,
            "lines": [self.first_line, self.last_line], "sha256": self.digest,
        }


@dataclass
class Run:
    """One pass over the phases: what it was asked for, then what each phase found."""

    mode: str
    sources: List[Path]
    previous: Optional[Path] = None
    output: Optional[Path] = None

    documents: List[Document] = field(default_factory=list)
    units: List[Unit] = field(default_factory=list)
    issues: List[Issue] = field(default_factory=list)
    changes: Dict[str, List[str]] = field(default_factory=dict)
    before: Dict[str, str] = field(default_factory=dict)
    plan: List[dict] = field(default_factory=list)
    files: Dict[str, bytes] = field(default_factory=dict)

    def error(self, rule: str, document: str, line: int, message: str) -> None:
        self.issues.append(Issue(ERROR, rule, document, line, message))

    def warning(self, rule: str, document: str, line: int, message: str) -> None:
        self.issues.append(Issue(WARNING, rule, document, line, message))

    def count(self, severity: str) -> int:
        return sum(1 for issue in self.issues if issue.severity == severity)

    def units_of(self, document: Document) -> List[Unit]:
        return [unit for unit in self.units if unit.document == document.code]


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def canonical(value) -> bytes:
    """JSON that is the same bytes on every machine: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
