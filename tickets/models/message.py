from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual

from merchants.access import MERCHANT_ROLES, ScopedQuerySet
from merchants.models import Merchant

from ..wording import INVISIBLE_EDGES
from .edges import without_edges


class MessageAudience(models.TextChoices):
    INTERNAL = "internal", "内部备注"
    SHARED = "shared", "协商留言"


class MessageQuerySet(ScopedQuerySet):
    merchant_path = "ticket__merchant"

    def for_user(self, user) -> "MessageQuerySet":
        """The only way to messages: a merchant's people see the shared ones of their own tickets."""
        seen = super().for_user(user)
        return seen.filter(audience=MessageAudience.SHARED) if user.role in MERCHANT_ROLES else seen


class Message(models.Model):
    """What was said about a ticket beside its course: within customer service (内部备注) or to the other side.

    Changes neither state nor clock. Written once: the database refuses UPDATE and DELETE.
    """

    ticket = models.ForeignKey(
        "tickets.Ticket", models.PROTECT, verbose_name="工单", related_name="messages", db_index=False
    )
    round = models.ForeignKey("tickets.Round", models.PROTECT, verbose_name="处理轮次", related_name="+")
    audience = models.CharField("可见范围", max_length=10, choices=MessageAudience)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="作者", related_name="+"
    )
    # As they were at the time; ``merchant`` is empty for customer service.
    author_name = models.CharField("作者姓名", max_length=40)
    author_role = models.CharField("作者身份", max_length=80)
    merchant = models.ForeignKey(
        Merchant, models.PROTECT, verbose_name="作者的商户", related_name="+", null=True, blank=True
    )
    text = models.TextField("内容")
    at = models.DateTimeField("时间")

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "留言"
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["ticket", "at", "id"], name="message_of_ticket")]
        constraints = [
            models.CheckConstraint(
                condition=Q(audience__in=MessageAudience.values), name="message_audience_known"
            ),
            models.CheckConstraint(
                condition=Q(audience="shared") | Q(merchant__isnull=True),
                name="message_merchants_write_no_internal_ones",
            ),
            models.CheckConstraint(
                condition=GreaterThanOrEqual(Length(without_edges("text", INVISIBLE_EDGES)), 1),
                name="message_has_a_text",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_audience_display()} {self.at:%Y-%m-%d %H:%M}"

    @property
    def is_internal(self) -> bool:
        """Only for customer service."""
        return self.audience == MessageAudience.INTERNAL


class Mention(models.Model):
    """A person of the author's own side whom a message names (@姓名)."""

    message = models.ForeignKey(
        Message, models.PROTECT, verbose_name="留言", related_name="mentions", db_index=False
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="被提到的人", related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "提到的人"
        constraints = [models.UniqueConstraint(fields=["message", "person"], name="mention_once_per_person")]

    def __str__(self) -> str:
        return f"@{self.person}"
