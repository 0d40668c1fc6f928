"""When the tickets of a generated mall were opened: the more the nearer to now, by day, by night, on sale days."""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

DAY, HOUR = 86_400, 3_600
# Asia/Shanghai has had no summer time since 1991.
SHANGHAI = 8 * HOUR
HORIZON_DAYS = 300
LATELY = 14 * DAY
JUST_NOW = 4 * HOUR
# Shares of all tickets that were opened just now and lately, and how many of these are open: 2 % of all together.
SHARE_JUST_NOW, SHARE_LATELY = 0.008, 0.032
OPEN_JUST_NOW, OPEN_LATELY = 0.8, 0.425
# How busy each hour of a day in Shanghai is.
HOURS = [3, 2, 1, 1, 1, 1, 2, 4, 7, 10, 11, 10, 8, 8, 10, 11, 10, 9, 8, 10, 12, 11, 8, 5]
BY_HOUR = [0, *accumulate(HOURS)]
SALES = {(6, 17): 2.0, (6, 18): 3.0, (6, 19): 2.2, (11, 11): 3.5, (11, 12): 2.6, (12, 12): 2.0}


def busy_until(second: float) -> float:
    """How much of a day's work has come in by a second of the day (0 to 86,400): 0 to 1."""
    hour, rest = divmod(second, HOUR)
    hour = int(hour)
    return (BY_HOUR[hour] + (HOURS[hour] * rest / HOUR if hour < 24 else 0)) / BY_HOUR[-1]


def second_at(share: float) -> int:
    """The second of the day by which that much has come in: the inverse of ``busy_until``."""
    amount = share * BY_HOUR[-1]
    hour = min(bisect_right(BY_HOUR, amount) - 1, 23)
    return int((hour + (amount - BY_HOUR[hour]) / HOURS[hour]) * HOUR)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some tickets that were opened on one day: ``count`` of them, from ``first`` (counted over all) on."""

    day: int  # days since 1970 in Shanghai
    low: float  # shares of the day's work
    high: float
    first: int
    count: int
    before: int  # how many of the day came earlier
    is_open: float  # how many of them are open, as a share

    def moment(self, place: float) -> int:
        """Seconds since 1970 of the opening at a place in the stretch, 0 to 1."""
        share = self.low + (self.high - self.low) * place
        return self.day * DAY - SHANGHAI + second_at(share)


def stretches(tickets: int, now: int) -> list[Stretch]:
    """All tickets, in the order of their opening; ``now`` in seconds since 1970."""
    just_now, lately = round(tickets * SHARE_JUST_NOW), round(tickets * SHARE_LATELY)
    parts = [
        (now - HORIZON_DAYS * DAY, now - LATELY, tickets - lately - just_now, 0.0),
        (now - LATELY, now - JUST_NOW, lately, OPEN_LATELY),
        (now - JUST_NOW, now - 60, just_now, OPEN_JUST_NOW),
    ]
    found: list[Stretch] = []
    first, before = 0, {}
    for start, end, count, is_open in parts:
        pieces = list(_days(start, end, now))
        shares = [0.0, *accumulate(weight for *_, weight in pieces)]
        for (day, low, high, _), a, b in zip(pieces, shares[:-1], shares[1:], strict=True):
            here = round(count * b / shares[-1]) - round(count * a / shares[-1])
            if here:
                found.append(Stretch(day, low, high, first, here, before.get(day, 0), is_open))
                before[day] = before.get(day, 0) + here
                first += here
    return found


def _days(start: int, end: int, now: int):
    """The days between two moments: day, shares of its work, how much came in."""
    from datetime import date, timedelta

    for day in range((start + SHANGHAI) // DAY, (end + SHANGHAI) // DAY + 1):
        begin = day * DAY - SHANGHAI
        low, high = (busy_until(min(max(edge - begin, 0), DAY)) for edge in (start, end))
        if high > low:
            on = date(1970, 1, 1) + timedelta(days=day)
            weight = SALES.get((on.month, on.day), 1.0) * (1.15 if on.weekday() >= 5 else 1.0)
            growth = 1.3 - 0.6 * (now - begin) / (HORIZON_DAYS * DAY)
            yield day, low, high, (high - low) * weight * growth
