from django.db import models
from django.db.models import F, Q

from merchants.access import ScopedQuerySet


class AlertLevel(models.IntegerChoices):
    WARNING = 1, "一般预警"
    CRITICAL = 2, "重要预警"
    URGENT = 3, "紧急预警"


class AlertQuerySet(ScopedQuerySet):
    merchant_path = "ticket__merchant"


class Alert(models.Model):
    """A rung of the alert ladder that a round has reached. Written once; the database refuses UPDATE and DELETE."""

    # PostgreSQL has no foreign keys for these two: both are copied from the round that climbs, and neither a round nor
    # its ticket ever goes away. Alerts are found by their round.
    ticket = models.ForeignKey(
        "tickets.Ticket",
        models.PROTECT,
        verbose_name="工单",
        related_name="alerts",
        db_index=False,
    )
    round = models.ForeignKey(
        "tickets.Round",
        models.PROTECT,
        verbose_name="处理轮次",
        related_name="alerts",
        db_index=False,
    )
    level = models.PositiveSmallIntegerField("预警级别", choices=AlertLevel)
    occurred_at = models.DateTimeField("到达时间")
    recorded_at = models.DateTimeField("记录时间")

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "预警记录"
        ordering = ["occurred_at", "level"]
        constraints = [
            models.UniqueConstraint(fields=["round", "level"], name="alert_once_per_round_and_level"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=3), name="alert_level_known"),
            models.CheckConstraint(
                condition=Q(recorded_at__gte=F("occurred_at")), name="alert_recorded_after_it_happened"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()} {self.occurred_at:%Y-%m-%d %H:%M}"
