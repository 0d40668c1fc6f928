from django.db import models

from .heartbeat import Heartbeat


class DeadlineScan(Heartbeat):
    """When the deadline scan last went through to the end: one row, so that a stopped scheduler is seen."""

    flagged = models.PositiveIntegerField("本次记录数")

    class Meta:
        verbose_name = verbose_name_plural = "时限检查"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="deadline_scan_one_row")]

    @classmethod
    def note(cls, finished_at, flagged: int) -> None:
        """Remember a finished scan."""
        super().note(finished_at, flagged=flagged)
