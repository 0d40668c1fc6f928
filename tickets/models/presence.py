from datetime import datetime, timedelta

from django.conf import settings
from django.db import models

from ..clock import database_now

# A page says every 15 seconds that it is looked at; who has been silent for three times that has gone.
GONE_AFTER = timedelta(seconds=45)
# Being seen again is written down only when the last note of it gets old.
NOTED_EVERY = timedelta(seconds=25)


class PresenceQuerySet(models.QuerySet):
    def others(self, ticket, person, now: datetime) -> "PresenceQuerySet":
        """Who else has the ticket's page open; who is writing comes first."""
        here = self.filter(ticket=ticket, seen_at__gt=now - GONE_AFTER).exclude(person=person)
        return here.select_related("person").order_by("-is_typing", "person__name", "pk")


class Presence(models.Model):
    """Somebody has a ticket's page open. It only tells the others; nothing is ever locked by it."""

    ticket = models.ForeignKey(
        "tickets.Ticket", models.CASCADE, verbose_name="工单", related_name="presences"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="查看人", related_name="+"
    )
    seen_at = models.DateTimeField("最近查看时间")
    is_typing = models.BooleanField("正在填写", default=False)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "正在查看的人"
        constraints = [models.UniqueConstraint(fields=["ticket", "person"], name="presence_once")]
        indexes = [models.Index(fields=["seen_at"], name="presence_age")]

    def __str__(self) -> str:
        return f"{self.person}{'正在处理' if self.is_typing else '正在查看'}"

    @classmethod
    def note(cls, ticket, person, *, is_typing: bool) -> datetime:
        """This person has the page open; returns the time it is. Writes only what others would see change."""
        now = database_now()
        known = cls.objects.filter(ticket=ticket, person=person).first()
        if known and known.is_typing == is_typing and now - known.seen_at < NOTED_EVERY:
            return now
        cls.objects.update_or_create(
            ticket=ticket, person=person, defaults={"seen_at": now, "is_typing": is_typing}
        )
        return now


def presence_words(present) -> str:
    """``李店员正在处理 · 王客服、赵主管也在查看``; empty when nobody else is there."""
    typing = "、".join(str(each.person) for each in present if each.is_typing)
    looking = "、".join(str(each.person) for each in present if not each.is_typing)
    return " · ".join(
        words for names, words in ((typing, f"{typing}正在处理"), (looking, f"{looking}也在查看")) if names
    )
