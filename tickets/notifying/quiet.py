"""Quiet hours (免打扰), on Shanghai's wall; they may cross midnight."""

from datetime import datetime, time, timedelta

from django.utils import timezone


def after_quiet(moment: datetime, quiet_from: time | None, quiet_to: time | None) -> datetime:
    """``moment`` itself, or the end of the quiet hours it falls into.

    The quiet hours begin at ``quiet_from`` and are over at ``quiet_to``. Two equal times, or none, are no quiet hours.
    """
    if quiet_from is None or quiet_to is None or quiet_from == quiet_to:
        return moment
    wall = timezone.localtime(moment)
    now = wall.time()
    over_midnight = quiet_from > quiet_to
    is_quiet = (now >= quiet_from or now < quiet_to) if over_midnight else quiet_from <= now < quiet_to
    if not is_quiet:
        return moment
    day = wall.date() + timedelta(days=1 if over_midnight and now >= quiet_from else 0)
    return datetime.combine(day, quiet_to, tzinfo=wall.tzinfo)
