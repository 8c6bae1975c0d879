#!/usr/bin/env python3
"""A link that is far: ssh's ProxyCommand that holds every byte back for a while, both ways, and loses none of its speed.

    ssh -o 'ProxyCommand bench/delay.py %h %p 50' HOST

50 is milliseconds one way, so 100 from question to answer.
"""
import collections, os, socket, sys, threading, time


def pump(read, write, delay):
    queue, changed = collections.deque(), threading.Condition()

    def let_go():
        while True:
            with changed:
                changed.wait_for(lambda: queue)
                due, data = queue.popleft()
            time.sleep(max(0, due - time.monotonic()))
            write(data)
            if not data:
                return

    writer = threading.Thread(target=let_go, daemon=True)
    writer.start()
    data = b"?"
    while data:
        data = read()
        with changed:
            queue.append((time.monotonic() + delay, data))
            changed.notify()
    writer.join()


def write_all(data):
    while data:
        data = data[os.write(1, data):]


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    host, port, delay = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]) / 1000
    far = socket.create_connection((host, port))
    far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    up = lambda data: far.sendall(data) if data else far.shutdown(socket.SHUT_WR)
    threading.Thread(target=pump, args=(lambda: os.read(0, 1 << 18), up, delay), daemon=True).start()
    pump(lambda: far.recv(1 << 18), write_all, delay)
