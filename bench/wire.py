#!/usr/bin/env python3
"""Bytes on the wire of a warm push, beside an incremental git bundle: bench/wire.py REPOSITORY OLD NEW [alone]

Pushes OLD's files and then NEW's to an agent of its own, once with `format: tar` and once with `format: bundle`, through a TCP forwarder
that counts what goes each way. Both commits get an iucutter.yaml without checks, in a clone that goes when it is over. With `alone` OLD is a commit without history, which a first bundle would hold."""
import os, socket, subprocess, sys, tempfile, threading

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN = os.path.join(HERE, "artifacts", "bin")
PACKAGER, AGENT = (os.path.join(BIN, *p) for p in (("Packager", "debug", "iucutter"), ("Agent", "debug", "iucutter-agent")))
YAML = "name: app\nformat: %s\ncompile: []\nimport: []\ntest: []\nsmoke: []\n"


def git(folder, *words, **more):
    return subprocess.run(["git", "-C", folder, "-c", "user.name=b", "-c", "user.email=b@localhost", *words], check=True, capture_output=True, text=True, **more).stdout.strip()


def commit(clone, tree_of, form, parent):
    """A commit of the files of another, with the configuration beside them."""
    git(clone, "read-tree", tree_of)
    blob = git(clone, "hash-object", "-w", "--stdin", input=YAML % form)
    git(clone, "update-index", "--add", "--cacheinfo", f"100644,{blob},iucutter.yaml")
    return git(clone, "commit-tree", *(["-p", parent] if parent else []), "-m", form, git(clone, "write-tree"))


def count(to):
    """Forwards one port to another; returns the port and the two sums, up and down."""
    listener, sums = socket.create_server(("127.0.0.1", 0)), [0, 0]

    def pump(a, b, which):
        try:
            while data := a.recv(65536):
                sums[which] += len(data)
                b.sendall(data)
            b.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def accept():
        while True:
            near = listener.accept()[0]
            far = socket.create_connection(("127.0.0.1", to))
            for pair in ((near, far, 0), (far, near, 1)):
                threading.Thread(target=pump, args=pair, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1], sums


def measure(work, form, repository, old, new, alone=""):
    clone = os.path.join(work, form)
    subprocess.run(["git", "clone", "-q", "--bare", "--shared", repository, clone], check=True)
    first = commit(clone, old, form, "" if alone else git(clone, "rev-parse", old + "^{commit}"))
    second = commit(clone, new, form, first)
    free = socket.create_server(("127.0.0.1", 0))
    port = free.getsockname()[1]
    free.close()
    root = os.path.join(work, form + "-root")
    os.mkdir(root)
    agent = subprocess.Popen([AGENT, "serve", "--root", root, "--state", root + "-state", "--socket", root + ".sock", "--port", str(port), "--sandbox", "T0"],
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    while "serves" not in agent.stdout.readline():
        pass
    threading.Thread(target=agent.stdout.read, daemon=True).start()
    try:
        sums = []
        for one in (first, second):
            through, passed = count(port)
            subprocess.run([PACKAGER, "push", one, "--repo", clone, "--target", f"http://127.0.0.1:{through}", "--without", "scan", "--without", "reproduction",
                            "--without", "test", "--without", "smoke"], check=True, capture_output=True,
                           env={**os.environ, "XDG_CACHE_HOME": work + "/cache", "XDG_STATE_HOME": work + "/mine"})
            sums.append(tuple(passed))
        bundle = os.path.join(work, "peer.bundle")
        git(clone, "update-ref", "refs/heads/second", second)
        git(clone, "bundle", "create", "-q", bundle, "refs/heads/second", "^" + first)
        return sums, os.path.getsize(bundle)
    finally:
        agent.terminate()
        agent.wait()


with tempfile.TemporaryDirectory(prefix="iucutter-wire-") as work:
    for form in ("tar", "bundle"):
        (cold, warm), peer = measure(work, form, *sys.argv[1:])
        print(f"{form}: cold {cold[0]} bytes up, {cold[1]} down; warm {warm[0]} up, {warm[1]} down; git bundle create {peer} bytes; "
              f"warm up less the bundle {warm[0] - peer}, up / bundle {warm[0] / peer:.2f}", flush=True)
