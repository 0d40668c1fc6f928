"""查看完整号码: looking at what is masked, and the record of every look (product.md, Consumers' data)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q

from merchants.access import WORKING_ROLES, ScopedQuerySet
from merchants.models import User

from ..clock import database_now
from ..lifecycle import Archived, Refused
from ..wording import check_text

WINDOW = timedelta(hours=1)
OVER = "工单已结束，不能再查看完整信息"
NOTHING = "该订单没有登记{}"


class TooMany(Refused):
    """This person has looked as often as one may for now."""

    def __init__(self, limit: int):
        super().__init__(f"查看过于频繁：每小时最多{limit}次，请稍后再试")


class SensitiveField(models.TextChoices):
    PHONE = "phone", "手机号"
    NAME = "consignee", "姓名"
    ADDRESS = "address", "收货地址"


class RevealQuerySet(ScopedQuerySet):
    merchant_path = "ticket__merchant"


class Reveal(models.Model):
    """One look (敏感信息查看): who, when, which ticket, which field, why and from where. Never what was seen.

    Written once; the database refuses UPDATE and DELETE.
    """

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, verbose_name="工单", related_name="reveals")
    field = models.CharField("查看内容", max_length=10, choices=SensitiveField)
    reason = models.TextField("查看原因")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="查看人", related_name="+")
    # As they were at the time.
    by_name = models.CharField("查看人姓名", max_length=40)
    by_role = models.CharField("查看人身份", max_length=80)
    address = models.CharField("来源地址", max_length=64, blank=True)
    at = models.DateTimeField("查看时间")

    objects = RevealQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "敏感信息查看"
        indexes = [
            models.Index(fields=["-at", "-id"], name="reveal_newest"),
            models.Index(fields=["by", "-at", "-id"], name="reveal_of_person"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(field__in=SensitiveField.values), name="reveal_field_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="reveal_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.by_name} {self.get_field_display()} {self.at:%Y-%m-%d %H:%M}"


class Revealing:
    """Who may see how much of a ticket's consumer (docs/decisions/0009-consumers-data.md)."""

    def shows_consumer_to(self, user) -> bool:
        """Whether this person may see the consumer at all, masked: a merchant only while the ticket is open."""
        return user.is_service or (self.is_open and user.merchant_id == self.merchant_id)

    def reveal(
        self, *, by_user, field: str, reason: str, from_address: str = "", at: datetime | None = None
    ) -> str:
        """查看完整号码: one fact about the consumer in full, of an open ticket; the look is recorded first.

        Raises ``ValidationError`` without a reason, ``TooMany`` beyond ``settings.REVEALS_PER_HOUR`` in an hour,
        ``Refused`` once the ticket is over, ``NotVisible`` when it is not this person's.
        """
        reason = check_text(reason, "查看原因")
        field = SensitiveField(field)
        with transaction.atomic():
            # One person's looks wait for each other, so that two at once count as two.
            User.objects.select_for_update(no_key=True).get(pk=by_user.pk)
            self._lock_for(by_user)
            if by_user.role not in WORKING_ROLES:
                raise Refused("您的角色不能查看消费者的完整信息")
            if self.archived_at:
                raise Archived
            if not self.is_open:
                raise Refused(OVER)
            value = getattr(self.order, field)
            if not value:
                raise Refused(NOTHING.format(field.label))
            now = at or database_now()
            limit = settings.REVEALS_PER_HOUR
            if Reveal.objects.filter(by=by_user, at__gt=now - WINDOW).count() >= limit:
                raise TooMany(limit)
            Reveal.objects.create(
                ticket=self,
                field=field,
                reason=reason,
                by=by_user,
                by_name=str(by_user),
                by_role=by_user.affiliation,
                address=from_address[:64],
                at=now,
            )
        return value
