"""A round's time as a line to take in at a glance: what did not count is drawn short, so that four hours across a
holiday stay readable.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

KINDS = {"counted": "已计时", "left": "剩余", "late": "超时", "paused": "挂起", "skipped": "不计时"}
# Of the time that counts, the most that one stretch of each other kind takes on the line.
LONGEST = {"skipped": 0.14, "paused": 0.2, "late": 0.35}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of time of one kind, with what is said of it."""

    kind: str
    start: datetime
    end: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch on the line; ``start`` and ``width`` are percentages of its length. ``is_cut``: drawn shorter."""

    kind: str
    words: str
    start: float
    width: float
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment on the line, at a percentage of its length."""

    kind: str
    label: str
    moment: datetime
    at: float

    @property
    def words(self) -> str:
        """``截止 11-25 11:00``: short enough for a telephone."""
        return f"{self.label} {timezone.localtime(self.moment):%m-%d %H:%M}"


class TimeLine:
    """Stretches in order without gaps, laid out on a line."""

    def __init__(self, stretches: list[Stretch]):
        full = sum((each.end - each.start for each in stretches if each.kind not in LONGEST), timedelta())
        full = full or stretches[-1].end - stretches[0].start
        lengths = [
            min(each.end - each.start, full * LONGEST[each.kind])
            if each.kind in LONGEST
            else each.end - each.start
            for each in stretches
        ]
        whole = sum(lengths, timedelta())
        self._places, at = [], 0.0
        for each, length in zip(stretches, lengths, strict=True):
            share = 100 * (length / whole)
            self._places.append((each, at, share, length < each.end - each.start))
            at += share

    def pieces(self) -> list[Piece]:
        return [
            Piece(each.kind, each.words, round(at, 3), round(share, 3), is_cut)
            for each, at, share, is_cut in self._places
        ]

    def mark(self, kind: str, label: str, moment: datetime) -> Mark:
        return Mark(kind, label, moment, round(self._at(moment), 3))

    def legend(self) -> list[tuple[str, str]]:
        """The kinds on the line with their words."""
        there = {each.kind for each, *_ in self._places}
        return [(kind, words) for kind, words in KINDS.items() if kind in there]

    def _at(self, moment: datetime) -> float:
        for each, at, share, _ in self._places:
            if moment <= each.end:
                return at + share * max(0.0, (moment - each.start) / (each.end - each.start))
        return 100.0
