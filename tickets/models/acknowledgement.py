from django.conf import settings
from django.db import models

from merchants.access import ScopedQuerySet


class AcknowledgementQuerySet(ScopedQuerySet):
    merchant_path = "round__ticket__merchant"


class Acknowledgement(models.Model):
    """A manager has seen that a round is late (确认). Once for a round; the database refuses UPDATE and DELETE."""

    round = models.OneToOneField(
        "tickets.Round", models.PROTECT, verbose_name="处理轮次", related_name="acknowledgement"
    )
    note = models.TextField("确认说明", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="确认人", related_name="+")
    by_name = models.CharField("确认人姓名", max_length=40)
    at = models.DateTimeField("确认时间")

    objects = AcknowledgementQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "超时确认"

    def __str__(self) -> str:
        return f"{self.by_name} {self.at:%Y-%m-%d %H:%M}"
