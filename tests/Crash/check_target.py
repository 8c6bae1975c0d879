#!/usr/bin/env python3
"""Reads a target's disk and says which invariants do not hold. Shares no code with the agent, and asks it nothing.

    check_target.py ROOT STATE SLOT [RELEASE ...]      RELEASE: what the slot may point at; "-" for nothing

I1  the slot points at a whole release: its manifest's sha256 is in its id, every file, link, mode and size is the manifest's
I2  it is one of the releases that it may be
I3  the ledger's lines follow one another, and what it says of slots and releases is what is on the disk
I4  every other release is as its manifest says, and holds nothing more
I5  nothing lies in the root but slots and .iucutter; nothing is left in staging, nothing of a switch;
    the git mirror lacks no object that its refs need
I6  nothing that the agent started is alive
I8  no check is held without evidence, no gate passed without a held check, no verdict A without every gate
"""
import hashlib, json, os, re, stat, subprocess, sys

UNESCAPE = {"\\\\": b"\\", "\\n": b"\n", "\\r": b"\r"}


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def manifest_of(text):
    """The entries of a manifest's canonical bytes: path -> (sha256, size, mode)."""
    head, _, body = text.partition(b"\n\n")
    entries = {}
    for line in body.splitlines(keepends=False) if b"\r" not in body else body[:-1].split(b"\n"):
        digest, size, mode, path = line.split(b" ", 3)
        path = re.sub(rb"\\[\\nr]", lambda m: UNESCAPE[m.group().decode()], path)
        entries[path] = (digest.decode(), int(size), mode.decode())
    fields = dict(line.split(b" ", 1) for line in head.split(b"\n"))
    if len(entries) != int(fields[b"entries"]):
        raise ValueError(f"{len(entries)} entries, {fields[b'entries']} announced")
    return entries


def tree_faults(tree, entries):
    """How a directory differs from a manifest's entries."""
    faults, seen = [], set()
    for folder, folders, files in os.walk(os.fsencode(tree)):
        for name in files + [f for f in folders if os.path.islink(os.path.join(folder, f))]:
            full = os.path.join(folder, name)
            path = os.path.relpath(full, os.fsencode(tree))
            seen.add(path)
            if path not in entries:
                faults.append(f"{path!r} is too many")
                continue
            digest, size, mode = entries[path]
            info = os.lstat(full)
            if stat.S_ISLNK(info.st_mode):
                found = ("link", os.readlink(full))
            elif stat.S_ISREG(info.st_mode):
                found = ("755" if info.st_mode & 0o100 else "644", open(full, "rb").read())
            else:
                faults.append(f"{path!r} is neither file nor link")
                continue
            if found[0] != mode or len(found[1]) != size or sha256(found[1]) != digest:
                faults.append(f"{path!r} differs")
    return faults + [f"{path!r} is missing" for path in entries if path not in seen]


def release_faults(releases, name):
    folder = os.path.join(releases, name)
    try:
        text = open(os.path.join(folder, "manifest"), "rb").read()
        if not name.endswith("-" + sha256(text)[:12]):
            return [f"{name}: its manifest has sha256 {sha256(text)[:12]}"]
        return [f"{name}: {fault}" for fault in tree_faults(os.path.join(folder, "tree"), manifest_of(text))]
    except (OSError, ValueError) as error:
        return [f"{name}: {error}"]


def ledger_of(state):
    """The lines, and what breaks their chain. A last line without its newline was never written as far as anyone knows."""
    path = os.path.join(state, "ledger", "ledger.jsonl")
    raw = open(path, "rb").read()
    lines = raw.split(b"\n")[:-1]
    entries, faults, head = [], [], "0" * 64
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
        except ValueError:
            return entries, faults + [f"line {number} is no JSON"], raw
        if entry["seq"] != number or entry["prev"] != head:
            faults.append(f"line {number} does not follow the one before")
        head = sha256(line)
        entries.append(entry)
    return entries, faults, raw


def slots_by_ledger(entries):
    """What the ledger says is live: slot -> release or None."""
    live = {}
    for entry in entries:
        event = entry["event"]
        if event["kind"] == "slot-switched":
            live[event["slot"]] = event.get("release")
    return live


def gate_faults(entries):
    faults, gates, checks = [], {}, {}
    for entry in entries:
        event, operation = entry["event"], entry.get("operation", "")
        if event["kind"] == "check-made":
            check = event["check"]
            checks.setdefault((operation, event["gate"]), []).append(check)
            if check["status"] == "HELD" and not check.get("evidence"):
                faults.append(f"{operation}: {check['id']} is held without evidence")
        elif event["kind"] == "gate-closed":
            gates.setdefault(operation, {})[event["gate"]] = event["outcome"]
            mine = checks.get((operation, event["gate"]), [])
            if event["outcome"] in ("PASS", "PARTIAL") and not any(c["status"] == "HELD" for c in mine):
                faults.append(f"{operation}: {event['gate']} is {event['outcome']} without a held check")
        elif event["kind"] == "operation-ended" and event["verdict"] == "A":
            bad = [g for g, outcome in gates.get(operation, {}).items() if outcome not in ("PASS", "PARTIAL")]
            if bad or not gates.get(operation):
                faults.append(f"{operation}: verdict A with {', '.join(bad) or 'no gates'}")
    return faults


def faults_of(root, state, slot, allowed, settled=True):
    """Every invariant that does not hold. settled: after recovery; before it, only what must hold at any instant."""
    own = os.path.join(root, ".iucutter")
    releases = os.path.join(own, "releases")
    faults = []
    link = os.path.join(root, slot)
    live = os.readlink(link) if os.path.islink(link) else None
    name = None
    if live is not None:
        match = re.fullmatch(r"\.iucutter/releases/([^/]+)/tree", live)
        name = match and match.group(1)
        if name is None:
            faults.append(f"I1 the slot is a link to {live}")
        else:
            faults += [f"I1 {fault}" for fault in release_faults(releases, name)]
    elif os.path.lexists(link):
        faults.append("I1 the slot is no link")
    if allowed and (name or "-") not in allowed:
        faults.append(f"I2 the slot points at {name}, not one of {', '.join(allowed)}")
    if not settled:
        return faults

    entries, broken, _ = ledger_of(state)
    faults += [f"I3 {fault}" for fault in broken]
    by_ledger = slots_by_ledger(entries)
    if by_ledger.get(slot) != name:
        faults.append(f"I3 the ledger says {by_ledger.get(slot)} is live, the disk {name}")
    ended = {e["operation"] for e in entries if e["event"]["kind"] == "operation-ended"}
    begun = {e["operation"] for e in entries if e["event"]["kind"] == "operation-begun"}
    faults += [f"I3 {operation} has no end" for operation in begun - ended]
    staged = set()
    for entry in entries:
        event = entry["event"]
        if event["kind"] == "release-staged":
            staged.add(event["release"])
        elif event["kind"] == "release-removed" or (event["kind"] == "step-intended" and event["step"] == "prune"):
            staged.discard(event["release"])
    there = set(os.listdir(releases))
    faults += [f"I3 the ledger has release {r}, the disk has not" for r in staged - there]
    faults += [f"I3 the disk has release {r}, the ledger has not" for r in there - {e["event"]["release"] for e in entries if e["event"]["kind"] == "release-staged"}]
    for other in sorted(there - {name}):
        faults += [f"I4 {fault}" for fault in release_faults(releases, other)]
    faults += [f"I5 the mirror {mirror}: {fault}" for mirror in ("mirror.git", "mirror-sha256.git") for fault in mirror_faults(os.path.join(own, mirror))]
    faults += [f"I5 staging holds {left}" for left in os.listdir(os.path.join(own, "staging"))]
    faults += [f"I5 {left} is left of a switch" for left in os.listdir(own) if left.startswith("next-")]
    faults += [f"I5 {left} is left of a rehearsal" for left in os.listdir(root) if left.startswith(".iucutter-")]
    faults += [f"I6 process {p}" for p in survivors(root)]
    faults += [f"I8 {fault}" for fault in gate_faults(entries)]
    return faults


def mirror_faults(mirror):
    """What git finds missing or damaged in it. That it names releases' commits only is no rule: it is tidied after the next push."""
    if not os.path.isdir(mirror):
        return []
    git = subprocess.run(["git", "-C", mirror, "-c", "safe.directory=*", "fsck", "--no-dangling", "--no-progress"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return git.stdout.splitlines() or ["git fsck ended with " + str(git.returncode)] if git.returncode else []


def survivors(root):
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            where = os.readlink(f"/proc/{pid}/cwd")
        except OSError:
            continue
        if where.startswith(os.path.join(root, ".iucutter")):
            found.append(pid)
    return found


def snapshot(root, state):
    """One digest of all that a second recovery must not change."""
    digest = hashlib.sha256()
    for folder, folders, files in os.walk(root):
        folders.sort()
        for name in sorted(files + folders):
            full = os.path.join(folder, name)
            digest.update(os.fsencode(full))
            if os.path.islink(full):
                digest.update(os.fsencode(os.readlink(full)))
            elif os.path.isfile(full) and name != "lock":
                digest.update(open(full, "rb").read())
    for entry in ledger_of(state)[0]:
        if entry["event"]["kind"] != "agent-started":
            digest.update(json.dumps([entry["operation"], entry["event"]]).encode())
    return digest.hexdigest()


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    found = faults_of(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:])
    print("\n".join(found) or "every invariant holds")
    sys.exit(1 if found else 0)
