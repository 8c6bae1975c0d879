#!/usr/bin/env python3
"""A push beside what its users would type instead, in turn: push.py REPOSITORY BASE CHANGE --ssh 'ssh HOST' [--reps N] [--at DIR]

HOST is this machine, reached by ssh with a key; IuCutter's agent is started here, anew for each repetition, and has the time to copy BASE before CHANGE comes (--no-rest: it has not). Each peer gets an empty folder in DIR, brings BASE
there (cold), then CHANGE beside it (warm); the order of the peers rotates and the first repetition is dropped. Times are from start to exit, with a sync between.
IuCutter's checks are off; its digests, its reading back, the rollback proof, ledger, flushes and report stay on. Prints medians, and ratios to the first peer.
"""
import argparse, contextlib, glob, os, shlex, shutil, statistics, subprocess, sys, tempfile, time

HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN = f"{HOME}/artifacts/run"
OFF = [w for p in "scan reproduction compile import test assert smoke".split() for w in ("--without", p)]


def run(command, **more):
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **more)
    if done.returncode != 0:
        raise SystemExit(f"{command} ended with {done.returncode}: {done.stderr.decode()[-2000:]}")


def archive(asked, commit, to, before, place):
    run(["bash", "-o", "pipefail", "-c", f"git -C {shlex.quote(asked.repository)} archive {commit} | {asked.ssh} {shlex.quote(f'mkdir -p {to} && tar -x -C {to}')}"])


def rsync(asked, commit, to, before, place):
    link = [f"--link-dest={before}"] if before else []
    host = shlex.split(asked.ssh)
    run(["rsync", "-a", "--delete", *link, "-e", shlex.join(host[:-1]), f"{asked.trees}/{commit}/", f"{host[-1]}:{to}/"])


def push(asked, commit, to, before, place, target=None):
    environment = dict(os.environ, XDG_CACHE_HOME=f"{place}/cache", XDG_STATE_HOME=f"{place}/kept", IUCUTTER_SSH=shlex.join(shlex.split(asked.ssh)[:-1]))
    target = target or f"ssh://{shlex.split(asked.ssh)[-1]}{place}/agent.sock"
    run([f"{BIN}/Packager/iucutter", "push", commit, "--repo", asked.repository, "--slot", os.path.basename(to), "--name", "bench", "--target", target, "--no-source-tests", *OFF], env=environment)


def push_without_ssh(asked, commit, to, before, place):
    push(asked, commit, to, before, place, f"unix://{place}/agent.sock")


PEERS = {"git archive, ssh tar": archive, "rsync --link-dest": rsync, "iucutter, ssh": push, "iucutter, its socket": push_without_ssh}


@contextlib.contextmanager
def agent(place):
    """An agent of its own in an empty place."""
    os.makedirs(f"{place}/root", exist_ok=True)
    log = open(f"{place}/log", "wb")
    process = subprocess.Popen([f"{BIN}/Agent/iucutter-agent", "serve", "--root", f"{place}/root", "--state", f"{place}/state", "--socket", f"{place}/agent.sock"], stdout=log, stderr=log)
    try:
        while b" serves " not in open(f"{place}/log", "rb").read():
            time.sleep(0.02)
        yield place
    finally:
        process.terminate()
        process.wait()


def rest(place, most=120):
    """As a target rests between releases: until the agent has copied what is live."""
    began = time.monotonic()
    while not [s for s in glob.glob(f"{place}/root/.iucutter/spares/*") if not s.endswith(".part")]:
        if time.monotonic() - began > most:
            raise SystemExit(f"no spare came within {most} s")
        time.sleep(0.05)
    os.sync()


def repetition(asked, peer, place):
    os.makedirs(f"{place}/root", exist_ok=True)
    times, before = [], None
    with agent(place) if "iucutter" in peer else contextlib.nullcontext():
        for name, commit in (("base", asked.base), ("change", asked.change)):
            run(["git", "-C", asked.repository, "checkout", "-q", "-f", "--detach", commit])
            began = time.monotonic()
            PEERS[peer](asked, commit, f"{place}/root/{name}", before, place)
            times.append(time.monotonic() - began)
            before = f"{place}/root/{name}"
            os.sync()
            if "iucutter" in peer and name == "base" and asked.rest:
                rest(place)
    return times


def two_commits(description):
    """What every bench of a push and the one after it asks for."""
    arguments = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("repository")
    arguments.add_argument("base")
    arguments.add_argument("change")
    arguments.add_argument("--reps", type=int, default=5)
    arguments.add_argument("--at", default="/var/tmp")
    arguments.add_argument("--no-rest", dest="rest", action="store_false", help="CHANGE follows at once, before the agent has copied BASE")
    return arguments


def main():
    arguments = two_commits(__doc__)
    arguments.add_argument("--ssh", required=True)
    asked = arguments.parse_args()
    asked.repository = os.path.abspath(asked.repository)
    run([f"{HOME}/iucutter", "--version"])
    work = tempfile.mkdtemp(prefix="iucutter-bench-", dir=asked.at)
    try:
        asked.trees = f"{work}/trees"
        for commit in (asked.base, asked.change):
            os.makedirs(f"{asked.trees}/{commit}")
            run(["bash", "-o", "pipefail", "-c", f"git -C {shlex.quote(asked.repository)} archive {commit} | tar -x -C {asked.trees}/{commit}"])
        taken = {peer: [] for peer in PEERS}
        for number in range(asked.reps + 1):
            order = list(PEERS)[number % len(PEERS):] + list(PEERS)[: number % len(PEERS)]
            for at, peer in enumerate(order):
                times = repetition(asked, peer, f"{work}/{number}-{at}")
                if number:
                    taken[peer].append(times)
        first = taken[next(iter(PEERS))]
        for peer, times in taken.items():
            cold, warm = (statistics.median(t[i] for t in times) for i in (0, 1))
            ratios = [statistics.median(t[i] / f[i] for t, f in zip(times, first)) for i in (0, 1)]
            print(f"{peer:22} cold {cold:6.3f} s {ratios[0]:5.2f}   warm {warm:6.3f} s {ratios[1]:5.2f}")
    finally:
        # Only now: ext4 passes over freshly freed inodes one by one, which makes what is created next slower.
        shutil.rmtree(work)


if __name__ == "__main__":
    sys.exit(main())
