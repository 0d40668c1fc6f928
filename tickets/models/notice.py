"""What a person is told inside the product: the inbox behind the bell (站内消息)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from merchants.access import MERCHANT_ROLES

from ..clock import database_now

# Counting the unread ends here: whoever has more reads 99+.
MOST_COUNTED = 100


class NoticeKind(models.TextChoices):
    OPENED = "opened", "新工单"
    RETURNED = "returned", "退回商家"
    REOPENED = "reopened", "重新打开"
    CANCELLED = "cancelled", "工单撤销"
    REMINDED = "reminded", "催办"
    HELD = "held", "挂起"
    RESUMED = "resumed", "恢复计时"
    SUBMITTED = "submitted", "商家已提交"
    EXTENSION_ASKED = "extension_asked", "申请延期"
    EXTENSION_GRANTED = "extension_granted", "同意延期"
    EXTENSION_DECLINED = "extension_declined", "不同意延期"
    WARNING = "warning", "一般预警"
    CRITICAL = "critical", "重要预警"
    URGENT = "urgent", "紧急预警"
    ASSIGNED = "assigned", "转派同事"
    TRANSFERRED = "transferred", "转派商户"
    MESSAGE = "message", "新留言"
    MENTIONED = "mentioned", "提到了您"
    RATED_LOW = "rated_low", "消费者不满意"
    OVERDUE_LIST = "overdue_list", "每日超时清单"
    JOB = "job", "导出与导入"


def address_of(kind: str, ticket_number: str | None, key: str = "") -> str:
    """Where a person goes who wants to know more about a notice: its ticket, its job, else the list it speaks of."""
    if ticket_number:
        return reverse("tickets:detail", args=[ticket_number])
    if kind == NoticeKind.JOB:
        number = key.split(":")[1]
        return reverse("exchange:job", args=[number])
    return reverse("tickets:overdue" if kind == NoticeKind.OVERDUE_LIST else "tickets:list")


def without_heading(kind: str, text: str) -> str:
    """A notice's words where its kind stands beside them already."""
    return text.removeprefix(f"【{NoticeKind(kind).label}】")


class NoticeQuerySet(models.QuerySet):
    def for_user(self, user) -> "NoticeQuerySet":
        """A person's own notices; of a merchant's people only those about tickets that are (still) theirs."""
        own = self.filter(recipient=user)
        if user.role in MERCHANT_ROLES:
            own = own.filter(Q(ticket=None) | Q(ticket__merchant=user.merchant_id))
        return own

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at__isnull=True)

    def up_to(self, pk: int) -> "NoticeQuerySet":
        """Those that were there when the notice ``pk`` was the newest: what came later nobody has seen yet."""
        return self.filter(pk__lte=pk)

    def mark_read(self, *, by_user) -> int:
        """标为已读: those among them that are the person's own and unread; returns how many. The first time stays."""
        return self.for_user(by_user).unread().update(read_at=database_now())


class Notice(models.Model):
    """One thing that one person was told, once. Its words hold no consumer's name, phone or address.

    ``key`` names the occurrence (``event:17``, ``alert:42:3``, ``overdue_list:2026-11-24``): telling it again is
    refused by the database.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name="收件人",
        related_name="notices",
        db_index=False,
    )
    key = models.CharField("事由编号", max_length=60)
    kind = models.CharField("类型", max_length=20, choices=NoticeKind)
    ticket = models.ForeignKey(
        "tickets.Ticket", models.PROTECT, verbose_name="工单", related_name="notices", null=True, blank=True
    )
    round_no = models.PositiveSmallIntegerField("轮次", default=0)
    text = models.CharField("内容", max_length=2000)
    created_at = models.DateTimeField("时间")
    read_at = models.DateTimeField("已读时间", null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "站内消息"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["recipient", "-created_at", "-id"], name="notice_newest"),
            models.Index(
                fields=["recipient", "-created_at", "-id"],
                condition=Q(read_at__isnull=True),
                name="notice_unread",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["key", "recipient"], name="notice_once_per_person"),
            models.CheckConstraint(condition=Q(kind__in=NoticeKind.values), name="notice_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} → {self.recipient}"
