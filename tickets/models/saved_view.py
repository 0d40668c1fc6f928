from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef, Q

from merchants.access import MERCHANT_ROLES, SERVICE_ROLES
from merchants.models import Merchant, User

from ..wording import check_text
from .phrase import keeps_shared

# So many chips can still be found at a glance.
MOST_VIEWS = 30
LONGEST_NAME = 20


class SavedViewQuerySet(models.QuerySet):
    def for_user(self, user) -> "SavedViewQuerySet":
        """A person's own views and those that their side shares; one's own first."""
        own_first = models.F("owner").asc(nulls_last=True)
        return self.filter(Q(owner=user) | self._shared(user)).order_by(own_first, "position", "id")

    def kept_by(self, user) -> "SavedViewQuerySet":
        """Those this person may change: their own, and their side's where they keep them."""
        kept = self.for_user(user)
        return kept if keeps_shared(user) else kept.filter(owner=user)

    def beside(self, view: "SavedView") -> "SavedViewQuerySet":
        """Those of the same person, or shared by the same side."""
        return self.filter(owner=view.owner_id, merchant=view.merchant_id).order_by("position", "id")

    def with_start(self, user) -> "SavedViewQuerySet":
        """Each with ``is_start``: whether 工单管理 opens with it for this person."""
        return self.annotate(is_start=Exists(StartView.objects.filter(person=user, view=OuterRef("pk"))))

    def _shared(self, user) -> Q:
        if user.role in SERVICE_ROLES:
            return Q(owner=None, merchant=None)
        if user.role in MERCHANT_ROLES:
            return Q(owner=None, merchant=user.merchant_id)
        return Q(pk__in=[])


class SavedView(models.Model):
    """A filter of the ticket list under a name (常用筛选): a person's own, or shared by customer service or by a shop.

    ``query`` is what ``tickets.filtering.kept_query`` says of a search form: parameters that it knows and understood,
    and a phone number only as its mark. What it finds is decided anew for whoever opens it.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name="个人",
        null=True,
        blank=True,
        related_name="views",
    )
    merchant = models.ForeignKey(
        Merchant, models.CASCADE, verbose_name="商户", null=True, blank=True, related_name="views"
    )
    name = models.CharField("名称", max_length=LONGEST_NAME)
    query = models.TextField("条件")
    position = models.PositiveIntegerField("排序", default=0)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "常用筛选"
        constraints = [
            models.CheckConstraint(
                condition=Q(owner__isnull=True) | Q(merchant__isnull=True), name="view_is_own_or_shared"
            ),
            models.CheckConstraint(condition=~Q(name="") & ~Q(query=""), name="view_has_a_name_and_a_query"),
            models.UniqueConstraint(fields=["owner", "name"], name="view_name_once_per_person"),
            models.UniqueConstraint(
                fields=["merchant", "name"], condition=Q(owner__isnull=True), name="view_name_once_per_shop"
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(owner__isnull=True, merchant__isnull=True),
                name="view_name_once_in_service",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_shared(self) -> bool:
        """Not one person's."""
        return self.owner_id is None

    @transaction.atomic
    def put(self, *, by_user, shared: bool = False) -> None:
        """Keep a new one, after all others: one's own, or one of one's side.

        Raises ``ValidationError`` without a name, with one that is taken, when there are as many as can be kept, or
        when somebody shares who keeps none for the others.
        """
        if shared and not keeps_shared(by_user):
            raise ValidationError("只有主管和商户管理员可以共享常用筛选")
        self.owner = None if shared else by_user
        self.merchant_id = by_user.merchant_id if shared else None
        User.objects.select_for_update().get(pk=by_user.pk)
        theirs = list(SavedView.objects.beside(self).values_list("position", flat=True))
        if len(theirs) >= MOST_VIEWS:
            raise ValidationError(f"最多保存{MOST_VIEWS}个常用筛选，请先删除不用的")
        self.position = max(theirs, default=0) + 1
        self._write()

    def rename(self, name: str, *, by_user) -> None:
        """Another name. Raises ``ValidationError`` as ``put``."""
        self._guard(by_user)
        self.name = name
        self._write()

    def overwrite(self, query: str, *, by_user) -> None:
        """Another filter under the same name."""
        self._guard(by_user)
        self.query = query
        self._write()

    @transaction.atomic
    def move(self, step: int, *, by_user) -> None:
        """One place up (-1) or down (1) among its own; at the end it stays."""
        self._guard(by_user)
        ordered = list(SavedView.objects.beside(self).select_for_update())
        at = next((place for place, view in enumerate(ordered) if view.pk == self.pk), None)
        if at is None or not 0 <= at + step < len(ordered):
            return
        ordered.insert(at + step, ordered.pop(at))
        for place, view in enumerate(ordered, start=1):
            view.position = place
        SavedView.objects.bulk_update(ordered, ["position"])

    def discard(self, *, by_user) -> None:
        """Nobody needs it any more."""
        self._guard(by_user)
        self.delete()

    def start_for(self, *, by_user) -> None:
        """From now on 工单管理 opens with it for this person, who may use it without keeping it."""
        if not SavedView.objects.for_user(by_user).filter(pk=self.pk).exists():
            raise ValidationError(f"不能使用别人的{self._meta.verbose_name}")
        StartView.objects.update_or_create(person=by_user, defaults={"view": self})

    def not_start_for(self, *, by_user) -> None:
        """From now on 工单管理 opens without it."""
        StartView.objects.filter(person=by_user, view=self).delete()

    def _guard(self, by_user) -> None:
        if not SavedView.objects.kept_by(by_user).filter(pk=self.pk).exists():
            raise ValidationError(f"不能修改别人的{self._meta.verbose_name}")

    def _write(self) -> None:
        try:
            self.name = check_text(self.name, "名称")
            if len(self.name) > LONGEST_NAME:
                raise ValidationError(f"名称最多{LONGEST_NAME}字")
        except ValidationError as error:
            raise ValidationError({"name": error.messages}) from error
        try:
            with transaction.atomic():
                self.save()
        except IntegrityError as error:
            raise ValidationError({"name": f"已有名为「{self.name}」的常用筛选"}) from error


class StartView(models.Model):
    """With which view 工单管理 opens for a person (默认): at most one, which may be a shared one."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="人员", related_name="start_view"
    )
    view = models.ForeignKey(SavedView, models.CASCADE, verbose_name="常用筛选", related_name="starts")

    class Meta:
        verbose_name = verbose_name_plural = "默认筛选"

    def __str__(self) -> str:
        return f"{self.person}：{self.view}"
