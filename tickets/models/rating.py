"""消费者评价: what the consumer says after completion, through customer service or through a one-time link."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from merchants.access import ScopedQuerySet

from ..lifecycle import AlreadyHandled, EventKind, Status
from ..notifying import announcing
from ..searching import keeping
from ..wording import check_note
from .draft import Draft

MOST_STARS = 5
# Whoever gives so few is not content; reopening is suggested. So many mean content (product.md, Figures).
LOW_STARS = 2
CONTENT_STARS = 4
WORDS_LIMIT = 500
LINK_LIVES = timedelta(days=14)
STARS_MISSING = "请选择1到5星"
CONSUMER_NAME = "消费者"
CONSUMER_ROLE = "评价链接"


class AlreadyRated(AlreadyHandled):
    """The consumer's word about this completion is there already."""

    def __init__(self):
        super().__init__("已有消费者评价，不能重复评价")


def digest(token: str) -> str:
    """What is kept of a link's key. The key is long and random, so that a plain hash cannot be turned back."""
    return hashlib.sha256(token.encode()).hexdigest()


class RatingQuerySet(ScopedQuerySet):
    merchant_path = "ticket__merchant"

    def given(self) -> "RatingQuerySet":
        return self.filter(stars__isnull=False)

    def of_link(self, token: str) -> "Rating | None":
        """The rating that a link is for, whatever has become of it."""
        found = self.filter(token_digest=digest(token)).select_related("ticket__merchant", "round")
        return found.first()


class Rating(models.Model):
    """The consumer's word about one completion of a ticket; without stars it was asked for and has not come yet."""

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, verbose_name="工单", related_name="ratings")
    round = models.OneToOneField(
        "tickets.Round", models.PROTECT, verbose_name="完结的轮次", related_name="rating"
    )
    stars = models.PositiveSmallIntegerField(
        "星级", null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MOST_STARS)]
    )
    words = models.TextField("评价内容", blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="记录人",
        null=True,
        blank=True,
        related_name="+",
        help_text="空表示消费者自己通过链接评价",
    )
    at = models.DateTimeField("评价时间", null=True, blank=True)
    token_digest = models.CharField("链接摘要", max_length=64, blank=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="链接生成人",
        null=True,
        blank=True,
        related_name="+",
    )
    expires_at = models.DateTimeField("链接失效时间", null=True, blank=True)

    objects = RatingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "消费者评价"
        constraints = [
            models.CheckConstraint(
                condition=Q(stars__isnull=True, at__isnull=True)
                | Q(stars__isnull=False, at__isnull=False, stars__gte=1, stars__lte=MOST_STARS),
                name="rating_stars_from_one_to_five",
            ),
            models.UniqueConstraint(
                fields=["token_digest"], condition=~Q(token_digest=""), name="rating_link_once"
            ),
            models.CheckConstraint(
                condition=Q(token_digest="", expires_at__isnull=True)
                | (~Q(token_digest="") & Q(expires_at__isnull=False)),
                name="rating_link_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stars}星" if self.stars else "未评价"

    @property
    def is_low(self) -> bool:
        return self.stars is not None and self.stars <= LOW_STARS

    def is_awaited(self, now: datetime) -> bool:
        """Whether the link still takes an answer: in time, and the completion it asks about still stands."""
        return (
            self.stars is None
            and self.expires_at is not None
            and now < self.expires_at
            and self.ticket.status == Status.COMPLETED
            and self.ticket.archived_at is None
            and self.round.number == self.ticket.round_no
        )


class Rated:
    """The verbs of ``Ticket`` about what the consumer says; ``Verbs`` brings the guard."""

    def rate(
        self,
        *,
        by_user=None,
        stars: int | None,
        words: str = "",
        seen_round: int | None = None,
        at: datetime | None = None,
    ) -> Rating:
        """消费者评价 of the completion: by customer service, who asked; without ``by_user`` by the consumer's link.

        Once: ``AlreadyRated`` for whoever comes second. ``ValidationError`` (fields ``stars``, ``words``). Few stars
        are told to who opened the ticket.
        """
        if stars not in range(1, MOST_STARS + 1):
            raise ValidationError({"stars": STARS_MISSING})
        words = check_note(words, "评价内容")
        if len(words) > WORDS_LIMIT:
            raise ValidationError({"words": f"评价内容最多{WORDS_LIMIT}字，现在是{len(words)}字"})
        with self._turn("rate", by_user, seen_round, at) as (_, round_, now):
            rating = Rating.objects.get_or_create(ticket=self, round=round_)[0]
            waiting = Rating.objects.filter(pk=rating.pk, stars__isnull=True)
            if not waiting.update(stars=stars, words=words, by=by_user, at=now):
                raise AlreadyRated
            rating.refresh_from_db()
            text = f"{stars}星\n{words}".strip()
            event = self.event(EventKind.RATED, round_=round_, at=now, by_user=by_user, text=text)
            event.from_status = self.status
            if by_user is None:
                event.actor_name, event.actor_role = CONSUMER_NAME, CONSUMER_ROLE
            event.save(force_insert=True)
            if by_user:
                Draft.use(by_user, "rate", ticket=self)
            keeping.keep(self.pk)
            if rating.is_low:
                announcing.tell_low_rating(self, event)
        return rating

    def invite_rating(self, *, by_user, seen_round: int | None = None, at: datetime | None = None) -> str:
        """评价链接: the address of a page on which the consumer can rate once, within 14 days.

        It is returned here and kept nowhere: a new one makes the former one useless.
        """
        token = secrets.token_urlsafe(24)
        with self._turn("rate", by_user, seen_round, at) as (_, round_, now):
            rating = Rating.objects.get_or_create(ticket=self, round=round_)[0]
            link = {"token_digest": digest(token), "invited_by": by_user, "expires_at": now + LINK_LIVES}
            if not Rating.objects.filter(pk=rating.pk, stars__isnull=True).update(**link):
                raise AlreadyRated
        return settings.SITE_URL + reverse("ratings:rate", args=[token])
