#!/usr/bin/env python3
"""Kills the agent at each of its named points during a push, a rollback, a prune and a push by git bundle, and reads the disk after each.

    crash_matrix.py [--repeats N] [--only TEXT] [--every N] [--random N]

--repeats  how often each case is run (1)
--only     only the cases whose names hold TEXT
--every    one case in N, spread over all
--random   beside the named points, N kills at random times of a push

Needs a test build of the agent: artifacts/bin/Agent/debug (`dotnet build`). The last line says how many cases ran and how many broke an invariant.
"""
import argparse, atexit, os, random, shutil, signal, subprocess, sys, tempfile, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import check_target

HOME = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
AGENT = os.environ.get("IUCUTTER_CRASH_AGENT", f"{HOME}/artifacts/bin/Agent/debug/iucutter-agent")
PACKAGER = os.environ.get("IUCUTTER_CRASH_PACKAGER", f"{HOME}/artifacts/bin/Packager/debug/iucutter")
CONFIGURATION = """\
name: app
keep: 1
compile: []
import: []
test:
  - run: [sh, test.sh]
    counts: tap
smoke:
  - run: [sh, -c, 'echo smoke fine']
"""
# Of the copies of live releases: one is taken by a push, one is made.
OF_SPARE = {"C31": "spare", "C32": "one", "C33": "one"}
POINTS = [f"C{n:02}.{side}" for n in range(1, 25) for side in ("before", "after")]
COMMITS = {}
# What a case starts from, and the commits that were pushed there.
BASES = {"one": ["v1"], "two": ["v1", "v2"], "spare": ["v1"], "bundle": ["v1"], "bundles": ["v1", "v2"]}
# In a push by bundle: those of its own, with a mirror to be made, to be added to or to be tidied, and the shared ones that come in between.
BUNDLE = {"C27": "one", "C30": "bundles"}
OF_BUNDLE = ["C02", "C05", "C09", "C10", "C11", "C25", "C26", "C27", "C28", "C29", "C30"]
ROLLBACK = ["C01", "C14", "C15", "C16", "C17", "C18", "C19", "C20", "C21", "C23"]


class Target:
    """A deploy root with its agent, in a folder of its own. Neither it nor a client outlives this program."""

    def __init__(self, folder):
        atexit.register(self.end)
        self.folder, self.root, self.state = folder, f"{folder}/root", f"{folder}/state"
        self.socket, self.agent, self.before, self.spare_after = f"{folder}/agent.sock", None, [], "never"

    def end(self):
        if self.agent and self.agent.poll() is None:
            os.killpg(self.agent.pid, signal.SIGKILL)

    def start(self, crash_at=None):
        log = open(f"{self.folder}/agent.log", "ab")
        environment = dict(os.environ, **({"IUCUTTER_CRASH_AT": crash_at} if crash_at else {}))
        began = os.path.getsize(f"{self.folder}/agent.log")
        self.agent = subprocess.Popen(
            [*self.before, AGENT, "serve", "--root", self.root, "--state", self.state, "--socket", self.socket, "--spare-after", self.spare_after], stdout=log, stderr=log, env=environment, start_new_session=True)
        for _ in range(600):
            if b" serves " in open(f"{self.folder}/agent.log", "rb").read()[began:]:
                return
            if self.agent.poll() is not None:
                return
            time.sleep(0.02)
        raise RuntimeError("the agent does not start")

    def stop(self):
        if self.agent.poll() is None:
            self.agent.terminate()
        self.agent.wait(60)

    def await_spare(self):
        """Until the agent has copied what is live."""
        deadline = time.monotonic() + 60
        while os.listdir(f"{self.root}/.iucutter/spares") != [live(self)]:
            if time.monotonic() > deadline:
                raise RuntimeError("no spare is made")
            time.sleep(0.02)

    def client(self, *words):
        client = subprocess.Popen(
            [PACKAGER, *words, "--target", f"unix://{self.socket}"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            env=dict(os.environ, XDG_CACHE_HOME=f"{self.folder}/cache", XDG_STATE_HOME=f"{self.folder}/kept"))
        atexit.register(client.kill)
        return client

    def run(self, *words, allowed=(0,)):
        client = self.client(*words)
        said = client.communicate(timeout=120)[0].decode(errors="replace")
        if client.returncode not in allowed:
            raise RuntimeError(f"iucutter {' '.join(words)} ended with {client.returncode}:\n{said}")
        return said


def git(repository, *words):
    words = ["git", "-C", repository, "-c", "user.name=Ann", "-c", "user.email=ann@example.org", *words]
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def payload(folder, settings=""):
    """Three commits: small files, one large enough to come in pieces, a twin, an empty file, a link."""
    os.makedirs(f"{folder}/sub")
    subprocess.run(["git", "init", "-q", "-b", "main", folder], check=True)
    open(f"{folder}/iucutter.yaml", "w").write(CONFIGURATION + settings)
    open(f"{folder}/test.sh", "w").write("echo ok 1 - fine; echo 1..1\n")
    open(f"{folder}/empty", "w").close()
    os.symlink("sub/twin", f"{folder}/link")
    for version in (1, 2, 3):
        open(f"{folder}/version", "w").write(f"{version}\n")
        open(f"{folder}/large", "wb").write(random.Random(version).randbytes(1_500_000))
        for name in ("sub/twin", "sub/other"):
            open(f"{folder}/{name}", "w").write(f"twin {version}\n")
        git(folder, "add", "-A")
        git(folder, "commit", "-qm", f"version {version}")
        git(folder, "tag", f"v{version}")
        COMMITS[folder, f"v{version}"] = git(folder, "rev-parse", "HEAD")
    return folder


def live(target):
    link = f"{target.root}/app"
    return os.readlink(link).split("/")[2] if os.path.islink(link) else "-"


def prepare(folder, source, *versions, spare=False):
    os.makedirs(f"{folder}/root")
    target = Target(folder)
    target.start()
    for version in versions:
        target.run("push", version, "--repo", source, "--no-source-tests")
    if spare:
        target.stop()
        target.spare_after = "0"
        target.start()
        target.await_spare()
    target.stop()
    return target


def settle(target, before, kind):
    """What a start after the kill leaves, and that the next push works. Returns the faults."""
    faults = []
    target.start()
    target.stop()
    allowed = [before, *(r for r in os.listdir(f"{target.root}/.iucutter/releases"))]
    faults += check_target.faults_of(target.root, target.state, "app", allowed)
    once = check_target.snapshot(target.root, target.state)
    target.start()
    if check_target.snapshot(target.root, target.state) != once:
        faults.append("I7 a second recovery changed something")
    return faults


def case(base, folder, source, point, kind, after=None):
    shutil.copytree(base, folder, symlinks=True)
    target = Target(folder)
    before = live(target)
    last = live(target).split("-")[1] == COMMITS[source, "v2"][:12]
    words = ["rollback", "--slot", "app"] if kind == "rollback" else ["push", "v3" if last else "v2", "--repo", source, "--no-source-tests"]
    target.spare_after = "0" if point and point[:3] in OF_SPARE else "never"
    target.start(point)
    client = target.client(*words)
    if after is not None:
        time.sleep(after)
        target.agent.send_signal(signal.SIGKILL)
        target.agent.wait(60)
    deadline = time.monotonic() + 40
    while target.agent.poll() is None and client.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    if after is None and client.poll() is not None:
        # What comes after the answer, pruning, gets a moment of its own.
        for _ in range(100):
            if target.agent.poll() is not None:
                break
            time.sleep(0.02)
    reached = target.agent.poll() is not None
    faults = []
    if reached:
        time.sleep(0.05)
        faults += [f"at once: {f}" for f in check_target.faults_of(target.root, target.state, "app", [], settled=False)]
    else:
        faults.append("the point was not reached")
        target.stop()
    # The packager would ask the next agent again, between two readings of the disk.
    if client.poll() is None:
        client.send_signal(signal.SIGSTOP)
    target.spare_after = "never"
    faults += settle(target, before, kind)
    if client.poll() is None:
        client.send_signal(signal.SIGCONT)
    said = client.communicate(timeout=150)[0].decode(errors="replace")
    if "PASS" in said and client.returncode == 0 and live(target) == before and kind in ("push", "bundle"):
        faults.append("the packager says that it passed, and the slot is as it was")
    try:
        target.run("push", "v3", "--repo", source, "--no-source-tests")
    except RuntimeError as error:
        faults.append(f"the next push does not work: {error}")
    target.stop()
    faults += [f"after the next push: {f}" for f in check_target.faults_of(target.root, target.state, "app", [])]
    if not faults:
        shutil.rmtree(folder)
    return faults


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--repeats", type=int, default=1)
    arguments.add_argument("--only", default="")
    arguments.add_argument("--every", type=int, default=1)
    arguments.add_argument("--random", type=int, default=0)
    asked = arguments.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    work = tempfile.mkdtemp(prefix="iucutter-crash-")
    source, bundled = payload(f"{work}/payload"), payload(f"{work}/bundled", "format: bundle\n")
    cases = [("push", p, "one", None) for p in POINTS if p[:3] not in ("C23", "C24")]
    cases += [("rollback", f"{p}.{side}", "two", None) for p in ROLLBACK for side in ("before", "after")]
    cases += [("prune", p, "two", None) for p in ("C24.before", "C24.after")]
    cases += [("bundle", f"{p}.{side}", BUNDLE.get(p, "bundle"), None) for p in OF_BUNDLE for side in ("before", "after")]
    cases += [("push", f"{p}.{side}", base, None) for p, base in OF_SPARE.items() for side in ("before", "after")]
    cases = [c for c in cases if asked.only in f"{c[0]} {c[1]}"][:: asked.every]
    cases = cases * asked.repeats
    cases += [("push", None, "one", random.uniform(0.05, 1.5)) for _ in range(asked.random)]
    for base in sorted({c[2] for c in cases}):
        prepare(f"{work}/{base}", bundled if base.startswith("bundle") else source, *BASES[base], spare=base == "spare")
    broken = 0
    for number, (kind, point, base, after) in enumerate(cases, 1):
        faults = case(f"{work}/{base}", f"{work}/case-{number}", bundled if kind == "bundle" else source, point, kind, after)
        broken += bool(faults)
        for fault in faults:
            print(f"{kind} {point or f'at {after:.2f} s'}: {fault} ({work}/case-{number})", flush=True)
        if number % 100 == 0:
            print(f"{number} kills", flush=True)
    if not broken:
        shutil.rmtree(work)
    print(f"crash matrix: {len(cases)} kills, {broken} broke an invariant")
    return 1 if broken or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
