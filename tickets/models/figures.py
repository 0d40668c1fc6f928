"""Figures about lateness, as verbs of query sets (product.md, Figures). A page lists by the verb that it counts by.

A round belongs to the period in which its deadline falls; a deadline that has not come yet belongs to none. Rounds of
cancelled tickets count nowhere, nor do those that stand on hold before their deadline: that will move. A round that
ended because its ticket went to another merchant counts where its deadline had been missed by then.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import models
from django.db.models import Count, Exists, ExpressionWrapper, F, OuterRef, Q, Sum, Value
from django.db.models.functions import Coalesce

from ..lifecycle import EventKind, Outcome, Status
from ..period import Period

# A second ticket on the same order and category within this time: the first was not solved for good.
COMES_BACK_WITHIN = timedelta(days=7)
# 屡次超时: this many missed deadlines within these days.
REPEATED = 3
REPEATED_DAYS = 30

# How late, for the eye: key, words, from, to (``None``: without end).
LATENESS = [
    ("30m", "0–30分", timedelta(), timedelta(minutes=30)),
    ("1h", "30分–1小时", timedelta(minutes=30), timedelta(hours=1)),
    ("2h", "1–2小时", timedelta(hours=1), timedelta(hours=2)),
    ("4h", "2–4小时", timedelta(hours=2), timedelta(hours=4)),
    ("more", "4小时以上", timedelta(hours=4), None),
]


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with how many it is of; nothing can be said where that is none."""

    part: int
    whole: int

    @property
    def share(self) -> float | None:
        return self.part / self.whole if self.whole else None

    @property
    def rest(self) -> "Rate":
        """What is left of the whole."""
        return Rate(self.whole - self.part, self.whole)

    def __str__(self) -> str:
        return f"{100 * self.part / self.whole:.1f}%" if self.whole else "—"


@dataclass(frozen=True, slots=True)
class Mean:
    """An average length of time with how many it is of."""

    total: timedelta | None
    whole: int

    @property
    def value(self) -> timedelta | None:
        return self.total / self.whole if self.whole and self.total is not None else None


class RoundFigures(models.QuerySet):
    """What is counted by rounds."""

    def not_cancelled(self) -> "RoundFigures":
        return self.exclude(ticket__status=Status.CANCELLED)

    def due_in(self, period: Period, now) -> "RoundFigures":
        """到期轮次: the rounds of a period, those of which 超时率 is a share."""
        rounds = self.filter(due_at__gte=period.start, due_at__lt=period.end, due_at__lte=now)
        was_not_taken_away = Q(closed_at__isnull=True) | Q(submitted_at__isnull=False)
        counted = Q(overdue_at__isnull=False) | (Q(paused_at__isnull=True) & was_not_taken_away)
        return rounds.filter(counted).not_cancelled()

    def missed(self, now) -> "RoundFigures":
        """Rounds submitted late or still unsubmitted past the deadline, recorded or not."""
        return self.filter(missed_condition(now))

    def missed_in(self, period: Period, now) -> "RoundFigures":
        """超时轮次 of a period. Says the period twice, so that either half finds its partial index."""
        within = Q(due_at__gte=period.start, due_at__lt=period.end, due_at__lte=now)
        recorded, running = Q(overdue_at__isnull=False) & within, Q(is_running=True) & within
        return self.filter(recorded | running).not_cancelled()

    def submitted_late_in(self, period: Period) -> "RoundFigures":
        """超时提交: answered, but late, with the deadline in the period. Partial index round_missed_by_due."""
        rounds = self.filter(overdue_at__isnull=False, submitted_at__isnull=False)
        return rounds.filter(due_at__gte=period.start, due_at__lt=period.end).not_cancelled()

    def exempted(self, *, yes: bool = True) -> "RoundFigures":
        """Rounds that a manager has exempted; without ``yes`` those that none has."""
        condition = exempted_condition()
        return self.filter(condition if yes else ~condition)

    def with_lateness(self, now) -> "RoundFigures":
        """Adds ``late_by``: how long after its deadline a round was answered, or ended, or is due until ``now``."""
        reached = Coalesce(F("submitted_at"), F("closed_at"), Value(now), output_field=models.DateTimeField())
        late_by = ExpressionWrapper(reached - F("due_at"), output_field=models.DurationField())
        return self.annotate(late_by=late_by)

    def late_by(self, key: str, now) -> "RoundFigures":
        """The rounds in one class of ``LATENESS``."""
        return self.with_lateness(now).filter(lateness_condition(key))

    def lateness(self, now) -> dict[str, int]:
        """How many there are in each class of ``LATENESS``; one statement."""
        counts = {f"in_{key}": Count("pk", filter=lateness_condition(key)) for key, *_ in LATENESS}
        found = self.with_lateness(now).aggregate(**counts)
        return {key: found[f"in_{key}"] for key, *_ in LATENESS}

    def timeliness_by(self, *keys: str, now) -> list[dict]:
        """For ``due_in()`` rounds, in one statement: lines by ``keys`` with ``n``, ``missed`` and of those ``late``
        (answered) and ``excused`` (exempted), and sums and counts of the time taken (``took``) and of that until the
        first response (``responded``).
        """
        late = missed_condition(now)
        return list(
            self.order_by()
            .values(*keys)
            .annotate(
                n=Count("pk"),
                missed=Count("pk", filter=late),
                late=Count("pk", filter=Q(overdue_at__isnull=False, submitted_at__isnull=False)),
                excused=Count("pk", filter=late & exempted_condition()),
                took_total=Sum("took"),
                took_n=Count("took"),
                responded_total=Sum("responded_after", filter=Q(number=1)),
                responded_n=Count("responded_after", filter=Q(number=1)),
            )
        )


def missed_condition(now) -> Q:
    """Submitted late, or unsubmitted past the deadline: by the record, or by the clock where no scan has come yet."""
    return Q(overdue_at__isnull=False) | Q(is_running=True, due_at__lte=now)


def exempted_condition() -> Q:
    from .exemption import Exemption

    return Q(Exists(Exemption.objects.filter(round=OuterRef("pk"), revoked_at__isnull=True)))


def lateness_condition(key: str) -> Q:
    """The condition of one class of ``LATENESS`` on ``late_by``."""
    _, _, start, end = next(line for line in LATENESS if line[0] == key)
    return Q(late_by__gte=start) & (Q() if end is None else Q(late_by__lt=end))


class TicketFigures(models.QuerySet):
    """What is counted by tickets, of those opened in a period."""

    def opened_in(self, period: Period) -> "TicketFigures":
        return self.filter(created_at__gte=period.start, created_at__lt=period.end)

    def once_submitted(self) -> "TicketFigures":
        """Tickets whose merchant has answered at least once."""
        return self.filter(submitted_condition())

    def once_returned(self) -> "TicketFigures":
        """Tickets that were handed back at least once."""
        return self.filter(returned_condition())

    def completed(self) -> "TicketFigures":
        return self.filter(status=Status.COMPLETED)

    def solved_at_once(self) -> "TicketFigures":
        """一次解决: completed as 已解决 with one submission, and the matter did not come back."""
        return self.filter(solved_at_once_condition())

    def rated(self) -> "TicketFigures":
        """Tickets that the consumer has rated."""
        return self.filter(rated_condition())

    def content(self) -> "TicketFigures":
        """Of those, the ones with four or five stars; where a reopened ticket has several ratings, by the latest."""
        return self.filter(content_condition())

    def answers_by(self, *keys: str) -> list[dict]:
        """Lines by ``keys`` with the counts behind 退回率, 一次解决率 and 满意率; one statement."""
        return list(
            self.order_by()
            .values(*keys)
            .annotate(
                submitted=Count("pk", filter=submitted_condition()),
                returned=Count("pk", filter=returned_condition()),
                completed=Count("pk", filter=Q(status=Status.COMPLETED)),
                at_once=Count("pk", filter=solved_at_once_condition()),
                rated=Count("pk", filter=rated_condition()),
                content=Count("pk", filter=content_condition()),
            )
        )


def submitted_condition() -> Q:
    # A second round begins only after an answer to the first.
    return Q(result__isnull=False) | Q(round_no__gt=1)


def returned_condition() -> Q:
    from .event import Event

    return Q(Exists(Event.objects.filter(ticket=OuterRef("pk"), kind=EventKind.RETURNED)))


def solved_at_once_condition() -> Q:
    """One round means one submission, no return and no reopening."""
    from .ticket import Ticket

    second = Ticket.objects.filter(
        order=OuterRef("order"),
        category=OuterRef("category"),
        created_at__gt=OuterRef("created_at"),
        created_at__lte=OuterRef("completed_at") + COMES_BACK_WITHIN,
    )
    return Q(status=Status.COMPLETED, round_no=1, result__outcome=Outcome.SOLVED) & ~Q(Exists(second))


def rated_condition() -> Q:
    """Tickets that the consumer has rated."""
    from .rating import Rating

    given = Rating.objects.given().filter(ticket=OuterRef("pk"))
    return Q(Exists(given))


def content_condition() -> Q:
    """Tickets whose consumer is content by the latest word: a ticket that was reopened may have several."""
    from .rating import CONTENT_STARS, Rating

    later = Rating.objects.given().filter(
        ticket=OuterRef("ticket"), round__number__gt=OuterRef("round__number")
    )
    latest = Rating.objects.filter(ticket=OuterRef("pk"), stars__gte=CONTENT_STARS)
    return Q(Exists(latest.exclude(Exists(later))))
