from datetime import datetime

from django.db import connection, models
from django.utils import timezone


class DailyNumber(models.Model):
    """The last running number given out on a day in Shanghai."""

    day = models.DateField(primary_key=True)
    last = models.PositiveIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = "工单流水号"

    def __str__(self) -> str:
        return f"{self.day:%Y%m%d}-{self.last:06d}"


def take_numbers(now: datetime, how_many: int = 1) -> list[str]:
    """``how_many`` ticket numbers like GD20261123-000042, of the day that ``now`` falls on in Shanghai.

    One statement, right under concurrency; belongs in the transaction that uses the numbers.
    """
    day = timezone.localtime(now).date()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tickets_dailynumber (day, last) VALUES (%s, %s)"
            " ON CONFLICT (day) DO UPDATE SET last = tickets_dailynumber.last + excluded.last RETURNING last",
            [day, how_many],
        )
        (last,) = cursor.fetchone()
    return [f"GD{day:%Y%m%d}-{number:06d}" for number in range(last - how_many + 1, last + 1)]
