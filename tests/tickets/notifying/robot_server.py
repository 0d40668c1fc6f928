"""A local host of group robots: it answers like 钉钉, 企业微信 and 飞书, and in every way that a host can go wrong."""

import json
import socketserver
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import SplitResult, parse_qs, urlsplit

OK = {
    "dingtalk": {"errcode": 0, "errmsg": "ok"},
    "wecom": {"errcode": 0, "errmsg": "ok"},
    "feishu": {"code": 0, "msg": "success", "data": {}, "StatusCode": 0, "StatusMessage": "success"},
}
Behaviour = Callable[[BinaryIO], None]


@dataclass
class Said:
    """One message that came in."""

    url: SplitResult
    headers: dict[str, str]
    body: dict

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.url.query).items()}

    @property
    def text(self) -> str:
        return (self.body.get("text") or self.body["content"]).get("content") or self.body["content"]["text"]


def answer(body: object, status: int = 200, headers: str = "") -> Behaviour:
    """Says this, and closes the line."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = f"HTTP/1.1 {status} So\r\n{headers}Content-Length: {len(content)}\r\n\r\n"
    return lambda line: line.write(head.encode() + content)


def hang(line: BinaryIO) -> None:
    """Says nothing."""
    time.sleep(1)


def trickle(line: BinaryIO) -> None:
    """A byte now and then, for as long as anybody listens."""
    for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 100:
        line.write(bytes([byte]))
        line.flush()
        time.sleep(0.02)


def endless(line: BinaryIO) -> None:
    """Ten megabytes."""
    line.write(b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 10_000_000)


class RobotServer:
    """Answers on any path; ``/dingtalk…``, ``/wecom…`` and ``/feishu…`` as that platform. ``behaviours`` by path."""

    def __init__(self) -> None:
        self.said: list[Said] = []
        self.behaviours: dict[str, Behaviour] = {}
        self.on_message: Callable[[], None] = lambda: None
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                with suppress(OSError):  # the other side did not wait
                    outer.talk(self.rfile, self.wfile)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            block_on_close = False

        self.server = Server(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        ).start()

    def url(self, path: str) -> str:
        return self.origin + path

    def talk(self, incoming, outgoing) -> None:
        _, target, _ = incoming.readline().decode().split(" ", 2)
        headers = {}
        while line := incoming.readline().decode().strip():
            name, value = line.split(": ", 1)
            headers[name.lower()] = value
        url = urlsplit(target)
        self.said.append(Said(url, headers, json.loads(incoming.read(int(headers["content-length"])))))
        self.on_message()
        platform = url.path.strip("/").split("-")[0]
        self.behaviours.get(url.path, answer(OK.get(platform, {})))(outgoing)

    def texts(self, path: str) -> list[str]:
        return [said.text for said in self.said if said.url.path == path]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
