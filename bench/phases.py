#!/usr/bin/env python3
"""Where a push's time goes, phase by phase, as the target's ledger dates it: phases.py REPOSITORY BASE CHANGE [--reps N] [--at DIR]

Over the agent's own socket, by an agent started anew for each repetition: BASE to an empty slot (cold), then CHANGE to the same (warm). The checks that run
commands are off. Prints medians in milliseconds.
"""
import datetime, glob, json, os, shutil, statistics, subprocess, tempfile, time

import push

PHASES = [
    ("the source: git, reading, hashing, the manifest", ("operation-begun", "")),
    ("guards, tools, anchors before anything (G3)", ("gate-closed", "G3")),
    ("contents received, or copied and hashed (G4)", ("check-made", "G4.contents")),
    ("read back whole while the file system flushes (G4)", ("check-made", "G4.complete")),
    ("the rename, the anchors (G4)", ("release-staged", "")),
    ("each file looked at again, or read where commands ran (G5, G6)", ("check-made", "G6.unchanged")),
    ("the slot switched, and back, and forth (G7)", ("check-made", "G7.promote")),
    ("the release to go back to looked at, and read where it was not copied (G7)", ("check-made", "G7.way-back.whole")),
    ("last looks, report, its signature, the answer", ("end", "")),
]


def seconds(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def marks(state, began):
    """When each kind of event was first seen since then."""
    found = {}
    for line in (line for file in sorted(glob.glob(f"{state}/ledger/*.jsonl")) for line in open(file)):
        entry = json.loads(line)
        event = entry["event"]
        if seconds(entry["at"]) >= began:
            found.setdefault((event["kind"], event.get("gate", "") if event["kind"] == "gate-closed" else event.get("check", {}).get("id", "")), seconds(entry["at"]))
    return found


def phases(asked, commit, place):
    """The phases' lengths in ms; one that did not come is None."""
    push.run(["git", "-C", asked.repository, "checkout", "-q", "-f", "--detach", commit])
    os.sync()
    began = time.time()
    push.push(asked, commit, "slot", None, place, f"unix://{place}/agent.sock")
    found = {**marks(f"{place}/state", began), ("end", ""): time.time()}
    lengths, last = [], began
    for _, mark in PHASES:
        lengths.append((found[mark] - last) * 1000 if mark in found else None)
        last = found.get(mark, last)
    return lengths


def main():
    asked = push.two_commits(__doc__).parse_args()
    asked.repository, asked.ssh = os.path.abspath(asked.repository), "ssh none"
    push.run([f"{push.HOME}/iucutter", "--version"])
    work = tempfile.mkdtemp(prefix="iucutter-phases-", dir=asked.at)
    taken = []
    try:
        for number in range(asked.reps + 1):
            with push.agent(f"{work}/{number}") as place:
                both = [phases(asked, asked.base, place)]
                if asked.rest:
                    push.rest(place)
                both.append(phases(asked, asked.change, place))
            taken += [both] if number else []
    finally:
        shutil.rmtree(work)

    def median(side, at):
        lengths = [both[side][at] for both in taken if both[side][at] is not None]
        return f"{statistics.median(lengths):.0f}" if lengths else "-"

    print("| phase | cold, ms | warm, ms |\n|---|---|---|")
    for at, (name, _) in enumerate(PHASES):
        print(f"| {name} | {median(0, at)} | {median(1, at)} |")


if __name__ == "__main__":
    main()
