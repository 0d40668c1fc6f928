"""商户时效统计: what each figure is made of, for counting and for opening."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from .models import Round, Ticket
from .models.figures import Mean, Rate, missed_condition
from .period import Period

ROUNDS = {
    "due": "到期轮次",
    "missed": "超时轮次",
    "held_against": "超时轮次（扣除豁免）",
    "in_time": "及时处理的轮次",
    "answered": "已提交的轮次",
    "responded": "已响应的工单首轮",
}
TICKETS = {
    "submitted": "提交过的工单",
    "returned": "被退回过的工单",
    "completed": "已完结的工单",
    "at_once": "一次解决的工单",
    "rated": "消费者评价过的工单",
    "content": "消费者满意的工单",
}


class TimelinessLists:
    """What one person may see of a period, of one merchant or of all."""

    def __init__(self, user, period: Period, now, merchant=None):
        self.period, self.now = period, now
        # A merchant's own rounds, also of tickets that have gone to another since: its lateness stays its own.
        self.rounds = (
            Round.objects.filter(merchant=user.merchant_id)
            if user.is_merchant
            else Round.objects.for_user(user)
        )
        self.tickets = Ticket.objects.for_user(user)
        if merchant is not None:
            self.rounds = self.rounds.filter(merchant=merchant)
            self.tickets = self.tickets.filter(merchant=merchant)
        self.due = self.rounds.due_in(period, now)
        self.opened = self.tickets.opened_in(period)

    def behind(self, figure: str) -> QuerySet:
        """The rounds (``ROUNDS``) or tickets (``TICKETS``) that a figure counts."""
        due, opened = self.due, self.opened
        return {
            "due": lambda: due,
            "missed": lambda: due.missed(self.now),
            "held_against": lambda: due.missed(self.now).exempted(yes=False),
            "in_time": lambda: due.exclude(missed_condition(self.now)),
            "answered": lambda: due.filter(took__isnull=False),
            "responded": lambda: due.filter(number=1, responded_after__isnull=False),
            "submitted": lambda: opened.once_submitted(),
            "returned": lambda: opened.once_returned(),
            "completed": lambda: opened.completed(),
            "at_once": lambda: opened.solved_at_once(),
            "rated": lambda: opened.rated(),
            "content": lambda: opened.content(),
        }[figure]()

    def by_merchant(self) -> list["Timeliness"]:
        """One line for each merchant that had anything in the period, the latest most often first. Two statements."""
        keys = ("merchant_id", "merchant__name")
        lines: dict[int, dict] = {}
        for row in [*self.due.timeliness_by(*keys, now=self.now), *self.opened.answers_by(*keys)]:
            lines.setdefault(row["merchant_id"], {}).update(row)
        found = [Timeliness.of(row) for row in lines.values()]
        return sorted(found, key=lambda line: (-(line.missed.share or 0), -line.missed.whole, line.name))

    def trend(self) -> list["Day"]:
        """The period day by day, also the days on which nothing was due."""
        by_day = self.due.annotate(day=TruncDate("due_at", tzinfo=timezone.get_default_timezone()))
        lines = {row["day"]: row for row in by_day.timeliness_by("day", now=self.now)}
        empty = {"n": 0, "missed": 0}
        return [
            Day(day, Rate(row["missed"], row["n"]))
            for day in self.period.days()
            for row in [lines.get(day, empty)]
        ]


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the trend."""

    day: date
    missed: Rate


@dataclass(frozen=True, slots=True)
class Timeliness:
    """The figures of one merchant, or of several together."""

    merchant: int | None
    name: str
    missed: Rate
    held_against: Rate
    took: Mean
    responded: Mean
    returned: Rate
    at_once: Rate
    content: Rate

    @property
    def in_time(self) -> Rate:
        """及时处理率."""
        return self.missed.rest

    @classmethod
    def of(cls, row: dict) -> "Timeliness":
        """From one line of ``timeliness_by`` and one of ``answers_by``; either may be missing."""

        def count(key: str) -> int:
            return row.get(key) or 0

        return cls(
            merchant=row.get("merchant_id"),
            name=row.get("merchant__name") or "",
            missed=Rate(count("missed"), count("n")),
            held_against=Rate(count("missed") - count("excused"), count("n")),
            took=Mean(row.get("took_total"), count("took_n")),
            responded=Mean(row.get("responded_total"), count("responded_n")),
            returned=Rate(count("returned"), count("submitted")),
            at_once=Rate(count("at_once"), count("completed")),
            content=Rate(count("content"), count("rated")),
        )

    @classmethod
    def together(cls, lines: Iterable["Timeliness"]) -> "Timeliness":
        """All of them as if they were one."""
        lines = list(lines)

        def rate(name: str) -> Rate:
            return Rate(
                sum(getattr(line, name).part for line in lines),
                sum(getattr(line, name).whole for line in lines),
            )

        def mean(name: str) -> Mean:
            totals = (getattr(line, name).total or timedelta() for line in lines)
            return Mean(sum(totals, timedelta()), sum(getattr(line, name).whole for line in lines))

        return cls(
            merchant=None,
            name="合计",
            missed=rate("missed"),
            held_against=rate("held_against"),
            took=mean("took"),
            responded=mean("responded"),
            returned=rate("returned"),
            at_once=rate("at_once"),
            content=rate("content"),
        )
