"""The shifts of a week as people write and read them: 09:00-12:00 13:30-18:00."""

import re
import unicodedata

from django.core.exceptions import ValidationError

from .models.calendar import MINUTES_OF_DAY, WEEKDAYS, Week, check_shifts, minute_words

# Dashes and tildes of every keyboard; NFKC has made the full-width ones narrow.
DASHES = "[-‐‑‒–—―−~〜至到]"
SHIFT = re.compile(rf"(\d{{1,2}}):(\d\d)\s*{DASHES}+\s*(\d{{1,2}}):(\d\d)", re.ASCII)
BETWEEN = re.compile(r"[\s,、;]*")
NOTHING = {"", "休", "休息", "无", "-", "—"}
EXAMPLE = "09:00-12:00 13:30-18:00"


def read_shifts(text: str, weekday: int) -> list[tuple[int, int]]:
    """The shifts of one weekday (0 is Monday) in minutes after midnight, in order; an empty text is a day off.

    Full-width colons, dashes and commas are understood. Raises ``ValidationError`` with a sentence for anything that
    is not a shift, for times that do not exist, and for shifts that overlap.
    """
    folded = unicodedata.normalize("NFKC", text).strip()
    if folded in NOTHING:
        return []
    shifts, at = [], 0
    while at < len(folded):
        match = SHIFT.match(folded, at)
        if match is None:
            raise ValidationError(f"看不懂“{folded[at : at + 20]}”，请写成 {EXAMPLE}")
        shifts.append(_shift(match, weekday))
        at = BETWEEN.match(folded, match.end()).end()
        if at == match.end() < len(folded):
            raise ValidationError(f"看不懂“{folded[match.start() : at + 10]}”，请写成 {EXAMPLE}")
    check_shifts(shifts, weekday)
    return sorted(shifts)


def _shift(match: re.Match[str], weekday: int) -> tuple[int, int]:
    start, end = _minute(match[1], match[2]), _minute(match[3], match[4])
    if end < start:
        this, following = WEEKDAYS[weekday], WEEKDAYS[(weekday + 1) % 7]
        raise ValidationError(
            f"{match[0]} 的结束早于开始；跨过零点的班次请分成两天写："
            f"{this} {minute_words(start)}-24:00，{following} 00:00-{minute_words(end)}"
        )
    return start, end


def _minute(hour: str, minute: str) -> int:
    value = int(hour) * 60 + int(minute)
    if int(minute) > 59 or value > MINUTES_OF_DAY:
        raise ValidationError(f"没有 {hour}:{minute} 这个时间，请写 00:00 到 24:00 之间的时间")
    return value


def shifts_text(shifts: list[tuple[int, int]]) -> str:
    """The shifts of a day as they are typed: ``09:00-12:00 13:30-18:00``; empty for a day off."""
    return " ".join(f"{minute_words(start)}-{minute_words(end)}" for start, end in shifts)


def week_words(week: Week) -> list[str]:
    """The week in words, equal neighbours together: 周一至周五 09:00–12:00、13:30–18:00 / 周六、周日 休息."""
    groups: list[tuple[int, int]] = []
    for weekday, shifts in enumerate(week):
        if groups and week[groups[-1][0]] == shifts:
            groups[-1] = (groups[-1][0], weekday)
        else:
            groups.append((weekday, weekday))
    return [f"{_days(first, last)} {_shifts_words(week[first])}" for first, last in groups]


def _days(first: int, last: int) -> str:
    if first == last:
        return WEEKDAYS[first]
    if (first, last) == (0, 6):
        return "每天"
    return f"{WEEKDAYS[first]}{'、' if last - first == 1 else '至'}{WEEKDAYS[last]}"


def _shifts_words(shifts: list[tuple[int, int]]) -> str:
    if shifts == [(0, MINUTES_OF_DAY)]:
        return "全天"
    return "、".join(f"{minute_words(start)}–{minute_words(end)}" for start, end in shifts) or "休息"
