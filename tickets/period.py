"""A period of whole days on Shanghai's wall, as managers choose it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

CHOICES = (7, 30, 90)
# Longer than this nobody reads, and a picture has no room for.
LONGEST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Period:
    """From the beginning of ``first`` to the end of ``last``."""

    first: date
    last: date

    def __str__(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first} 至 {self.last}"

    @classmethod
    def latest(cls, days: int, now: datetime) -> "Period":
        """Today and the days before it, ``days`` in all."""
        today = timezone.localdate(now)
        return cls(today - timedelta(days=days - 1), today)

    @property
    def start(self) -> datetime:
        return _midnight(self.first)

    @property
    def end(self) -> datetime:
        """The first moment that is over."""
        return _midnight(self.last + timedelta(days=1))

    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
