"""That something which runs by itself still runs: one row with the time it last came through to the end."""

from datetime import timedelta

from django.db import models

from ..clock import database_now


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
        cls.objects.update_or_create(id=cls.THE_ROW, defaults={"finished_at": finished_at, **figures})

    @classmethod
    def age(cls) -> timedelta | None:
        """How long ago the last round ended; ``None`` when there has been none."""
        last = cls.objects.filter(id=cls.THE_ROW).values_list("finished_at", flat=True).first()
        return None if last is None else database_now() - last
