from functools import cache

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.models import Exists, F, OuterRef, Q

from merchants.access import ScopedQuerySet
from merchants.models import Merchant

from ..clock import ClockNow
from ..lifecycle import Urgency
from ..reading.prepared import TICKET, Question
from .calendar import Calendar
from .catalogue import Policy
from .extension import Extension
from .figures import RoundFigures
from .late_verbs import LateVerbs
from .pause import Pause
from .planned import PlannedSaves
from .round_clock import RoundClock

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


class Round(RoundClock, LateVerbs, PlannedSaves):
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
