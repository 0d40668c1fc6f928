"""That something which runs by itself still runs: one row with the time it last came through to the end."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models
from django.db.models.functions import Now


@dataclass(frozen=True, slots=True)
class Beat:
    """``finished_at`` and ``age`` of the last round, both ``None`` when there has been none."""

    finished_at: datetime | None
    age: timedelta | None
    is_stale: bool


class Heartbeat(models.Model):
    """A table of one row (its heir adds the constraint). ``STALE_AFTER`` is when people should be told."""

    STALE_AFTER = timedelta(minutes=5)
    THE_ROW = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_ROW)
    finished_at = models.DateTimeField("完成时间")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.finished_at:%Y-%m-%d %H:%M:%S}"

    @classmethod
    def note(cls, finished_at, **figures: int) -> None:
        """Remember a round that came to its end, with the figures that the heir keeps."""
        cls.objects.bulk_create(
            [cls(finished_at=finished_at, **figures)],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["finished_at", *figures],
        )

    @classmethod
    def last(cls) -> "Beat":
        """The last round that ended, and how long ago that is by the database's clock; one statement."""
        row = cls.objects.filter(id=cls.THE_ROW).annotate(now=Now()).values_list("finished_at", "now").first()
        if row is None:
            return Beat(None, None, is_stale=True)
        finished_at, now = row
        return Beat(finished_at, now - finished_at, is_stale=now - finished_at > cls.STALE_AFTER)

    @classmethod
    def age(cls) -> timedelta | None:
        """How long ago the last round ended; ``None`` when there has been none."""
        return cls.last().age
