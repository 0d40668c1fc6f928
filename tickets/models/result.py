from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Left, Length, Replace
from django.db.models.lookups import GreaterThanOrEqual

from merchants.access import ScopedQuerySet

from ..lifecycle import Outcome
from ..wording import HOLLOW_EDGES, RESULT_DISTINCT, RESULT_LETTERS, check_result
from .catalogue import Category
from .edges import without_edges
from .planned import PlannedSaves
from .reason import REASON_OF_OUTCOME, ReasonCode, check_reason, check_reason_fits


class ResultQuerySet(ScopedQuerySet):
    merchant_path = "round__ticket__merchant"

    def bulk_create(self, objs, *args, **kwargs):
        """Many at once, by the same rule as one."""
        objs = list(objs)
        for result in objs:
            result.clean()
        return super().bulk_create(objs, *args, **kwargs)


class Result(PlannedSaves):
    """What the merchant answered in one round (处理结果). Written once; the database refuses UPDATE and DELETE."""

    round = models.OneToOneField(
        "tickets.Round", models.PROTECT, verbose_name="处理轮次", related_name="result"
    )
    outcome = models.CharField("处理情况", max_length=10, choices=Outcome)
    text = models.TextField("处理结果")
    # Why it was not solved or needs the mall, and the name of that reason as it was.
    reason_code = models.ForeignKey(
        ReasonCode, models.PROTECT, verbose_name="原因", null=True, blank=True, related_name="results"
    )
    reason_name = models.CharField("原因名称", max_length=40, blank=True, default="", db_default="")
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="提交人", related_name="+"
    )
    submitted_at = models.DateTimeField("提交时间")

    objects = ResultQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "处理结果"
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="result_outcome_known"),
            # The floor of check_result() that plain SQL can repeat: without what says nothing at its edges, and
            # without its first character, wherever it comes again.
            models.CheckConstraint(
                condition=GreaterThanOrEqual(Length(without_edges("text", HOLLOW_EDGES)), RESULT_LETTERS),
                name="result_text_long_enough",
            ),
            models.CheckConstraint(
                condition=GreaterThanOrEqual(
                    Length(Replace("text", Left("text", 1), Value(""))), RESULT_DISTINCT - 1
                ),
                name="result_text_is_not_one_character",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=sorted(REASON_OF_OUTCOME)) & ~Q(reason_name="")
                | ~Q(outcome__in=sorted(REASON_OF_OUTCOME)) & Q(reason_name=""),
                name="result_failed_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}：{self.text[:20]}"

    def save(self, *args, **kwargs):
        self.clean()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Refuse an outcome that is none, one without its reason, and a text that says nothing, with the agreed
        sentences; ``unsolved_code`` and ``platform_code`` are the fields of the reasons.
        """
        if wrong := self.faults(self.round.ticket.category if self.round_id else None):
            raise ValidationError(wrong)

    def faults(self, category: Category | None) -> dict[str, list[str]]:
        """What is wrong, field by field; ``category`` is the ticket's. What is right is tidied as it will be kept."""
        if self.outcome not in Outcome.values:
            return {"outcome": ["请选择处理情况"]}
        wrong = {}
        try:
            self.text = check_result(self.text, self.outcome, not_these=[category.guide] if category else [])
        except ValidationError as error:
            wrong["text"] = error.messages
        try:
            self._clean_reason(category)
        except ValidationError as error:
            wrong |= error.message_dict
        return wrong

    def _clean_reason(self, category: Category | None) -> None:
        kind = REASON_OF_OUTCOME.get(self.outcome)
        if kind is None:
            self.reason_code, self.reason_name = None, ""
            return
        field = f"{kind}_code"
        code = check_reason(self.reason_code, kind, field)
        if category:
            check_reason_fits(code, category.pk, field)
        self.reason_name = code.name
