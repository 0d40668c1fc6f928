from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Pause(models.Model):
    """A stretch in which a round's clock stood (挂起), with why, and when somebody means to get in touch again."""

    round = models.ForeignKey("tickets.Round", models.PROTECT, verbose_name="处理轮次", related_name="pauses")
    reason = models.TextField("挂起原因")
    started_at = models.DateTimeField("挂起时间")
    until = models.DateTimeField("下次联系时间", help_text="到时自动恢复计时")
    ended_at = models.DateTimeField("恢复时间", null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="操作人", related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "挂起记录"
        ordering = ["started_at"]
        indexes = [
            models.Index(fields=["until"], condition=Q(ended_at__isnull=True), name="pause_to_be_resumed")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["round"], condition=Q(ended_at__isnull=True), name="pause_one_open_per_round"
            ),
            models.CheckConstraint(
                condition=Q(until__gt=F("started_at"))
                & (Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at"))),
                name="pause_ends_after_its_start",
            ),
        ]

    def __str__(self) -> str:
        return f"挂起至 {self.until:%Y-%m-%d %H:%M}"
