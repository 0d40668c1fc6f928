from django.conf import settings
from django.db import models
from django.db.models import Q

from merchants.access import ScopedQuerySet

from ..lifecycle import EventKind, Status
from .planned import PlannedSaves
from .reason import ReasonCode


class EventQuerySet(ScopedQuerySet):
    merchant_path = "ticket__merchant"


class Event(PlannedSaves):
    """One thing that happened to a ticket. Written once, never changed: the database refuses UPDATE and DELETE."""

    # On PostgreSQL a trigger stands in for these two foreign keys (migrations/_triggers.py, of_its_round). Events are
    # found by their ticket.
    ticket = models.ForeignKey(
        "tickets.Ticket",
        models.PROTECT,
        verbose_name="工单",
        related_name="events",
        db_index=False,
    )
    round = models.ForeignKey(
        "tickets.Round",
        models.PROTECT,
        verbose_name="处理轮次",
        related_name="events",
        db_index=False,
    )
    kind = models.CharField("事件", max_length=20, choices=EventKind)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="操作人",
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    # As they were at the time: people change their names and roles, history does not.
    actor_name = models.CharField("操作人姓名", max_length=40)
    actor_role = models.CharField("操作人身份", max_length=80)
    from_status = models.CharField("原状态", max_length=20, choices=Status, blank=True)
    to_status = models.CharField("新状态", max_length=20, choices=Status)
    text = models.TextField("说明", blank=True)
    # The reason that was chosen (submitted, returned), and its name as it was.
    reason_code = models.ForeignKey(
        ReasonCode, models.PROTECT, verbose_name="原因", null=True, blank=True, related_name="+"
    )
    reason_name = models.CharField("原因名称", max_length=40, blank=True, default="", db_default="")
    occurred_at = models.DateTimeField("发生时间")
    recorded_at = models.DateTimeField("记录时间")

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "处理进度"
        ordering = ["occurred_at", "id"]
        indexes = [
            models.Index(fields=["ticket", "occurred_at", "id"], name="event_of_ticket"),
            # What the system did is not looked for by who did it.
            models.Index(fields=["actor"], condition=Q(actor__isnull=False), name="event_of_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["round"], condition=Q(kind="overdue"), name="event_overdue_once_per_round"
            ),
            models.UniqueConstraint(
                fields=["round"], condition=Q(kind="submitted"), name="event_submitted_once_per_round"
            ),
            models.CheckConstraint(condition=Q(kind__in=EventKind.values), name="event_kind_known"),
            models.CheckConstraint(
                condition=Q(kind="submitted")
                | Q(kind="returned") & ~Q(reason_name="")
                | ~Q(kind__in=["submitted", "returned"]) & Q(reason_name=""),
                name="event_returned_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.occurred_at:%Y-%m-%d %H:%M}"


SYSTEM_NAME = "系统"
SYSTEM_ROLE = "定时检查"
