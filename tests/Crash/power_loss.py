#!/usr/bin/env python3
"""Lets the power go at any moment of two pushes and a rollback, loses whichever writes were not flushed, and reads the disk.

    power_loss.py [--states N] [--systems ext4,xfs] [--short] [--published] [--without-flushes] [--seed N]

--states           how many states are made and read, over all records (20)
--systems          the file systems under the deploy root and the agent's state
--short            one record a file system, alone or beside a neighbour in turn, not both
--published        the programs as they are published (`./iucutter` builds them), not the test builds
--without-flushes  the planted fault: the agent's fsync, fdatasync and syncfs do nothing (strace). The states MUST break, else the exit code is 1
--seed             the same seed picks the same cuts and losses of a record

A push, a second one and a rollback are run on a file system over a disk that records each write and flush (recorded_disk.py), once alone and once
beside a neighbour that writes and flushes a file of its own at odd moments, as other programs do. Then, for each state: a cut at a random place of
the record; all before the last flush is there, of what came after it any part. The image is mounted, check_target.py reads it, the agent is started
on it once, and it is read again. What was acknowledged before the cut must be there: the slot, and the ledger's head that the packager keeps.
The last line says how many states there were and how many broke an invariant. Without root, loop devices, FUSE or a mkfs it is
skipped, and says so.
"""
import argparse, collections, contextlib, glob, json, os, random, shutil, signal, subprocess, sys, tempfile, threading, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import check_target
import crash_matrix
import recorded_disk

SYSTEMS = {
    "ext4": (96, ["mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0,nodiscard", "-J", "size=8"]),
    "xfs": (300, ["mkfs.xfs", "-q", "-f", "-K"]),
}
FLUSHES = "fsync,fdatasync,syncfs"
MOST_KEPT = 3


def missing(systems, without_flushes):
    """What this needs and the host lacks."""
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    tools = ["losetup", "fallocate", *(SYSTEMS[s][1][0] for s in systems), *(["strace"] if without_flushes else [])]
    lacks = [f"no {tool}" for tool in tools if not shutil.which(tool)]
    if os.geteuid() != 0:
        return ["not root", *lacks]
    return lacks or refused()


def refused():
    """What root itself may not do here, in a container most likely; from here on mounts are our own."""
    with tempfile.TemporaryDirectory() as place:
        try:
            os.close(os.open("/dev/fuse", os.O_RDWR))
        except OSError as error:
            return [f"no /dev/fuse ({error.strerror})"]
        open(f"{place}/disk", "wb").truncate(1 << 20)
        try:
            recorded_disk.detach(recorded_disk.attach(f"{place}/disk"))
        except subprocess.CalledProcessError:
            return ["no loop devices"]
        try:
            recorded_disk.keep_mounts_private()
            recorded_disk.mount("none", f"{place}/mounted", "tmpfs")
        except OSError as error:
            return [f"mounting is not allowed ({error.strerror})"]
        recorded_disk.unmount(f"{place}/mounted")
    return []


class Target(crash_matrix.Target):
    """A target whose root and state lie on a mounted file system, and nothing else of it."""

    def __init__(self, folder, mounted, without_flushes=False):
        super().__init__(folder)
        self.root, self.state = f"{mounted}/root", f"{mounted}/state"
        if without_flushes:
            self.before = ["strace", "-D", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={FLUSHES}", "-e", f"inject={FLUSHES}:retval=0"]

    def receipt(self):
        """The signed head that the packager has kept of this target, and the key that signed it."""
        (kept,) = glob.glob(f"{self.folder}/kept/iucutter/targets/*.json")
        return dict(json.load(open(kept)), key=self.key())

    def key(self):
        return open(f"{self.state}/keys/ledger.pem", "rb").read()


class Neighbour(threading.Thread):
    """Another program on the same disk, which wants its own few bytes to last."""

    def __init__(self, file):
        super().__init__(daemon=True)
        self.file, self.over = file, threading.Event()

    def run(self):
        while not self.over.wait(random.uniform(0.01, 0.2)):
            with open(self.file, "wb") as mine:
                mine.write(os.urandom(100))
                mine.flush()
                os.fsync(mine.fileno())


class Record:
    """One session on a recorded disk: its events, and from which of them on the slot may be what."""

    def __init__(self, work, source, system, beside, without_flushes):
        self.name, self.system = f"{system} {'beside a neighbour' if beside else 'alone'}", system
        self.folder = f"{work}/{self.name.replace(' ', '-')}"
        os.makedirs(self.folder)
        size, make = SYSTEMS[system]
        image, self.base, log = f"{self.folder}/disk.img", f"{self.folder}/base.img", f"{self.folder}/record"
        open(image, "wb").truncate(size << 20)
        subprocess.run([*make, image], check=True)
        subprocess.run(["fallocate", "-d", image], check=True)
        subprocess.run(["cp", "--sparse=always", image, self.base], check=True)
        self.marks = []
        disk = recorded_disk.RecordedDisk(image, log, f"{self.folder}/served")
        try:
            recorded_disk.mount(disk.device, f"{work}/mounted", system)
            try:
                self.session(disk, Target(self.folder, f"{work}/mounted", without_flushes), source, beside)
            finally:
                recorded_disk.unmount(f"{work}/mounted")
        finally:
            disk.close()
        os.remove(image)
        events = recorded_disk.read_record(log)
        self.events = [e for e in events if e[3] <= self.end]
        self.first = sum(e[3] <= self.marks[0][0] for e in events)

    def session(self, disk, target, source, beside):
        os.makedirs(target.root)
        os.sync()
        neighbour = Neighbour(f"{target.root}/../neighbour")
        self.mark(disk, ["-"])
        target.spare_after = "0"
        target.start()
        try:
            if beside:
                neighbour.start()
            for words in (["push", "v1"], ["push", "v2"], ["rollback", "--slot", "app"]):
                self.step(disk, target, words, source)
                target.await_spare()
            time.sleep(0.5)
        finally:
            neighbour.over.set()
            target.stop()
        if beside:
            neighbour.join()
        self.end = disk.recorded()

    def step(self, disk, target, words, source):
        before, asked_for = crash_matrix.live(target), self.marks[-1][0]
        target.run(*words, *(["--repo", source, "--no-source-tests"] if words[0] == "push" else []))
        after = crash_matrix.live(target)
        self.marks[-1] = (self.marks[-1][0], [before, after], self.marks[-1][2])
        self.mark(disk, [after], target.receipt())

    def mark(self, disk, allowed, receipt=None):
        self.marks.append((disk.recorded(), allowed, receipt))

    def expected(self, cut):
        """What the slot may be after so many events, and the head that was acknowledged by then."""
        reached = self.events[cut - 1][3]
        return [m for m in self.marks if m[0] <= reached][-1][1:]

    def cuts(self, count, chance):
        """Half of them anywhere, half just before a flush, the more often the more it would flush: there the most can be lost."""
        flushes = [i for i, e in enumerate(self.events) if e[0] == recorded_disk.FLUSH and i > self.first]
        waiting = [b - a - 1 for a, b in zip([self.first, *flushes], flushes)]
        close = chance.choices(flushes, [n * n for n in waiting], k=count // 2) if any(waiting) else []
        return sorted(close + [chance.randint(self.first, len(self.events)) for _ in range(count - len(close))])


def acknowledged_faults(target, receipt, settled):
    """Whether the ledger still holds the line that a packager was told of; and, once settled, no line that is torn."""
    if not os.path.exists(f"{target.state}/ledger/ledger.jsonl"):
        return ["I3 there is no ledger, and its head was acknowledged"] if receipt else []
    _, broken, raw = check_target.ledger_of(target.state)
    faults = [f"I3 {fault}" for fault in broken] if settled else []
    if receipt:
        if target.key() != receipt["key"]:
            faults.append("I3 the key is another than the one that signed what was acknowledged")
        lines = raw.split(b"\n")[:-1]
        if len(lines) < receipt["entries"]:
            faults.append(f"I3 the ledger has {len(lines)} lines, {receipt['entries']} were acknowledged")
        elif check_target.sha256(lines[receipt["entries"] - 1]) != receipt["head"]:
            faults.append(f"I3 line {receipt['entries']} is another than was acknowledged")
    return faults


def output_faults(target):
    """An output is kept under its sha256, and what the ledger names as evidence is there."""
    folder = f"{target.state}/outputs"
    kept = {name: check_target.sha256(open(f"{folder}/{name}", "rb").read()) for name in os.listdir(folder)}
    commands = [(e["event"].get("check", {}).get("evidence") or {}).get("command") for e in check_target.ledger_of(target.state)[0]]
    named = {command["outputSha256"] for command in commands if command}
    return [f"I4 the output kept as {name[:12]} is another" for name in kept if kept[name] != name] + [
        f"I4 the output {name[:12]}, named as evidence, is gone" for name in named - kept.keys()]


@contextlib.contextmanager
def mounted_state(record, replay, cut, image, chance, where):
    """Makes a state and mounts it. Gives what became of the unflushed writes.

    A file system may itself not bear that a write of its own is torn in the middle (ext4's superblock is two sectors under one checksum):
    such a state is made once more with whole writes only, and counted.
    """
    device = None
    for tearing in (True, False):
        writes = replay.state(cut, image, chance, tearing)
        device = recorded_disk.attach(image)
        try:
            recorded_disk.mount(device, where, record.system)
            break
        except OSError:
            recorded_disk.detach(device)
            if not tearing:
                raise
    try:
        yield collections.Counter(writes, remade=not tearing)
    finally:
        recorded_disk.unmount(where)
        recorded_disk.detach(device)


def read_state(target, allowed, receipt):
    """The faults of one state: as the disk comes up, and after the agent was started on it."""
    faults = []
    try:
        faults += check_target.faults_of(target.root, target.state, "app", allowed, settled=False)
        faults += acknowledged_faults(target, receipt, settled=False)
        faults = [f"as the disk came up: {fault}" for fault in faults]
        target.start()
        if target.agent.poll() is not None:
            return [*faults, f"the agent does not start: {open(f'{target.folder}/agent.log', errors='replace').read()[-400:]}"]
        target.stop()
        after = check_target.faults_of(target.root, target.state, "app", allowed) + acknowledged_faults(target, receipt, settled=True)
        return faults + [f"after a start: {fault}" for fault in after + output_faults(target)]
    except (OSError, ValueError, LookupError, RuntimeError) as error:
        return [*faults, f"it cannot be read: {error!r}"]
    finally:
        if target.agent:
            target.stop()


def go_through(record, count, chance, work, tell):
    """Makes and reads so many states of a record. Returns how many broke, and what became of the unflushed writes."""
    replay, broken, writes = recorded_disk.Replay(record.base, record.events, record.folder), 0, collections.Counter()
    for number, cut in enumerate(record.cuts(count, chance), 1):
        image, folder = f"{record.folder}/state-{number}.img", f"{record.folder}/state-{number}"
        os.makedirs(folder)
        with mounted_state(record, replay, cut, image, chance, f"{work}/mounted") as became:
            faults = read_state(Target(folder, f"{work}/mounted"), *record.expected(cut))
        writes.update(became)
        broken += bool(faults)
        for fault in faults:
            tell(f"{record.name}, cut {cut} of {len(record.events)}: {fault}")
        shutil.rmtree(folder)
        if not faults or broken > MOST_KEPT:
            os.remove(image)
    return broken, writes


class Findings:
    """What is said of the faults: each in full, or, where there must be many, only how often each kind was seen."""

    def __init__(self, seed, work, in_full):
        self.seed, self.work, self.in_full, self.kinds = seed, work, in_full, collections.Counter()

    def tell(self, fault):
        _, when, *what = fault.split(": ", 2)
        self.kinds[f"{when}: {what[0][:2]}" if what and what[0][0] == "I" else when] += 1
        if self.in_full:
            print(f"{fault} (seed {self.seed}, {self.work})", flush=True)


def run(asked, systems, work, findings):
    """Goes through every record. Returns how many states broke an invariant."""
    chance, source, broken, began = random.Random(asked.seed), crash_matrix.payload(f"{work}/payload"), 0, time.monotonic()
    kinds = [(system, beside) for system in systems for beside in (True, False)]
    kinds = kinds[::3] if asked.short else kinds
    for index, (system, beside) in enumerate(kinds):
        record = Record(work, source, system, beside, asked.without_flushes)
        count = asked.states * (index + 1) // len(kinds) - asked.states * index // len(kinds)
        mine, writes = go_through(record, count, chance, work, findings.tell)
        broken += mine
        flushes = sum(e[0] == recorded_disk.FLUSH for e in record.events)
        remade = f" ({writes['remade']} made again without tearing: {system} itself did not mount)" if writes["remade"] else ""
        print(
            f"{record.name}: {len(record.events) - flushes} writes, {flushes} flushes; {count} states, in them {writes['kept']} unflushed writes kept, "
            f"{writes['torn']} torn, {writes['lost']} lost{remade}; {mine} broke ({time.monotonic() - began:.0f} s)", flush=True)
    return broken


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--states", type=int, default=20)
    arguments.add_argument("--systems", default="ext4,xfs")
    arguments.add_argument("--short", action="store_true")
    arguments.add_argument("--published", action="store_true")
    arguments.add_argument("--without-flushes", action="store_true")
    arguments.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    asked = arguments.parse_args()
    systems = asked.systems.split(",")
    if lacks := missing(systems, asked.without_flushes):
        print(f"power loss: skipped {asked.states} states, for this host cannot: {', '.join(lacks)}")
        return 0
    if asked.published:
        subprocess.run([f"{crash_matrix.HOME}/iucutter", "--help"], check=True, stdout=subprocess.DEVNULL)
        crash_matrix.AGENT, crash_matrix.PACKAGER = (f"{crash_matrix.HOME}/artifacts/run/{p}" for p in ("Agent/iucutter-agent", "Packager/iucutter"))
    work = tempfile.mkdtemp(prefix="iucutter-power-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
    findings, broken = Findings(asked.seed, work, not asked.without_flushes), 0
    try:
        broken = run(asked, systems, work, findings)
    finally:
        if not broken or asked.without_flushes:
            shutil.rmtree(work)
    for what, times in findings.kinds.most_common():
        print(f"{times:5} x {what}")
    print(f"power loss: {asked.states} states{' without flushes' if asked.without_flushes else ''}, {broken} broke an invariant")
    return 0 if asked.states and (broken > 0) == asked.without_flushes else 1


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
