"""One POST to a host that nobody vouches for: a deadline for the whole, a limit for the answer, no redirects, no proxy.

The standard library's client does none of the convenient things (redirects, proxies of the environment, retries) that
would have to be forbidden. What it lacks is a deadline for all of it: its timeout starts anew with every byte.
"""

import functools
import http.client
import io
import socket
import ssl
import time
from urllib.parse import urlsplit

from .outcome import Undelivered

DEADLINE_SECONDS = 8.0
ANSWER_LIMIT = 64 * 1024


def post_json(url: str, body: bytes) -> bytes:
    """The body of an answer 200. Raises ``Undelivered`` for anything else, and after ``DEADLINE_SECONDS``."""
    ends_at = time.monotonic() + DEADLINE_SECONDS
    parts = urlsplit(url)
    connection = _Connection(parts.hostname, parts.port, parts.scheme == "https", ends_at)
    target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    try:
        connection.request("POST", target, body, {"Content-Type": "application/json; charset=utf-8"})
        with connection.getresponse() as answer:
            if answer.status != 200:
                raise Undelivered(_sentence_of_status(answer.status), too_fast=answer.status == 429)
            text = answer.read(ANSWER_LIMIT + 1)
    except TimeoutError:
        raise Undelivered("对方没有在规定时间内回复") from None
    except ssl.SSLError:
        raise Undelivered("加密连接失败，证书可能有问题") from None
    except OSError:
        raise Undelivered("连接不上对方的服务器，或连接中断") from None
    except (http.client.HTTPException, ValueError):
        raise Undelivered("对方的回复无法识别") from None
    finally:
        connection.close()
    if len(text) > ANSWER_LIMIT:
        raise Undelivered("对方的回复过长")
    return text


def _sentence_of_status(status: int) -> str:
    if 300 <= status < 400:
        return f"对方要求转到别的地址（HTTP {status}），已拒绝"
    return f"对方回复 HTTP {status}"


class _Connection(http.client.HTTPConnection):
    """A connection of which every wait, from the first packet to the last byte, ends at ``ends_at``."""

    def __init__(self, host: str, port: int | None, encrypted: bool, ends_at: float):
        self.default_port = 443 if encrypted else 80
        super().__init__(host, port or self.default_port)
        self.encrypted, self.ends_at = encrypted, ends_at

    def response_class(self, sock, *args, **kwargs) -> http.client.HTTPResponse:
        return http.client.HTTPResponse(_Reader(sock, self.ends_at), *args, **kwargs)

    def connect(self) -> None:
        self.sock = self._reach()
        self.sock.settimeout(_left(self.ends_at))
        if self.encrypted:
            self.sock = _trust().wrap_socket(self.sock, server_hostname=self.host)
        self.sock.settimeout(_left(self.ends_at))

    def _reach(self) -> socket.socket:
        """The first of the host's addresses that takes the call."""
        failure: OSError = OSError("no address")
        for family, kind, protocol, _, address in socket.getaddrinfo(
            self.host, self.port, type=socket.SOCK_STREAM
        ):
            sock = socket.socket(family, kind, protocol)
            try:
                sock.settimeout(_left(self.ends_at))
                sock.connect(address)
            except OSError as error:
                sock.close()
                failure = error
            else:
                return sock
        raise failure


class _Reader(io.RawIOBase):
    """What the server says, read with the time that is left for all of it."""

    def __init__(self, sock: socket.socket, ends_at: float):
        # The connection closes its socket before an answer without a length is read; a file of it keeps it open.
        self.sock, self.file, self.ends_at = sock, sock.makefile("rb", buffering=0), ends_at

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        self.sock.settimeout(_left(self.ends_at))
        return self.file.readinto(buffer)

    def close(self) -> None:
        self.file.close()
        super().close()


@functools.cache
def _trust() -> ssl.SSLContext:
    """The system's certificates, read once."""
    return ssl.create_default_context()


def _left(ends_at: float) -> float:
    left = ends_at - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
