#!/usr/bin/env python3
"""Makes a git repository of a given shape to push, the same at every run: make_repo.py FOLDER FILES BYTES

Sizes are spread as in a source tree (log-normal, sigma 1.2), ten or so files stand in a folder, and the contents are words and numbers that
compress about as source text does. Two commits are tagged: bench-base, and bench-change, in which 20 files are changed, 5 added and 5 removed.
"""
import os, random, subprocess, sys


def words(chance):
    letters = "etaoinshrdlucmfwypvbgkjqxz"
    return ["".join(chance.choices(letters, range(26, 0, -1), k=chance.randint(2, 9))) for _ in range(4000)]


def text(chance, vocabulary, length):
    own, parts, size = chance.sample(vocabulary, 60), [], 0
    while size < length:
        line = " " * (4 * chance.randint(0, 4)) + " ".join(chance.choices(own, k=chance.randint(2, 9))) + f" = {chance.randint(0, 99999)};\n"
        parts.append(line)
        size += len(line)
    return "".join(parts)[:length].encode()


def main():
    folder, count, total = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    chance = random.Random(f"{count} {total}")
    vocabulary = words(chance)
    raw = [chance.lognormvariate(0, 1.2) for _ in range(count)]
    sizes = [max(1, int(r * total / sum(raw))) for r in raw]
    packages = [f"{chance.choice(vocabulary)}{n}" for n in range(max(1, count // 40))]
    paths = [f"{packages[n % len(packages)]}/{chance.choice(['src', 'test', 'src/parts', '.'])}/{chance.choice(vocabulary)}_{n}.txt".replace("/./", "/") for n in range(count)]
    subprocess.run(["git", "init", "-q", "-b", "main", folder], check=True)
    stream = subprocess.Popen(["git", "-C", folder, "fast-import", "--quiet"], stdin=subprocess.PIPE)
    put = stream.stdin.write

    def commit(mark, subject, files, removed=()):
        put(f"commit refs/heads/main\nmark :{mark}\ncommitter Bench <bench@example.org> {1_700_000_000 + mark} +0000\ndata {len(subject)}\n{subject}\n".encode())
        for path in removed:
            put(f"D {path}\n".encode())
        for path, length in files:
            content = text(chance, vocabulary, length)
            put(f"M 644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n")
        put(f"reset refs/tags/bench-{subject}\nfrom :{mark}\n\n".encode())

    commit(1, "base", zip(paths, sizes))
    touched = chance.sample(range(count), min(count, 25))
    changed = [(paths[n], sizes[n]) for n in touched[:20]] + [(f"{packages[0]}/added_{n}.txt", 2000) for n in range(5)]
    commit(2, "change", changed, [paths[n] for n in touched[20:]])
    stream.stdin.close()
    if stream.wait() != 0:
        return 1
    for setting, value in (("gc.auto", "0"), ("maintenance.auto", "false"), ("user.name", "bench"), ("user.email", "bench@example.org")):
        subprocess.run(["git", "-C", folder, "config", setting, value], check=True)
    subprocess.run(["git", "-C", folder, "reset", "-q", "--hard", "bench-change"], check=True)
    print(f"{folder}: {count} files, {sum(sizes)} bytes, packed to {sum(os.path.getsize(os.path.join(p, f)) for p, _, fs in os.walk(folder + '/.git') for f in fs)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
