from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q

from ..clock import database_now
from ..wording import UNKEEPABLE, visible
from .planned import delete

# Room for a text of TEXT_LIMIT that has still to be shortened, and its neighbours.
LIMIT = 40_000
MOST_FIELDS = 40
# What people leave lying about in 新建工单; more than this nobody means to finish.
MOST_SHEETS = 20


class WrittenElsewhere(Exception):
    """The draft was changed in another window or on another device since the person's page was made."""

    def __init__(self, draft: "Draft"):
        super().__init__()
        self.draft = draft


class DraftQuerySet(models.QuerySet):
    def about(self, person, ticket) -> "DraftQuerySet":
        """What a person has written on a ticket and not sent, oldest first."""
        return self.filter(person=person, ticket=ticket).order_by("saved_at", "pk")

    def sheets(self, person, verb: str) -> "DraftQuerySet":
        """What a person has begun without a ticket (新建工单), the newest first."""
        return self.filter(person=person, ticket=None, verb=verb).order_by("-saved_at", "-pk")[:MOST_SHEETS]


class Draft(models.Model):
    """What somebody is writing and has not sent: saved as they type. Nobody but this person ever sees it."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="填写人", related_name="+"
    )
    ticket = models.ForeignKey(
        "tickets.Ticket", models.CASCADE, verbose_name="工单", null=True, blank=True, related_name="+"
    )
    verb = models.CharField("动作", max_length=20)
    round_no = models.PositiveSmallIntegerField("写给哪一轮", default=0)
    sheet = models.CharField("哪一份（没有工单时）", max_length=32, blank=True)
    fields = models.JSONField("填写内容")
    saved_at = models.DateTimeField("保存时间")

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "草稿"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "ticket", "verb", "round_no"],
                condition=Q(ticket__isnull=False),
                name="draft_once_per_round",
            ),
            models.UniqueConstraint(
                fields=["person", "verb", "sheet"],
                condition=Q(ticket__isnull=True),
                name="draft_once_per_sheet",
            ),
        ]
        indexes = [models.Index(fields=["saved_at"], name="draft_age")]

    def __str__(self) -> str:
        return f"{self.verb} {self.saved_at:%Y-%m-%d %H:%M}"

    @property
    def stamp(self) -> str:
        """Which version this is: a page sends it back with the next one."""
        return self.saved_at.isoformat()

    @classmethod
    def keep(
        cls, *, by_user, verb: str, fields: dict[str, str], ticket=None, round_no: int = 0, sheet: str = "",
        stamp: str | None = None,
    ) -> "Draft | None":  # fmt: skip
        """Save what is being written in place of what was there; ``None`` when nothing is left of it.

        ``stamp`` is the version the page knows of ("" for none); ``WrittenElsewhere`` when there is another one, whose
        words would be lost. ``ValidationError`` for more than a draft may hold.
        """
        fields = {name: UNKEEPABLE.sub("", text) for name, text in fields.items()}
        if len(fields) > MOST_FIELDS or sum(len(name) + len(text) for name, text in fields.items()) > LIMIT:
            raise ValidationError("内容过长，草稿没有保存")
        place = {"person": by_user, "ticket": ticket, "verb": verb, "round_no": round_no, "sheet": sheet}
        with transaction.atomic():
            kept = cls.objects.select_for_update().filter(**place).first()
            if kept and stamp is not None and stamp != kept.stamp and fields != kept.fields:
                raise WrittenElsewhere(kept)
            if not any(visible(text) for text in fields.values()):
                if kept:
                    kept.delete()
                return None
            draft, _ = cls.objects.update_or_create(
                **place, defaults={"fields": fields, "saved_at": database_now()}
            )
        return draft

    @classmethod
    def use(cls, by_user, verb: str, ticket=None, sheet: str = "") -> None:
        """The verb that a draft was for has been done: its draft goes, in the transaction of the verb."""
        delete(cls, person_id=by_user.pk, ticket_id=ticket and ticket.pk, verb=verb, sheet=sheet)
