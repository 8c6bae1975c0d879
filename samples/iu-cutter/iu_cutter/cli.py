"""The command line. Exit codes: 0 done, 1 the documents or the disk said no, 2 wrong usage, 3 refused by the switch."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import List, Optional

import iu_cutter
from iu_cutter import intake, orchestrator, switch
from iu_cutter.model import DRY_RUN, ERROR, LIVE, MODES, CutError, Run
from iu_cutter.write import INDEX

DONE, FAILED, USAGE, REFUSED = 0, 1, 2, 3


def main(arguments: List[str]) -> int:
    options = parser().parse_args(arguments)
    try:
        return options.command(options)
    except switch.ExecutionRefused as refusal:
        print(refusal, file=sys.stderr)
        return REFUSED
    except CutError as error:
        print(f"error: {error}", file=sys.stderr)
        return FAILED


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="iu_cutter", description=iu_cutter.__doc__)
    top.add_argument("--version", action="version", version=iu_cutter.__version__)
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    cut_command = commands.add_parser("cut", help="list the units of documents")
    cut_command.add_argument("documents", nargs="+", type=Path, metavar="DOC")
    cut_command.add_argument("--json", action="store_true", help="one JSON array instead of lines")
    cut_command.set_defaults(command=cut)

    run_command = commands.add_parser("run", help="run the phases over a folder of documents")
    run_command.add_argument("--mode", required=True, choices=MODES)
    run_command.add_argument("--documents", type=Path, default=Path("documents"), metavar="DIR")
    run_command.add_argument("--output", type=Path, metavar="DIR", help="where live mode writes; required there")
    run_command.set_defaults(command=run)

    switch_command = commands.add_parser("switch", help="say whether live execution is on")
    switch_command.set_defaults(command=show_switch)
    return top


def cut(options: argparse.Namespace) -> int:
    state = Run(DRY_RUN, options.documents)
    orchestrator.execute(state, until=orchestrator.LAST_READING_PHASE)
    if options.json:
        print(json.dumps([unit.record() for unit in state.units], ensure_ascii=False, indent=2, sort_keys=True))
    else:
        for unit in state.units:
            print(f"{unit.number}  {unit.address:<28} {unit.kind:<9} {unit.category:<12} {unit.digest[:12]}  {headline(unit)}")
    return report_issues(state)


def headline(unit) -> str:
    words = unit.title or unit.text.split("\n", 1)[0]
    return words if len(words) <= 60 else words[:59] + "…"


def run(options: argparse.Namespace) -> int:
    # First of all, so that a refused run has not so much as listed a folder.
    if options.mode == LIVE:
        switch.require_on()
        if options.output is None:
            print("error: live mode needs --output DIR", file=sys.stderr)
            return USAGE
    state = Run(options.mode, intake.sources_in(options.documents), options.documents / INDEX, options.output)
    done = orchestrator.execute(state, report=print)
    print(f"phases: {len(done)}/{len(orchestrator.PHASES)}")
    print(json.dumps(orchestrator.summary(state, done), ensure_ascii=False, indent=2, sort_keys=True))
    return report_issues(state)


def report_issues(state: Run) -> int:
    for issue in state.issues:
        print(issue, file=sys.stderr)
    return FAILED if state.count(ERROR) else DONE


def show_switch(_: Optional[argparse.Namespace]) -> int:
    print("execution: on" if switch.is_on() else "execution: off")
    return DONE
