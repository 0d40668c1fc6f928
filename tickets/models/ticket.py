from django.conf import settings
from django.db import models
from django.db.models import Q

from merchants.models import Merchant
from orders.models import Customer, Order

from ..addresses import address
from ..lifecycle import OPEN_STATUSES, STATUSES_WITH_RESULT, Status, Urgency
from ..timeliness import Countdown, countdown
from .catalogue import Category
from .clock_verbs import ClockVerbs
from .evidence_verbs import EvidenceVerbs
from .guarding import NOT_VISIBLE, Guarding
from .handover_verbs import HandoverVerbs
from .opening import Opening, TicketDraft
from .planned import PlannedSaves
from .queries import TicketQuerySet
from .rating import Rated
from .result import Result
from .reveal import Revealing
from .talking import Talking
from .verbs import Verbs

__all__ = ["NOT_VISIBLE", "Ticket", "TicketDraft"]


class Ticket(
    Opening,
    Guarding,
    Verbs,
    ClockVerbs,
    HandoverVerbs,
    EvidenceVerbs,
    Talking,
    Rated,
    Revealing,
    PlannedSaves,
):
    """A consumer's problem with an order, on its way between customer service and the merchant.

    The columns from ``round_no`` on repeat the current round, so that a list reads one table; the verbs keep them.
    """

    number = models.CharField("工单号", max_length=24, unique=True)
    order = models.ForeignKey(Order, models.PROTECT, verbose_name="订单", related_name="tickets")
    order_number = models.CharField("订单号", max_length=64)
    # Its index is ticket_merchant_newest.
    merchant = models.ForeignKey(
        Merchant, models.PROTECT, verbose_name="商户", related_name="tickets", db_index=False
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, verbose_name="消费者", null=True, blank=True, related_name="tickets"
    )
    category = models.ForeignKey(Category, models.PROTECT, verbose_name="问题类型", related_name="tickets")
    urgency = models.CharField("紧急程度", max_length=10, choices=Urgency)
    problem = models.TextField("问题描述")
    status = models.CharField("工单状态", max_length=20, choices=Status, default=Status.WAITING_MERCHANT)
    is_open = models.BooleanField("未结束", default=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="创建人", related_name="+"
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="处理人",
        null=True,
        blank=True,
        related_name="assigned_tickets",
        help_text="商户里认领了这张工单的人；空表示本店任何人都可以处理",
    )
    created_at = models.DateTimeField("创建时间")
    handled_at = models.DateTimeField("最近处理时间")
    completed_at = models.DateTimeField("完结时间", null=True, blank=True)
    archived_at = models.DateTimeField("归档时间", null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, verbose_name="合并到", null=True, blank=True, related_name="merged_tickets"
    )
    result = models.OneToOneField(
        Result, models.PROTECT, verbose_name="处理结果", null=True, blank=True, related_name="ticket"
    )

    round_no = models.PositiveSmallIntegerField("轮次", default=1)
    is_returned = models.BooleanField("被退回", default=False)
    warn_at = models.DateTimeField("预警时间")
    critical_at = models.DateTimeField("重要预警时间")
    due_at = models.DateTimeField("截止时间")
    stopped_at = models.DateTimeField("停止计时时间", null=True, blank=True)
    was_late = models.BooleanField("曾超时", default=False)

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "工单"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="ticket_newest"),
            models.Index(fields=["merchant", "-created_at", "-id"], name="ticket_merchant_newest"),
            models.Index(fields=["-handled_at", "-id"], name="ticket_handled"),
            models.Index(fields=["merchant", "-handled_at", "-id"], name="ticket_merchant_handled"),
            models.Index(
                fields=["status", "due_at", "id"], condition=Q(is_open=True), name="ticket_open_due"
            ),
            models.Index(
                fields=["merchant", "status", "due_at", "id"],
                condition=Q(is_open=True),
                name="ticket_merchant_open_due",
            ),
            # Every order of every tab, for customer service and for one merchant; what is open is small.
            models.Index(fields=["due_at", "id"], name="ticket_due"),
            models.Index(fields=["merchant", "due_at", "id"], name="ticket_merchant_due"),
            *(
                models.Index(
                    fields=[*scope, "status", f"{order}_at", "id"],
                    condition=Q(is_open=True),
                    name=f"ticket_{name}open_{order}",
                )
                for scope, name in [([], ""), (["merchant"], "merchant_")]
                for order in ("created", "handled")
            ),
            models.Index(
                fields=["status", "stopped_at", "id"], condition=Q(is_open=True), name="ticket_open_stopped"
            ),
            models.Index(fields=["order_number"], name="ticket_order_number"),
            models.Index(
                fields=["handled_at", "id"],
                condition=Q(is_open=False, archived_at__isnull=True),
                name="ticket_to_archive",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="ticket_status_known"),
            models.CheckConstraint(
                condition=Q(is_open=True, status__in=sorted(OPEN_STATUSES))
                | Q(is_open=False, status__in=sorted(set(Status) - OPEN_STATUSES)),
                name="ticket_is_open_fits_status",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=sorted(STATUSES_WITH_RESULT)) | Q(result__isnull=False),
                name="ticket_reviewed_only_with_a_result",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.COMPLETED, completed_at__isnull=False)
                | (~Q(status=Status.COMPLETED) & Q(completed_at__isnull=True)),
                name="ticket_completed_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(due_at__gt=models.F("created_at"), warn_at__lte=models.F("due_at")),
                name="ticket_deadline_after_start",
            ),
            models.CheckConstraint(condition=~Q(problem=""), name="ticket_has_a_problem"),
            models.CheckConstraint(
                condition=Q(archived_at__isnull=True) | Q(is_open=False),
                name="ticket_archived_only_when_over",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True)
                | Q(status=Status.CANCELLED) & ~Q(merged_into=models.F("id")),
                name="ticket_merged_is_cancelled",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return address("detail", self.number)

    def countdown(self, now) -> Countdown:
        """The clock of the current round as a page shows it at ``now`` (the database's time)."""
        return countdown(self.status, self.warn_at, self.due_at, self.stopped_at, now, self.critical_at)
