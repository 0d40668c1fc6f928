"""导出记录: who took away what."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from ..clock import database_now


class ExportRecord(models.Model):
    """One list that somebody took away: who, when, which list, asked how, which columns, how many rows, from where.

    Nothing of its content. Written once; the database refuses UPDATE and DELETE.
    """

    what = models.CharField("导出内容", max_length=40)
    conditions = models.TextField("条件", blank=True)
    columns = models.TextField("列")
    file_format = models.CharField("格式", max_length=10)
    rows = models.PositiveIntegerField("行数")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="导出人", related_name="+")
    # As they were at the time.
    by_name = models.CharField("导出人姓名", max_length=40)
    by_role = models.CharField("导出人身份", max_length=80)
    address = models.CharField("来源地址", max_length=64, blank=True)
    at = models.DateTimeField("导出时间")

    class Meta:
        verbose_name = verbose_name_plural = "导出记录"
        indexes = [
            models.Index(fields=["-at", "-id"], name="export_newest"),
            models.Index(fields=["by", "-at", "-id"], name="export_of_person"),
        ]
        constraints = [models.CheckConstraint(condition=~Q(what=""), name="export_says_what")]

    def __str__(self) -> str:
        return f"{self.by_name} {self.what} {self.rows}行 {self.at:%Y-%m-%d %H:%M}"

    @classmethod
    def note(
        cls, *, by_user, what: str, conditions: str, columns: list[str], file_format: str, rows: int,
        from_address: str = "",
    ) -> "ExportRecord":  # fmt: skip
        """Remember an export. ``conditions`` must be words that may be shown: no phone number, no name."""
        return cls.objects.create(
            what=what, conditions=conditions, columns="、".join(columns), file_format=file_format, rows=rows,
            by=by_user, by_name=str(by_user), by_role=by_user.affiliation, address=from_address[:64],
            at=database_now(),
        )  # fmt: skip
