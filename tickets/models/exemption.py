from django.conf import settings
from django.db import models
from django.db.models import F, Q

from merchants.access import ScopedQuerySet


class ExemptionQuerySet(ScopedQuerySet):
    merchant_path = "round__ticket__merchant"

    def active(self) -> "ExemptionQuerySet":
        return self.filter(revoked_at__isnull=True)


class Exemption(models.Model):
    """A missed deadline that is not held against the merchant (豁免), and when that was taken back (取消豁免).

    At most one of a round is in force. The database refuses DELETE, and every UPDATE but the one that takes it back.
    """

    round = models.ForeignKey(
        "tickets.Round", models.PROTECT, verbose_name="处理轮次", related_name="exemptions"
    )
    reason = models.TextField("豁免原因")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="豁免人", related_name="+")
    by_name = models.CharField("豁免人姓名", max_length=40)
    at = models.DateTimeField("豁免时间")
    revoked_reason = models.TextField("取消豁免的原因", blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="取消人",
        related_name="+",
        null=True,
        blank=True,
    )
    revoked_by_name = models.CharField("取消人姓名", max_length=40, blank=True)
    revoked_at = models.DateTimeField("取消时间", null=True, blank=True)

    objects = ExemptionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "超时豁免"
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["round"], condition=Q(revoked_at__isnull=True), name="exemption_one_active_per_round"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="exemption_has_a_reason"),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True, revoked_reason="")
                | (Q(revoked_at__isnull=False, revoked_by__isnull=False) & ~Q(revoked_reason="")),
                name="exemption_revoked_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=F("at")),
                name="exemption_revoked_after_it_was_given",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.by_name} {self.at:%Y-%m-%d %H:%M}"
