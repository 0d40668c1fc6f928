from datetime import timedelta

from django.db import models

from ..clock import database_now


class DeadlineScan(models.Model):
    """When the deadline scan last went through to the end: one row, so that a stopped scheduler is seen."""

    STALE_AFTER = timedelta(minutes=5)
    THE_ROW = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_ROW)
    finished_at = models.DateTimeField("完成时间")
    flagged = models.PositiveIntegerField("本次记录数")

    class Meta:
        verbose_name = verbose_name_plural = "时限检查"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="deadline_scan_one_row")]

    def __str__(self) -> str:
        return f"{self.finished_at:%Y-%m-%d %H:%M:%S}"

    @classmethod
    def note(cls, finished_at, flagged: int) -> None:
        """Remember a finished scan."""
        cls.objects.bulk_create(
            [cls(finished_at=finished_at, flagged=flagged)],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["finished_at", "flagged"],
        )

    @classmethod
    def age(cls) -> timedelta | None:
        """How long ago the last scan finished; ``None`` when there has been none."""
        last = cls.objects.filter(id=cls.THE_ROW).values_list("finished_at", flat=True).first()
        return None if last is None else database_now() - last
