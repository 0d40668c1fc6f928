from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual

from merchants.access import ScopedQuerySet

from ..lifecycle import Outcome
from ..wording import RESULT_LETTERS, check_result


class ResultQuerySet(ScopedQuerySet):
    merchant_path = "round__ticket__merchant"

    def bulk_create(self, objs, *args, **kwargs):
        """Many at once, by the same rule as one."""
        objs = list(objs)
        for result in objs:
            result.clean()
        return super().bulk_create(objs, *args, **kwargs)


class Result(models.Model):
    """What the merchant answered in one round (处理结果). Written once; the database refuses UPDATE and DELETE."""

    round = models.OneToOneField(
        "tickets.Round", models.PROTECT, verbose_name="处理轮次", related_name="result"
    )
    outcome = models.CharField("处理情况", max_length=10, choices=Outcome)
    text = models.TextField("处理结果")
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="提交人", related_name="+"
    )
    submitted_at = models.DateTimeField("提交时间")

    objects = ResultQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "处理结果"
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="result_outcome_known"),
            # The floor of check_result() that plain SQL can repeat.
            models.CheckConstraint(
                condition=GreaterThanOrEqual(Length("text"), RESULT_LETTERS), name="result_text_long_enough"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}：{self.text[:20]}"

    def save(self, *args, **kwargs):
        self.clean()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Refuse an outcome that is none and a text that says nothing, with the agreed sentences."""
        if self.outcome not in Outcome.values:
            raise ValidationError({"outcome": "请选择处理情况"})
        try:
            self.text = check_result(self.text, self.outcome)
        except ValidationError as error:
            raise ValidationError({"text": error.messages}) from error
