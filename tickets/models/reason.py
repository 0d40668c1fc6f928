"""Why something was not solved, needs the mall, or came back, in words that can be counted (原因)."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from ..lifecycle import Outcome
from .catalogue import Category


class ReasonKind(models.TextChoices):
    UNSOLVED = "unsolved", "未解决的原因"
    PLATFORM = "platform", "需平台协助的原因"
    RETURN = "return", "退回类别"


# The outcomes that say why. Honest failure is a full answer; its reason is what the mall can learn from.
REASON_OF_OUTCOME = {Outcome.UNSOLVED: ReasonKind.UNSOLVED, Outcome.PLATFORM: ReasonKind.PLATFORM}


class ReasonCodeQuerySet(models.QuerySet):
    def offered(self, kind: str, category_id: int | None) -> "ReasonCodeQuerySet":
        """What can be chosen for a ticket of this category."""
        fitting = Q(category=None) | Q(category=category_id)
        return self.filter(fitting, kind=kind, is_active=True)


class ReasonCode(models.Model):
    """One reason to choose. Results and events copy its name, so that a new name changes no history."""

    kind = models.CharField("用于", max_length=10, choices=ReasonKind)
    name = models.CharField("名称", max_length=40)
    category = models.ForeignKey(
        Category,
        models.PROTECT,
        verbose_name="问题类型",
        null=True,
        blank=True,
        related_name="reason_codes",
        help_text="不选择表示适用于所有问题类型",
    )
    is_active = models.BooleanField("启用", default=True)
    position = models.PositiveSmallIntegerField("排序", default=100)

    objects = ReasonCodeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "原因"
        ordering = ["kind", "position", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "name", "category"],
                name="reason_once_per_category",
                violation_error_message="已有同名的原因",
            ),
            models.UniqueConstraint(
                fields=["kind", "name"],
                condition=Q(category=None),
                name="reason_once_for_all",
                violation_error_message="已有同名的原因",
            ),
            models.CheckConstraint(condition=Q(kind__in=ReasonKind.values), name="reason_kind_known"),
            models.CheckConstraint(condition=~Q(name=""), name="reason_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


def check_reason(code: ReasonCode | None, kind: ReasonKind, field: str) -> ReasonCode:
    """The code, where it is one of this kind and in use; else ``ValidationError`` at ``field``: 请选择…."""
    if code is None or code.kind != kind or not code.is_active:
        raise ValidationError({field: f"请选择{kind.label}"})
    return code


def check_reason_fits(code: ReasonCode | None, category_id: int, field: str) -> None:
    """``ValidationError`` at ``field`` for a code that is another category's."""
    if code is not None and code.category_id not in (None, category_id):
        raise ValidationError({field: f"“{code}”不适用于该问题类型"})
