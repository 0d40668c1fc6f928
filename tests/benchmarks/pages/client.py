"""Asks a server as fast as it answers: a process of its own, raw sockets, connections kept open.

``python client.py`` reads a JSON task from its input and writes what it saw: it imports nothing but the standard
library, so that it starts at once and costs little (about 50 µs for an answer). ``wrk`` would cost less; it cannot
send each form once.
"""

import json
import selectors
import socket
import sys
import time
from collections import Counter
from itertools import cycle


class Connection:
    """One open connection and the answer that is coming in."""

    def __init__(self, port: int):
        self.port = port
        self.socket = None

    def ask(self, request: bytes) -> None:
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=120)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.begun, self.received, self.wanted = time.perf_counter(), b"", None
        self.socket.sendall(request)

    def hear(self) -> bool:
        """Takes what has come; true when the answer is whole."""
        piece = self.socket.recv(262_144)
        if not piece:
            raise ConnectionError(f"the server hung up after {self.received[:200]!r}")
        self.received += piece
        if self.wanted is None:
            end = self.received.find(b"\r\n\r\n")
            if end < 0:
                return False
            head = self.received[:end].lower()
            if b"transfer-encoding: chunked" in head:
                self.wanted = -1
            else:
                _, _, rest = head.partition(b"content-length:")
                self.wanted = end + 4 + int(rest.split(b"\r\n", 1)[0] or 0)
        whole = (
            self.received.endswith(b"\r\n0\r\n\r\n") if self.wanted < 0 else len(self.received) >= self.wanted
        )
        if whole:
            self.took = time.perf_counter() - self.begun
            if b"connection: close" in self.received[:2000].lower():
                self.socket.close()
                self.socket = None
        return whole


def run(port: int, requests: list[bytes], connections: int, seconds: float, once: bool) -> dict:
    """Until the time is up, or, with ``once``, until each request was sent one time."""
    waiting = iter(requests) if once else cycle(requests)
    chooser, latencies, statuses, size = selectors.DefaultSelector(), [], Counter(), 0
    start = time.perf_counter()
    give_up = float("inf") if once else start + seconds
    asked = 0
    strange = ""
    for _ in range(connections):
        request = next(waiting, None)
        if request is not None:
            connection = Connection(port)
            connection.ask(request)
            chooser.register(connection.socket, selectors.EVENT_READ, connection)
            asked += 1
    while asked:
        for key, _ in chooser.select(120):
            connection = key.data
            if not connection.hear():
                continue
            latencies.append(connection.took)
            status = connection.received[9:12].decode()
            statuses[status] += 1
            if status not in ("200", "302"):
                strange = strange or connection.received[:600].decode("utf-8", "replace")
            size += len(connection.received)
            request = None if time.perf_counter() > give_up else next(waiting, None)
            chooser.unregister(key.fileobj)
            asked -= 1
            if request is not None:
                connection.ask(request)
                chooser.register(connection.socket, selectors.EVENT_READ, connection)
                asked += 1
    return {
        "seconds": time.perf_counter() - start,
        "latencies": latencies,
        "statuses": statuses,
        "bytes": size,
        "strange": strange,
    }


if __name__ == "__main__":
    task = json.load(sys.stdin)
    task["requests"] = [request.encode("latin-1") for request in task["requests"]]
    json.dump(run(**task), sys.stdout)
