"""What the tests are played on: documents in memory, and folders that vanish."""

import contextlib
import io
import tempfile
from pathlib import Path

from iu_cutter import cli, orchestrator
from iu_cutter.model import DRY_RUN, Document, Run, sha256

SAMPLES = Path(__file__).resolve().parent.parent / "documents"


def cut(text) -> Run:
    """The phases from normalise to validate over one document that never touches a disk."""
    content = text if isinstance(text, bytes) else text.encode("utf-8")
    state = Run(DRY_RUN, [], documents=[Document("doc", Path("doc.md"), content, sha256(content))])
    for phase in orchestrator.PHASES[1:]:
        phase.run(state)
        if phase.name == "validate":
            break
    return state


def addresses(state) -> list:
    return [unit.address for unit in state.units]


def rules(state) -> list:
    return [issue.rule for issue in state.issues]


@contextlib.contextmanager
def folder(**documents):
    """A temporary folder; doc_md="..." becomes the file doc.md in it."""
    with tempfile.TemporaryDirectory() as name:
        for key, text in documents.items():
            (Path(name) / key.replace("_", ".")).write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        yield Path(name)


def command(*arguments):
    """Exit code, standard output and standard error of one command line."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = cli.main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = end.code
    return code, out.getvalue(), err.getvalue()


def contents(root: Path) -> dict:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}
