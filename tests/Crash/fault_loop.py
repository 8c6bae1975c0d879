#!/usr/bin/env python3
"""Fails, or kills the agent at, the N-th call of a kind during a whole push, N = 1, 2, ... until a run comes through without one.

    fault_loop.py [--calls fsync,syncfs,renameat2,...] [--faults EIO,ENOSPC,KILL] [--most N]

No word of the agent's own is needed for it: strace does it (`strace -f -e inject`; it counts for each thread by itself, so one run may meet a few).
Whatever fails, the slot must point at the old or the new release, whole, and the next start and the next push must work.
The last line says how many runs there were and how many broke an invariant.
"""
import argparse, os, shutil, signal, subprocess, sys, tempfile, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import check_target
import crash_matrix

CALLS = "pwrite64,fsync,syncfs,renameat2,symlinkat,unlinkat,mkdirat,ftruncate"


class FaultyTarget(crash_matrix.Target):
    """A target whose agent runs under strace."""

    def start_faulty(self, call, fault, number):
        how = "signal=KILL" if fault == "KILL" else f"error={fault}"
        self.trace = f"{self.folder}/trace"
        log = open(f"{self.folder}/agent.log", "ab")
        began = os.path.getsize(f"{self.folder}/agent.log")
        self.agent = subprocess.Popen(
            ["strace", "-f", "-qq", "-o", self.trace, "-e", f"trace={call}", "-e", f"inject={call}:{how}:when={number}",
             crash_matrix.AGENT, "serve", "--root", self.root, "--state", self.state, "--socket", self.socket, "--spare-after", "3600"],
            stdout=log, stderr=log, start_new_session=True)
        for _ in range(1000):
            if b" serves " in open(f"{self.folder}/agent.log", "rb").read()[began:] or self.agent.poll() is not None:
                return
            time.sleep(0.02)

    def end_faulty(self):
        """True where the fault was met."""
        if self.agent.poll() is None:
            for child in open(f"/proc/{self.agent.pid}/task/{self.agent.pid}/children").read().split():
                os.kill(int(child), signal.SIGTERM)
        try:
            self.agent.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self.agent.pid, signal.SIGKILL)
            self.agent.wait(30)
        trace = open(self.trace, errors="replace").read()
        return "INJECTED" in trace or "killed by SIGKILL" in trace


def run(base, folder, source, call, fault, number):
    """Whether the fault was met, and the faults of the disk after it."""
    shutil.copytree(base, folder, symlinks=True)
    target = FaultyTarget(folder)
    before = crash_matrix.live(target)
    target.start_faulty(call, fault, number)
    client = target.client("push", "v2", "--repo", source, "--no-source-tests") if target.agent.poll() is None else None
    deadline = time.monotonic() + 60
    while client and client.poll() is None and target.agent.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    met = target.end_faulty()
    faults = [f"at once: {f}" for f in check_target.faults_of(target.root, target.state, "app", [], settled=False)]
    faults += crash_matrix.settle(target, before, "push")
    if client:
        said = client.communicate(timeout=150)[0].decode(errors="replace")
        if client.returncode == 0 and crash_matrix.live(target) == before:
            faults.append(f"the packager says that it passed, and the slot is as it was:\n{said}")
    try:
        target.run("push", "v3", "--repo", source, "--no-source-tests")
    except RuntimeError as error:
        faults.append(f"the next push does not work: {error}")
    target.stop()
    faults += [f"after the next push: {f}" for f in check_target.faults_of(target.root, target.state, "app", [])]
    if not faults:
        shutil.rmtree(folder)
    return met, faults


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--calls", default=CALLS)
    arguments.add_argument("--faults", default="EIO,ENOSPC,KILL")
    arguments.add_argument("--most", type=int, default=1000)
    asked = arguments.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    work = tempfile.mkdtemp(prefix="iucutter-fault-")
    source = crash_matrix.payload(f"{work}/payload")
    crash_matrix.prepare(f"{work}/one", source, "v1", spare=True)
    runs = broken = 0
    for call in asked.calls.split(","):
        for fault in asked.faults.split(","):
            for number in range(1, asked.most + 1):
                met, faults = run(f"{work}/one", f"{work}/{call}-{fault}-{number}", source, call, fault, number)
                runs += 1
                broken += bool(faults)
                for found in faults:
                    print(f"{call} {number} {fault}: {found} ({work}/{call}-{fault}-{number})", flush=True)
                if not met:
                    break
            print(f"{call} {fault}: clean at {number}", flush=True)
    if not broken:
        shutil.rmtree(work)
    print(f"fault loop: {runs} runs, {broken} broke an invariant")
    return 1 if broken or not runs else 0


if __name__ == "__main__":
    sys.exit(main())
