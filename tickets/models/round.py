from datetime import datetime, timedelta
from functools import cache

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.models import Exists, F, OuterRef, Q

from merchants.access import ScopedQuerySet
from merchants.models import Merchant

from ..clock import ClockNow
from ..lifecycle import Urgency
from ..reading.prepared import TICKET, Question
from ..timeliness import CRITICAL_BEFORE, overrun
from ..worktime import NoServiceTime, ServiceTime
from .alert import Alert, AlertLevel
from .calendar import ALWAYS, Calendar
from .catalogue import Policy
from .extension import Extension
from .figures import RoundFigures
from .late_verbs import LateVerbs
from .pause import Pause
from .planned import PlannedSaves

# What a ticket repeats of its current round's clock, so that a list reads one table.
CLOCK_COPY = ("warn_at", "critical_at", "due_at")


class RoundQuerySet(RoundFigures, ScopedQuerySet):
    # Who sees the ticket now, not who had this round: a ticket takes its history along to another merchant. Figures
    # about a merchant ask for ``merchant`` instead: its lateness stays its own.
    merchant_path = "ticket__merchant"

    def locked(self, ticket) -> "Round":
        """The current round of a ticket that the caller has locked already, locked itself (decision 0003).

        ``read_at`` is the database's time; ``was_paused`` and ``is_asked`` say whether there is any pause and any
        request for an extension that nobody has answered, so that most rounds need not be asked about them.
        """
        [locked] = _locked_round(connection.vendor).ask(ticket=ticket.pk, round_no=ticket.round_no)
        return locked

    def running(self) -> "RoundQuerySet":
        """Rounds whose merchant's clock runs now."""
        return self.filter(is_running=True)

    def alert_due(self, now) -> "RoundQuerySet":
        """Rounds that have reached their next rung of the alert ladder; served by a partial index."""
        return self.filter(next_alert_at__lte=now)

    def to_be_told(self) -> "RoundQuerySet":
        """Rounds with a rung that people have not heard of, in the order of the partial index that serves them."""
        return self.filter(told_level__lt=F("alert_level")).order_by("pk")

    def newly_overdue(self, now) -> "RoundQuerySet":
        """Running rounds past their deadline that no scan has recorded yet."""
        return self.alert_due(now).filter(due_at__lte=now)

    def overdue(self, now) -> "RoundQuerySet":
        """Running rounds past their deadline, recorded or not."""
        return self.filter(is_running=True, due_at__lte=now)

    def due_soon(self, now) -> "RoundQuerySet":
        """Running rounds past their first warning and before their deadline."""
        return self.filter(is_running=True, warn_at__lte=now, due_at__gt=now)

    def submitted_late(self) -> "RoundQuerySet":
        """Rounds whose result came at or after the deadline."""
        return self.filter(submitted_at__gte=F("due_at"))


class Round(LateVerbs, PlannedSaves):
    """One pass from the merchant's turn to the review (处理轮次), with the deadline it started with.

    ``is_running`` is the merchant's clock; ``is_open`` lasts until the review or a cancelling ends the round.
    ``overdue_at`` is the record of a missed deadline: the deadline itself, once written never changed (a trigger
    sees to it). ``overdue_recorded_at`` says when somebody noticed.

    ``alert_level`` is the highest rung of the alert ladder recorded, ``told_level`` the highest that people have been
    told of: the difference is what the scan leaves to the delivery worker (docs/decisions/0007).

    ``took`` is the service time until the answer, ``responded_after`` that until the merchant's first act of any kind;
    both are written with it, so that averages need no arithmetic.
    """

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, verbose_name="工单", related_name="rounds")
    # Its index is round_merchant_by_due.
    merchant = models.ForeignKey(
        Merchant, models.PROTECT, verbose_name="商户", related_name="+", db_index=False
    )
    number = models.PositiveSmallIntegerField("轮次")
    urgency = models.CharField("紧急程度", max_length=10, choices=Urgency)
    policy = models.ForeignKey(
        Policy,
        models.SET_NULL,
        verbose_name="处理时限",
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    started_at = models.DateTimeField("开始时间")
    calendar = models.ForeignKey(
        Calendar,
        models.SET_NULL,
        verbose_name="服务日历",
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    warn_at = models.DateTimeField("一般预警时间")
    critical_at = models.DateTimeField("重要预警时间")
    due_at = models.DateTimeField("截止时间")
    is_open = models.BooleanField("进行中", default=True)
    is_running = models.BooleanField("计时中", default=True)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)
    overdue_at = models.DateTimeField("超时时间", null=True, blank=True)
    overdue_recorded_at = models.DateTimeField("超时记录时间", null=True, blank=True)
    alert_level = models.PositiveSmallIntegerField("已到预警级别", default=0)
    told_level = models.PositiveSmallIntegerField("已通知预警级别", default=0)
    next_alert_at = models.DateTimeField("下次预警时间", null=True, blank=True)
    paused_at = models.DateTimeField("挂起时间", null=True, blank=True)
    skipped = models.JSONField("不计时的时段", default=list, blank=True, encoder=DjangoJSONEncoder)
    took = models.DurationField("用时", null=True, blank=True)
    responded_after = models.DurationField("首次响应用时", null=True, blank=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "处理轮次"
        ordering = ["number"]
        indexes = [
            models.Index(
                fields=["next_alert_at"], condition=Q(next_alert_at__isnull=False), name="round_next_alert"
            ),
            models.Index(
                fields=["id"], condition=Q(told_level__lt=F("alert_level")), name="round_to_be_told"
            ),
            models.Index(
                fields=["-submitted_at", "-id"],
                condition=Q(submitted_at__gte=F("due_at")),
                name="round_submitted_late",
            ),
            models.Index(
                fields=["warn_at", "id"], condition=Q(is_running=True), name="round_running_by_warn"
            ),
            models.Index(fields=["due_at", "id"], name="round_by_due"),
            models.Index(fields=["merchant", "due_at", "id"], name="round_merchant_by_due"),
            models.Index(
                fields=["due_at", "id"], condition=Q(overdue_at__isnull=False), name="round_missed_by_due"
            ),
            # After round_by_due: where both would do, SQLite takes the one that was made last.
            models.Index(fields=["due_at", "id"], condition=Q(is_running=True), name="round_running_by_due"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "number"], name="round_number_once_per_ticket"),
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(is_open=True), name="round_one_open_per_ticket"
            ),
            models.CheckConstraint(
                condition=Q(
                    due_at__gt=F("started_at"),
                    warn_at__gte=F("started_at"),
                    critical_at__gte=F("warn_at"),
                    critical_at__lte=F("due_at"),
                ),
                name="round_deadline_after_start",
            ),
            models.CheckConstraint(
                condition=Q(is_running=False) | Q(is_open=True, submitted_at__isnull=True),
                name="round_runs_only_while_open_and_unsubmitted",
            ),
            models.CheckConstraint(
                condition=Q(next_alert_at__isnull=True) | Q(is_running=True),
                name="round_alerts_only_while_running",
            ),
            models.CheckConstraint(
                condition=Q(alert_level__lt=3, overdue_at__isnull=True)
                | Q(alert_level=3, overdue_at__isnull=False),
                name="round_top_alert_is_the_missed_deadline",
            ),
            models.CheckConstraint(
                condition=Q(told_level__lte=F("alert_level")), name="round_told_what_has_happened"
            ),
            models.CheckConstraint(
                condition=Q(paused_at__isnull=True) | Q(is_running=False), name="round_paused_stands_still"
            ),
            models.CheckConstraint(
                condition=Q(is_open=True, closed_at__isnull=True) | Q(is_open=False, closed_at__isnull=False),
                name="round_closed_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True) | Q(submitted_at__gte=F("started_at")),
                name="round_submitted_after_start",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True)
                | Q(submitted_at__lt=F("due_at"))
                | Q(overdue_at__isnull=False),
                name="round_late_is_recorded",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True)
                | Q(submitted_at__isnull=False)
                | Q(closed_at__lt=F("due_at"))
                | Q(paused_at__isnull=False)  # cancelled while its clock stood
                | Q(overdue_at__isnull=False),
                name="round_closed_late_is_recorded",
            ),
            models.CheckConstraint(
                condition=Q(overdue_at__isnull=True, overdue_recorded_at__isnull=True)
                # isnull=False is said because a CHECK lets pass what is neither true nor false.
                | Q(
                    overdue_at__isnull=False,
                    overdue_recorded_at__isnull=False,
                    overdue_recorded_at__gte=F("overdue_at"),
                ),
                name="round_overdue_has_a_record_time",
            ),
        ]

    def __str__(self) -> str:
        return f"第{self.number}轮"

    # The merchant's clock. Each of these changes the object only; the verb that calls it saves CLOCK_FIELDS.

    CLOCK_FIELDS = (
        "is_running", "warn_at", "critical_at", "due_at", "overdue_at", "overdue_recorded_at",
        "alert_level", "next_alert_at", "paused_at", "skipped",
    )  # fmt: skip

    def begin(self, policy: Policy, service: ServiceTime) -> None:
        """Set the deadline that a policy gives a round starting at ``started_at``.

        Raises ``ValidationError`` when the policy's calendar never gets there.
        """
        self.policy, self.calendar_id = policy, policy.calendar_id
        try:
            self.warn_at = service.add(self.started_at, policy.warning_after)
            self.due_at = service.add(self.started_at, policy.deadline_after)
            self._place_critical(service, policy.deadline_after - CRITICAL_BEFORE)
        except NoServiceTime as error:
            raise ValidationError(
                f"服务日历「{policy.calendar}」没有可用的服务时间，无法计算截止时间，请联系主管"
            ) from error
        self.skipped = skipped_stretches(service, self.started_at, self.due_at)
        self._wait_for_next_alert()

    def is_late(self, now: datetime) -> bool:
        """Whether the deadline was missed, by the record or, where no scan has been yet, by the clock."""
        return self.overdue_at is not None or (self.is_running and self.due_at <= now)

    @property
    def stopped_at(self) -> datetime | None:
        """When the merchant's time ended: with the answer, else with the round."""
        return self.submitted_at or self.closed_at

    def overrun(self, now: datetime) -> timedelta | None:
        """How late it was, or is by ``now``; ``None`` for a round that missed no deadline."""
        return overrun(self.due_at, self.submitted_at, self.closed_at, now) if self.is_late(now) else None

    def counted(self, until: datetime) -> timedelta:
        """The service time of this round up to a moment, pauses left out."""
        from ..explaining import counted_time  # it speaks of rounds itself

        pauses = list(self.pauses.all()) if getattr(self, "was_paused", True) else []
        return counted_time(self, pauses, until)

    def service_time(self) -> ServiceTime:
        """The service time this round counts in."""
        return self.calendar.service_time() if self.calendar_id else ALWAYS

    def climb(self, now: datetime) -> list[Alert]:
        """The rungs of the alert ladder reached by ``now`` and not recorded yet, unsaved, with their true times."""
        reached = [
            Alert(ticket_id=self.ticket_id, round=self, level=level, occurred_at=moment, recorded_at=now)
            for level, moment in self.ladder()
            if level > self.alert_level and moment <= now
        ]
        if reached:
            self.alert_level = reached[-1].level
        if self.alert_level == AlertLevel.URGENT and self.overdue_at is None:
            self.overdue_at, self.overdue_recorded_at = self.due_at, now
        self._wait_for_next_alert()
        return reached

    def ladder(self) -> list[tuple[int, datetime]]:
        """The levels of the alert ladder with their times, in order."""
        return [
            (AlertLevel.WARNING, self.warn_at),
            (AlertLevel.CRITICAL, self.critical_at),
            (AlertLevel.URGENT, self.due_at),
        ]

    def stop(self) -> None:
        """The clock stops for good: the answer came, or the matter is void."""
        self.is_running, self.next_alert_at = False, None

    def pause(self, now: datetime) -> None:
        """The clock stands until ``resume``."""
        self.stop()
        self.paused_at = now
        self.skipped = cut_off(self.skipped, now)

    def resume(self, now: datetime) -> None:
        """The clock goes on: what was left when it stood is left now. What had passed by then stays as it was.

        A deadline agreed for a moment outside service time is never brought forward by a pause.
        """
        service = self.service_time()
        for name in ("warn_at", "critical_at", "due_at"):
            moment = getattr(self, name)
            if moment > self.paused_at:
                setattr(self, name, max(moment, service.add(now, service.between(self.paused_at, moment))))
        self.is_running, self.paused_at = True, None
        self.skipped = [*self.skipped, *skipped_stretches(service, now, self.due_at)]
        self._wait_for_next_alert()

    def extend(self, due_at: datetime) -> None:
        """A later deadline by agreement; 重要预警 moves with it, the first warning stays."""
        service = self.service_time()
        self.skipped = [*self.skipped, *skipped_stretches(service, self.due_at, due_at)]
        later = service.between(self.due_at, due_at)
        self.critical_at = min(service.add(self.critical_at, later), due_at)
        self.due_at = due_at
        self._wait_for_next_alert()

    def _place_critical(self, service: ServiceTime, after: timedelta) -> None:
        """重要预警: half an hour of service time before the deadline, never before the first warning."""
        moment = service.add(self.started_at, after) if after > timedelta() else self.warn_at
        self.critical_at = min(max(moment, self.warn_at), self.due_at)

    def _wait_for_next_alert(self) -> None:
        ahead = [moment for level, moment in self.ladder() if level > self.alert_level]
        self.next_alert_at = ahead[0] if ahead and self.is_running else None


@cache
def _locked_round(vendor: str) -> Question:
    round_no = 32_767  # the highest there can be
    rounds = Round.objects.filter(ticket=TICKET, number=round_no).order_by()
    pauses = Pause.objects.filter(round=OuterRef("pk"))
    asked = Extension.objects.filter(round=OuterRef("pk"), answer=Extension.Answer.PENDING)
    return Question(
        rounds.select_for_update(no_key=True, of=("self",)).annotate(
            read_at=ClockNow(), was_paused=Exists(pauses), is_asked=Exists(asked)
        ),
        round_no=round_no,
    )


def skipped_stretches(service: ServiceTime, start: datetime, end: datetime) -> list[dict[str, str]]:
    """The stretches between two moments that do not count, as they are kept: start, end, why."""
    return [
        {"start": piece.start.isoformat(), "end": piece.end.isoformat(), "why": piece.why}
        for piece in service.stretches(start, end)
        if not piece.counts
    ]


def cut_off(pieces: list[dict[str, str]], moment: datetime) -> list[dict[str, str]]:
    """Kept stretches up to a moment; one that it falls into ends there."""
    begun = [piece for piece in pieces if datetime.fromisoformat(piece["start"]) < moment]
    return [
        piece if datetime.fromisoformat(piece["end"]) <= moment else piece | {"end": moment.isoformat()}
        for piece in begun
    ]
