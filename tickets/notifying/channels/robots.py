"""A text to a group robot of any kind. Success is what the body of the answer says, whatever the HTTP status."""

import json
import time
from dataclasses import dataclass, field
from types import ModuleType

from . import dingtalk, feishu, wecom
from .origins import check_origin
from .outcome import Undelivered
from .posting import post_json

PLATFORMS: dict[str, ModuleType] = {"dingtalk": dingtalk, "wecom": wecom, "feishu": feishu}


@dataclass(frozen=True, slots=True)
class RobotDoor:
    """Where a robot is, and what opens it; neither shows when somebody prints it."""

    kind: str
    url: str = field(repr=False)
    secret: str = field(repr=False)


def send(door: RobotDoor, text: str) -> None:
    """Send one message. Raises ``Undelivered``; its sentence holds nothing of the address and nothing of the answer."""
    check_origin(door.kind, door.url)
    platform = PLATFORMS[door.kind]
    url, body = platform.request(door.url, door.secret, text, time.time())
    answer = post_json(url, json.dumps(body, ensure_ascii=False).encode())
    try:
        code = platform.code(json.loads(answer))
    except (ValueError, AttributeError, RecursionError):
        code = None
    if type(code) is not int:  # False and 0.0 equal 0, too
        raise Undelivered("对方的回复无法识别")
    if code == platform.TOO_FAST:
        raise Undelivered("平台限制发送频率，稍后再发", too_fast=True)
    if code != 0:
        raise Undelivered(f"{platform.REASONS.get(code, '平台没有接受')}（错误码 {code}）")
