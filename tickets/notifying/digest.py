"""Several occurrences in one message of a robot, cut below what its platform takes."""

from collections.abc import Sequence
from typing import NamedTuple

from .words import PRODUCT


class Item(NamedTuple):
    """One occurrence; ``reference`` tells a repeat."""

    text: str
    reference: str
    is_urgent: bool = False

    def lines(self) -> str:
        return f"{self.text}\n编号 {self.reference}"


def digest(items: Sequence[Item], limit: int) -> str:
    """All items in one text of at most ``limit`` bytes (UTF-8), 紧急预警 first, else in their order.

    What does not fit is counted at the end (另有 n 条，请登录查看): it is told by that, for a group that gets hundreds
    at once reads none of them, and at 20 messages a minute they would keep the next hour's news waiting.
    """
    ordered = sorted(items, key=lambda item: not item.is_urgent)
    text = PRODUCT if len(items) == 1 else f"{PRODUCT}：{len(items)} 条通知"
    for told, item in enumerate(ordered):
        entry = f"\n\n{item.lines()}"
        left = len(ordered) - told - 1
        if _size(text + entry + _rest(left)) > limit:
            if told:
                return text + _rest(left + 1)
            # Even the first is too long: its beginning and its reference.
            around = f"…\n编号 {item.reference}{_rest(left)}"
            return text + cut(f"\n\n{item.text}", limit - _size(text + around)) + around
        text += entry
    return text


def cut(text: str, limit: int) -> str:
    """The beginning of a text that takes at most ``limit`` bytes, whole characters only."""
    return text.encode()[: max(limit, 0)].decode(errors="ignore")


def _rest(count: int) -> str:
    return f"\n\n另有 {count} 条，请登录查看" if count else ""


def _size(text: str) -> int:
    return len(text.encode())
