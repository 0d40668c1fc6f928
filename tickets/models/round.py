from django.db import models
from django.db.models import F, Q

from merchants.access import ScopedQuerySet
from merchants.models import Merchant

from ..lifecycle import Urgency
from .catalogue import Policy


class RoundQuerySet(ScopedQuerySet):
    def running(self) -> "RoundQuerySet":
        """Rounds whose merchant's clock runs now."""
        return self.filter(is_running=True)

    def newly_overdue(self, now) -> "RoundQuerySet":
        """Running rounds past their deadline that no scan has recorded yet; served by a partial index."""
        return self.filter(is_running=True, overdue_at__isnull=True, due_at__lte=now)

    def overdue(self, now) -> "RoundQuerySet":
        """Running rounds past their deadline, recorded or not."""
        return self.filter(is_running=True, due_at__lte=now)

    def due_soon(self, now) -> "RoundQuerySet":
        """Running rounds past their first warning and before their deadline."""
        return self.filter(is_running=True, warn_at__lte=now, due_at__gt=now)

    def submitted_late(self) -> "RoundQuerySet":
        """Rounds whose result came at or after the deadline."""
        return self.filter(submitted_at__gte=F("due_at"))


class Round(models.Model):
    """One pass from the merchant's turn to the review (处理轮次), with the deadline it started with.

    ``is_running`` is the merchant's clock; ``is_open`` lasts until the review or a cancelling ends the round.
    ``overdue_at`` is the record of a missed deadline: the deadline itself, once written never changed (a trigger
    sees to it). ``overdue_recorded_at`` says when somebody noticed.
    """

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, verbose_name="工单", related_name="rounds")
    merchant = models.ForeignKey(Merchant, models.PROTECT, verbose_name="商户", related_name="+")
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
    warn_at = models.DateTimeField("预警时间")
    due_at = models.DateTimeField("截止时间")
    is_open = models.BooleanField("进行中", default=True)
    is_running = models.BooleanField("计时中", default=True)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)
    overdue_at = models.DateTimeField("超时时间", null=True, blank=True)
    overdue_recorded_at = models.DateTimeField("超时记录时间", null=True, blank=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "处理轮次"
        ordering = ["number"]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(is_running=True, overdue_at__isnull=True),
                name="round_newly_overdue",
            ),
            models.Index(fields=["due_at", "id"], condition=Q(is_running=True), name="round_running_by_due"),
            models.Index(
                fields=["-submitted_at", "-id"],
                condition=Q(submitted_at__gte=F("due_at")),
                name="round_submitted_late",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "number"], name="round_number_once_per_ticket"),
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(is_open=True), name="round_one_open_per_ticket"
            ),
            models.CheckConstraint(
                condition=Q(
                    due_at__gt=F("started_at"), warn_at__gte=F("started_at"), warn_at__lte=F("due_at")
                ),
                name="round_deadline_after_start",
            ),
            models.CheckConstraint(
                condition=Q(is_running=False) | Q(is_open=True, submitted_at__isnull=True),
                name="round_runs_only_while_open_and_unsubmitted",
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

    @property
    def allowed(self):
        """How long the merchant has, as a timedelta."""
        return self.due_at - self.started_at

    @property
    def took(self):
        """How long the merchant took, as a timedelta; ``None`` before the submission."""
        return self.submitted_at - self.started_at if self.submitted_at else None
