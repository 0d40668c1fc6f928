from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from merchants.access import MERCHANT_ROLES, SERVICE_ROLES, Role
from merchants.models import Merchant

from ..wording import check_text

# So many fit into a menu that one can still read.
MOST_PHRASES = 50
PLACEHOLDERS = ("{工单号}", "{订单号}", "{商户}")


class PhraseQuerySet(models.QuerySet):
    def for_user(self, user) -> "PhraseQuerySet":
        """A person's own phrases and those that their side shares."""
        return self.filter(Q(owner=user) | self._shared(user))

    def kept_by(self, user) -> "PhraseQuerySet":
        """Those this person may change: their own, and their side's where they keep them."""
        return (
            self.filter(Q(owner=user) | self._shared(user)) if keeps_shared(user) else self.filter(owner=user)
        )

    def own(self, user) -> "PhraseQuerySet":
        return self.filter(owner=user)

    def shared(self, user) -> "PhraseQuerySet":
        """Those of this person's side."""
        return self.filter(self._shared(user))

    def _shared(self, user) -> Q:
        if user.role in SERVICE_ROLES:
            return Q(owner=None, merchant=None)
        if user.role in MERCHANT_ROLES:
            return Q(owner=None, merchant=user.merchant_id)
        return Q(pk__in=[])


class Phrase(models.Model):
    """Words that somebody writes often (快捷短语): a person's own, or shared by customer service or by a merchant."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name="个人",
        related_name="phrases",
        null=True,
        blank=True,
    )
    merchant = models.ForeignKey(
        Merchant, models.CASCADE, verbose_name="商户", related_name="phrases", null=True, blank=True
    )
    title = models.CharField("标题", max_length=20)
    text = models.TextField("内容", max_length=1_000)
    position = models.PositiveSmallIntegerField("排序", default=100, help_text="小的在前")

    objects = PhraseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "快捷短语"
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(owner__isnull=True) | Q(merchant__isnull=True), name="phrase_is_own_or_shared"
            ),
            models.CheckConstraint(
                condition=~Q(text="") & ~Q(title=""), name="phrase_has_a_title_and_a_text"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_shared(self) -> bool:
        """Not one person's."""
        return self.owner_id is None

    def clean(self) -> None:
        """Refuse a title or a text that says nothing."""
        wrong = {}
        for name, what in (("title", "标题"), ("text", "内容")):
            try:
                setattr(self, name, check_text(getattr(self, name), what))
            except ValidationError as error:
                wrong[name] = error.messages
        if wrong:
            raise ValidationError(wrong)

    def put(self, *, by_user, shared: bool) -> None:
        """Keep it as one's own, or as one of one's side; a phrase stays what it is once it is kept.

        Raises ``ValidationError`` without words, or when there are as many as a menu holds.
        """
        self.clean()
        if self.pk is None:
            self.owner = None if shared else by_user
            self.merchant_id = by_user.merchant_id if shared else None
            theirs = Phrase.objects.shared(by_user) if shared else Phrase.objects.own(by_user)
            if theirs.count() >= MOST_PHRASES:
                raise ValidationError(f"最多{MOST_PHRASES}条短语，请先删除不用的")
        self.save()

    def filled(self, ticket) -> str:
        """The text for one ticket, its placeholders filled."""
        values = (ticket.number, ticket.order_number, ticket.merchant.name)
        text = self.text
        for placeholder, value in zip(PLACEHOLDERS, values, strict=True):
            text = text.replace(placeholder, value)
        return text


def keeps_shared(user) -> bool:
    """Whether this person keeps the phrases that their side shares."""
    return user.role in (Role.MANAGER, Role.MERCHANT_OWNER)
