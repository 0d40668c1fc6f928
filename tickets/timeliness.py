"""The second axis: how a ticket stands against its deadline. Always computed, never a state (product.md, The clock).

A deadline is missed at the deadline itself: late means ``moment >= due_at``, here and in every query.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

from .lifecycle import Status

# 重要预警 begins this long before the deadline.
CRITICAL_BEFORE = timedelta(minutes=30)
# A list has hundreds of moments, and formatting a number costs ten times as much as looking it up.
TWO = [f"{number:02d}" for number in range(60)]


class Timeliness(models.TextChoices):
    NORMAL = "normal", "正常"
    DUE_SOON = "due_soon", "即将超时"
    OVERDUE = "overdue", "已超时"
    ON_TIME = "on_time", "按时完成"
    LATE = "late", "超时完成"
    PAUSED = "paused", "已暂停"


def overrun(
    due_at: datetime, submitted_at: datetime | None, closed_at: datetime | None, now: datetime
) -> timedelta:
    """How long after its deadline a round was answered, else ended, else how long it is due by ``now``.

    Negative before the deadline. ``RoundFigures.with_lateness`` says the same in SQL.
    """
    return (submitted_at or closed_at or now) - due_at


def span_words(span: timedelta | float | None) -> str:
    """A length of time in the words of the screens: 2天03小时, 1小时05分, 12分, 不足1分; whole minutes, cut."""
    if span is None:
        return "—"
    seconds = span.total_seconds() if isinstance(span, timedelta) else span
    minutes = int(abs(seconds)) // 60
    if minutes < 1:
        return "不足1分"
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days}天{hours:02d}小时"
    return f"{hours}小时{minutes:02d}分" if hours else f"{minutes}分"


def moment_words(moment: datetime | None) -> str:
    """``2026-11-23 14:05`` on Shanghai's wall; a dash for nothing."""
    if moment is None:
        return "—"
    wall = moment.astimezone(timezone.get_default_timezone())
    return f"{wall.year}-{TWO[wall.month]}-{TWO[wall.day]} {TWO[wall.hour]}:{TWO[wall.minute]}"


@dataclass(frozen=True, slots=True)
class Countdown:
    """What a page shows of one clock."""

    state: str
    text: str
    due_at: datetime | None
    warn_at: datetime | None
    running: bool
    level: int
    critical_at: datetime | None = None

    @property
    def label(self) -> str:
        """The word of the timeliness axis; empty for a ticket that was cancelled in time."""
        return Timeliness(self.state).label if self.state else ""


def timeliness(
    status: str, warn_at: datetime, due_at: datetime, stopped_at: datetime | None, now: datetime
) -> str:
    """The key of the axis for a ticket's current round; '' for one cancelled before its deadline.

    ``stopped_at`` is when the merchant's clock stopped (submission or cancelling), ``None`` while it runs.
    """
    if status == Status.ON_HOLD:
        return Timeliness.PAUSED
    if stopped_at is None:
        if now >= due_at:
            return Timeliness.OVERDUE
        return Timeliness.DUE_SOON if now >= warn_at else Timeliness.NORMAL
    if status == Status.CANCELLED:
        return Timeliness.OVERDUE if stopped_at >= due_at else ""
    return Timeliness.LATE if stopped_at >= due_at else Timeliness.ON_TIME


def countdown(
    status: str,
    warn_at: datetime,
    due_at: datetime,
    stopped_at: datetime | None,
    now: datetime,
    critical_at: datetime | None = None,
) -> Countdown:
    """The words and colours for a ticket's current round at ``now`` (the database's time)."""
    state = timeliness(status, warn_at, due_at, stopped_at, now)
    critical_at = critical_at or due_at - CRITICAL_BEFORE
    moment = stopped_at or now
    level = 0
    if state == Timeliness.NORMAL:
        text = f"剩余{span_words(due_at - now)}"
    elif state == Timeliness.DUE_SOON:
        text = f"即将超时 剩余{span_words(due_at - now)}"
        level = 2 if now >= critical_at else 1
    elif state == Timeliness.OVERDUE:
        text, level = f"已超时{span_words(moment - due_at)}", 3
    elif state == Timeliness.LATE:
        text, level = f"超时完成 超时{span_words(moment - due_at)}", 3
    else:
        text = Timeliness(state).label if state else "—"
    running = stopped_at is None and status == Status.WAITING_MERCHANT
    return Countdown(state, text, due_at, warn_at, running, level, critical_at)
