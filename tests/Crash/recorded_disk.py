"""A disk that writes down what happens to it: a file on a FUSE file system of our own, with a loop device over it.

Every WRITE is recorded with its data, every FSYNC (a flush of the block layer) as what it is. From the record any state can be made in which
a power cut may leave such a disk: what was written before the last flush is there; what came after it is there, or not, or in part.
"""
import ctypes, errno, os, random, struct, subprocess, sys, time

SECTOR = 512
WRITE, FLUSH = 1, 2
RECORD = struct.Struct("<BQI")
LIBC = ctypes.CDLL(None, use_errno=True)

# The kernel's FUSE protocol, 7.31 (linux/fuse.h).
LOOKUP, FORGET, GETATTR, SETATTR, OPEN, READ, WRITE_CALL, STATFS, RELEASE, FSYNC = 1, 2, 3, 4, 14, 15, 16, 17, 18, 20
FLUSH_CALL, INIT, OPENDIR, READDIR, RELEASEDIR, ACCESS, DESTROY, BATCH_FORGET = 25, 26, 27, 28, 29, 34, 38, 42
HEAD = struct.Struct("<IIQQIIII")
ATTRIBUTES = struct.Struct("<6Q10I")
MOST = 1 << 20
ROOT, DISK, NAME = 1, 2, b"disk.img"
BIG_WRITES, MAX_PAGES, DIRECT_IO = 1 << 5, 1 << 22, 1


class Server:
    """Answers the kernel, one request after the other: what it has answered is in the record, in that order."""

    def __init__(self, channel, image, log):
        self.channel, self.size = channel, os.path.getsize(image)
        self.image = os.open(image, os.O_RDWR)
        self.log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def run(self):
        while True:
            try:
                request = os.read(self.channel, MOST + 4096)
            except OSError as error:
                if error.errno in (errno.EINTR, errno.ENOENT):
                    continue
                return
            _, call, unique, node, *_ = HEAD.unpack_from(request)
            if call in (FORGET, BATCH_FORGET):
                continue
            answer = self.answer(call, node, memoryview(request)[HEAD.size:])
            code, body = (-answer, b"") if isinstance(answer, int) else (0, answer)
            try:
                os.write(self.channel, struct.pack("<IiQ", 16 + len(body), code, unique) + body)
            except FileNotFoundError:
                # Nobody waits for this answer any more: whoever asked was killed, or the file system is gone.
                pass
            if call == DESTROY:
                return

    def answer(self, call, node, body):
        """The answer's bytes, or an error's number."""
        if call == INIT:
            return struct.pack("<IIIIHHIIHHI7I", 7, 31, MOST, BIG_WRITES | MAX_PAGES, 16, 12, MOST, 1, MOST // 4096, 0, 0, *[0] * 7)
        if call == WRITE_CALL:
            _, offset, size = struct.unpack_from("<QQI", body)
            data = body[40:40 + size]
            os.writev(self.log, [RECORD.pack(WRITE, offset, size), data])
            os.pwrite(self.image, data, offset)
            return struct.pack("<II", size, 0)
        if call == READ:
            _, offset, size = struct.unpack_from("<QQI", body)
            return os.pread(self.image, size, offset)
        if call == FSYNC:
            os.write(self.log, RECORD.pack(FLUSH, 0, 0))
            return b""
        if call == LOOKUP:
            return struct.pack("<QQQQII", DISK, 1, 3600, 3600, 0, 0) + self.attributes(DISK) if bytes(body[:-1]) == NAME else errno.ENOENT
        if call in (GETATTR, SETATTR):
            return struct.pack("<QII", 3600, 0, 0) + self.attributes(node)
        if call in (OPEN, OPENDIR):
            return struct.pack("<QII", 0, DIRECT_IO if call == OPEN else 0, 0)
        if call == STATFS:
            return struct.pack("<5Q4I6I", 1 << 20, 1 << 20, 1 << 20, 2, 0, 4096, 255, 4096, 0, *[0] * 6)
        return b"" if call in (FLUSH_CALL, RELEASE, READDIR, RELEASEDIR, ACCESS, DESTROY) else errno.ENOSYS

    def attributes(self, node):
        size, mode = (0, 0o040700) if node == ROOT else (self.size, 0o100600)
        return ATTRIBUTES.pack(node, size, size // SECTOR, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)


def checked(result, what):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


class RecordedDisk:
    """An image, served with a record of what is written to it. `device` is the block device over it."""

    def __init__(self, image, log, where):
        self.log, self.where = log, where
        os.makedirs(where, exist_ok=True)
        channel = os.open("/dev/fuse", os.O_RDWR)
        options = f"fd={channel},rootmode=40000,user_id=0,group_id=0,max_read={MOST}"
        checked(LIBC.mount(b"iucutter", where.encode(), b"fuse", 6, options.encode()), "mounting over /dev/fuse")
        self.server = subprocess.Popen([sys.executable, __file__, str(channel), image, log], pass_fds=[channel])
        os.close(channel)
        try:
            self.device = attach(f"{where}/{NAME.decode()}")
        except BaseException:
            self.close()
            raise

    def recorded(self):
        """How long the record is: all that was acknowledged so far is in it."""
        return os.path.getsize(self.log)

    def close(self):
        if getattr(self, "device", None):
            detach(self.device)
        LIBC.umount2(self.where.encode(), 2)
        try:
            self.server.wait(20)
        except subprocess.TimeoutExpired:
            self.server.kill()
            self.server.wait()


def attach(file):
    return subprocess.run(["losetup", "-f", "--show", file], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def detach(device):
    subprocess.run(["losetup", "-d", device], check=True)


def keep_mounts_private():
    """What this process mounts nobody else sees, or keeps busy with a namespace of his own; it goes with the process at the latest."""
    checked(LIBC.unshare(0x20000), "a mount namespace")
    checked(LIBC.mount(b"none", b"/", None, 1 << 14 | 1 << 18, None), "making mounts private")


def mount(device, where, kind):
    os.makedirs(where, exist_ok=True)
    # Every state of a record has the record's UUID, and XFS mounts none twice.
    options = b"nouuid" if kind == "xfs" else None
    checked(LIBC.mount(device.encode(), where.encode(), kind.encode(), 0, options), f"mounting {kind}")


def unmount(where):
    for _ in range(100):
        if LIBC.umount2(where.encode(), 0) == 0:
            return
        time.sleep(0.05)
    checked(-1, f"unmounting {where}")


def read_record(log):
    """The record's events in order, each with where it ends in the file: (kind, offset, data, end)."""
    raw = memoryview(open(log, "rb").read())
    events, at = [], 0
    while at < len(raw):
        kind, offset, size = RECORD.unpack_from(raw, at)
        at += RECORD.size + size
        events.append((kind, offset, raw[at - size:at], at))
    return events


class Replay:
    """Goes through a record once, cut by cut, in rising order."""

    def __init__(self, base, events, work):
        self.events, self.durable, self.done = events, f"{work}/durable.img", 0
        subprocess.run(["cp", "--sparse=always", base, self.durable], check=True)

    def state(self, cut, image, chance, tearing):
        """Makes the image that a cut after so many events may leave. Returns how many unflushed writes were kept, torn and lost."""
        last = max((i for i in range(self.done, cut) if self.events[i][0] == FLUSH), default=self.done)
        with open(self.durable, "r+b", buffering=0) as disk:
            for kind, offset, data, _ in self.events[self.done:last]:
                if kind == WRITE:
                    os.pwrite(disk.fileno(), data, offset)
        self.done = last
        subprocess.run(["cp", "--sparse=always", self.durable, image], check=True)
        kept = torn = lost = 0
        share = chance.choice((0.0, 0.2, 0.5, 0.8, 1.0))
        with open(image, "r+b", buffering=0) as disk:
            for kind, offset, data, _ in self.events[last:cut]:
                if kind != WRITE:
                    continue
                if tearing and chance.random() < 0.2:
                    torn += 1
                    tear(disk, offset, data, chance)
                elif chance.random() < share:
                    kept += 1
                    os.pwrite(disk.fileno(), data, offset)
                else:
                    lost += 1
        return {"kept": kept, "torn": torn, "lost": lost}


def tear(disk, offset, data, chance):
    """Some of a write's sectors: its beginning, or any of them."""
    sectors = range(0, len(data), SECTOR)
    kept = sectors[:chance.randrange(len(sectors) + 1)] if chance.random() < 0.5 else [s for s in sectors if chance.random() < 0.5]
    for start in kept:
        os.pwrite(disk.fileno(), data[start:start + SECTOR], offset + start)


if __name__ == "__main__":
    Server(int(sys.argv[1]), sys.argv[2], sys.argv[3]).run()
