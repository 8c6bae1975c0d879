#!/usr/bin/env python3
"""Pushes again and again through a proxy that spoils the connection to the agent once in each push, at every kind of place.

    cut_loop.py [--transfers N] [--seed S] [--only TEXT]

--transfers  how many pushes (60)
--seed       which places are taken beside the fixed ones
--only       only the cases whose names hold TEXT

Each push is of a new commit with contents that the target lacks. Afterwards, or after a second push where the first ended with an error, the slot
must hold the commit byte for byte, the ledger must verify, and no more may have gone over the link than what was lost in the cut: a content
that had arrived whole is not sent again. Needs both programs: artifacts/bin (`dotnet build`), or IUCUTTER_CUT_AGENT and IUCUTTER_CUT_PACKAGER.
The last line says how many transfers there were and how many broke a rule.
"""
import argparse, os, random, shutil, signal, socket, subprocess, sys, tempfile, threading, time

HOME = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
AGENT = os.environ.get("IUCUTTER_CUT_AGENT", f"{HOME}/artifacts/bin/Agent/debug/iucutter-agent")
PACKAGER = os.environ.get("IUCUTTER_CUT_PACKAGER", f"{HOME}/artifacts/bin/Packager/debug/iucutter")
PUSH = ["push", "--slot", "app", "--no-source-tests"] + [w for p in "scan reproduction compile import test assert smoke".split() for w in ("--without", p)]
LARGE, SMALL = 1_500_000, 6
# Bytes that may go over the link twice: the messages under way (two of 512 KiB, each taken whole or not at all), and the calls of a second connection.
SLACK = (1024 + 192) * 1024
ACTIONS = ["close", "reset", "half", "flip", "stall", "keep"]


class Proxy:
    """Forwards to the agent. One connection is spoilt once, when so many bytes have gone one way."""

    def __init__(self, path, to):
        self.path, self.to, self.up, self.down = path, to, 0, 0
        self.plan, self.lock = None, threading.Lock()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(64)
        threading.Thread(target=self.accept, daemon=True).start()

    def begin(self, plan):
        """plan: (direction, byte, action) or None."""
        self.up, self.down, self.plan = 0, 0, plan

    def take(self, direction, before, length):
        """The plan, if it is for this piece; it is given out once."""
        with self.lock:
            plan = self.plan
            if plan and plan[0] == direction and before <= plan[1] < before + max(length, 1):
                self.plan = None
                return plan
            return None

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            if plan := self.take("connect", 0, 1):
                if plan[2] in ("close", "reset", "half", "flip"):
                    client.close()
                    continue
                time.sleep(0.5)
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(self.to)
            except OSError:
                client.close()
                continue
            threading.Thread(target=self.pump, args=(client, server, "up"), daemon=True).start()
            threading.Thread(target=self.pump, args=(server, client, "down"), daemon=True).start()

    def pump(self, a, b, direction):
        passed = 0
        try:
            while data := a.recv(32 * 1024):
                if plan := self.take(direction, passed, len(data)):
                    at, action = plan[1] - passed, plan[2]
                    if action == "flip":
                        data = data[:at] + bytes([data[at] ^ (1 << random.randrange(8))]) + data[at + 1:]
                    else:
                        b.sendall(data[:at])
                        self.count(direction, at)
                        if action == "stall":
                            time.sleep(1.5)
                            data = data[at:]
                            passed += at
                        elif action == "half":
                            b.shutdown(socket.SHUT_WR)
                            time.sleep(0.2)
                            break
                        elif action == "keep":
                            # The packager's side is cut, the agent's stays: it learns of the new connection while the old one lives.
                            a.shutdown(socket.SHUT_RDWR) if direction == "up" else b.shutdown(socket.SHUT_RDWR)
                            time.sleep(1)
                            break
                        else:
                            break
                b.sendall(data)
                passed += len(data)
                self.count(direction, len(data))
        except OSError:
            pass
        for end in (a, b):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()

    def count(self, direction, length):
        with self.lock:
            if direction == "up":
                self.up += length
            else:
                self.down += length


def run(*command, folder=None, limit=120):
    return subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=limit, text=True)


class Scene:
    def __init__(self, folder):
        self.repository, self.folder, self.number = f"{folder}/repository", folder, 0
        os.makedirs(self.repository)
        os.makedirs(f"{folder}/root")
        for command in (["init", "-q", "-b", "main"], ["config", "user.name", "cut"], ["config", "user.email", "cut@localhost"], ["config", "gc.auto", "0"]):
            run("git", *command, folder=self.repository)
        with open(f"{self.repository}/iucutter.yaml", "w") as file:
            file.write("name: app\nkeep: 1\n")
        self.agent = subprocess.Popen([AGENT, "serve", "--root", f"{folder}/root", "--state", f"{folder}/state", "--socket", f"{folder}/a.sock"],
                                      stdout=open(f"{folder}/agent.log", "w"), stderr=subprocess.STDOUT)
        while " serves " not in open(f"{folder}/agent.log").read():
            if self.agent.poll() is not None:
                sys.exit(open(f"{folder}/agent.log").read())
            time.sleep(0.05)
        self.proxy = Proxy(f"{folder}/p.sock", f"{folder}/a.sock")

    def commit(self, noise):
        self.number += 1
        for i in range(SMALL):
            with open(f"{self.repository}/small{i}", "wb") as file:
                file.write(f"{self.number} {i}\n".encode() * (1 + i * 300))
        with open(f"{self.repository}/large", "wb") as file:
            file.write(noise.randbytes(LARGE))
        run("git", "add", "-A", folder=self.repository)
        run("git", "commit", "-qm", f"{self.number}", folder=self.repository)

    def push(self, plan):
        self.proxy.begin(plan)
        return run(PACKAGER, *PUSH, "--target", f"unix://{self.folder}/p.sock", folder=self.repository)

    def broken(self):
        """What is not as it must be; empty when all is."""
        for name in os.listdir(self.repository):
            if name != ".git":
                try:
                    same = open(f"{self.repository}/{name}", "rb").read() == open(f"{self.folder}/root/app/{name}", "rb").read()
                except OSError as e:
                    return f"{name}: {e}"
                if not same:
                    return f"{name} is not the commit's"
        return ""


def places(up, down, noise):
    """Every class of place, for both directions; the bytes of an undisturbed push are known."""
    fixed = [0, 1, 12, 24, 25, 33, 60, 100, 200, 1000, 16_383, 16_384, 16_385, 65_535, 65_536, 65_537]
    for direction, whole in (("up", up), ("down", down)):
        for at in fixed + [whole * k // 4 for k in (1, 2, 3)] + [whole - 100, whole - 2, whole - 1] + [noise.randrange(whole) for _ in range(12)]:
            if 0 <= at < whole:
                yield direction, at
    yield "connect", 0


def cases(up, down, noise):
    while True:
        every = [(direction, at, action) for direction, at in places(up, down, noise) for action in ACTIONS]
        noise.shuffle(every)
        yield from every


def judge(scene, plan, allowed):
    """None, or what broke."""
    try:
        first = scene.push(plan)
        sent, attempts = scene.proxy.up, [first]
        if first.returncode != 0:
            if "Unhandled" in first.stdout or not first.stdout.strip() or "   at " in first.stdout:
                return f"the first push ended with {first.returncode} and says: {first.stdout[:3000]}"
            attempts.append(scene.push(None))
            sent += scene.proxy.up
        if attempts[-1].returncode != 0:
            return "\n".join(f"ended with {a.returncode}: {a.stdout[-900:]}" for a in attempts)
    except subprocess.TimeoutExpired as e:
        return f"a push did not end in {e.timeout} s"
    if broken := scene.broken():
        return f"{broken}; {attempts[0].stdout[-400:]}"
    # What was spoilt is dropped, and a push that ended begins its operation anew: then the contents come a second time.
    if plan and plan[2] not in ("flip",) and len(attempts) == 1 and sent > allowed:
        return f"{sent} bytes were sent where {allowed} are enough: {first.stdout[-300:]}"
    return None


def main():
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--transfers", type=int, default=60)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--only", default="")
    asked = asked.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    noise = random.Random(asked.seed)
    random.seed(asked.seed)  # which bit is flipped
    folder = tempfile.mkdtemp(prefix="iucutter-cut-")
    os.environ["XDG_CACHE_HOME"] = f"{folder}/cache"
    scene = Scene(folder)
    ran, failures = 0, 0
    try:
        for _ in range(2):
            scene.commit(noise)
            clean = scene.push(None)
            if clean.returncode != 0:
                sys.exit(f"an undisturbed push fails: {clean.stdout}")
        up, down = scene.proxy.up, scene.proxy.down
        for plan in cases(up, down, noise):
            if ran == asked.transfers:
                break
            if asked.only not in f"{plan[2]} {plan[0]} {plan[1]}":
                continue
            scene.commit(noise)
            what = judge(scene, plan, up + SLACK)
            ran += 1
            if what:
                failures += 1
                print(f"FAILED {plan[2]} at byte {plan[1]} {plan[0]}: {what}", flush=True)
            elif ran % 100 == 0:
                print(f"{ran} transfers", flush=True)
    finally:
        scene.agent.terminate()
        scene.agent.wait(30)
        shutil.rmtree(folder, ignore_errors=True)
    print(f"cut loop: {ran} transfers of {up} bytes, {failures} broke a rule")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
