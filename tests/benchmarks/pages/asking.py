"""Requests ready to be sent, whom they are for, and what a search came to. Knows nothing of Django."""

from typing import NamedTuple
from urllib.parse import urlencode

PRODUCT, LIMIT, ADMIN = "product", "limit", "admin"


class Target(NamedTuple):
    """One page of one application. ``requests`` are asked in turn."""

    page: str
    who: str
    requests: list[bytes]


def get(path: str, cookie: str = "") -> bytes:
    head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: identity\r\nAccept: text/html\r\n"
    return (head + (f"Cookie: {cookie}\r\n" if cookie else "") + "\r\n").encode()


def post(path: str, data: dict, cookie: str = "") -> bytes:
    body = urlencode(data).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n" + (f"Cookie: {cookie}\r\n" if cookie else "") + "\r\n"
    )
    return head.encode() + body


class Asked(NamedTuple):
    """``kind``: 常见, 少见 or 单号."""

    kind: str
    text: str
    milliseconds: list[float]
