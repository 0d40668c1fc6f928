"""Moments as both databases read them in UTC; inside the load they are whole seconds since 1970."""

from functools import cache
from time import gmtime, strftime

CLOCK = [f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}" for second in range(86_400)]


@cache
def date_text(day: int) -> str:
    return strftime("%Y-%m-%d", gmtime(day * 86_400))


def at(moment: int | None) -> str | None:
    """``2026-11-23 06:05:00`` in UTC."""
    if moment is None:
        return None
    day, second = divmod(moment, 86_400)
    return f"{date_text(day)} {CLOCK[second]}"


def iso(moment: int | None) -> str | None:
    """As the facts of an order are kept in JSON."""
    if moment is None:
        return None
    day, second = divmod(moment, 86_400)
    return f"{date_text(day)}T{CLOCK[second]}Z"


def wall(moment: int) -> str:
    """``2026-11-23 14:05`` on Shanghai's wall, as pages and messages say it."""
    day, second = divmod(moment + 8 * 3_600, 86_400)
    return f"{date_text(day)} {CLOCK[second][:5]}"
