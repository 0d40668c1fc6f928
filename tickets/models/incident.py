"""异常处理: what a bad round leads to: why it was late, what is done about it, whether that helped, what remains."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from merchants.access import Role, ScopedQuerySet

from ..clock import database_now
from ..lifecycle import AlreadyHandled, Refused
from ..wording import check_text, tidy

CLOSED = "该异常已总结关闭"
RESPONSIBLE_LIMIT = 40


class Stage(models.TextChoices):
    """The step that an incident waits for; the last one closes it."""

    CAUSE = "cause", "原因分析"
    MEASURE = "measure", "整改措施"
    EVALUATION = "evaluation", "效果评估"
    SUMMARY = "summary", "总结"


class IncidentQuerySet(ScopedQuerySet):
    merchant_path = "round__ticket__merchant"

    def open(self) -> "IncidentQuerySet":
        return self.filter(closed_at__isnull=True)

    def closed(self) -> "IncidentQuerySet":
        return self.filter(closed_at__isnull=False)

    def overdue(self, today: date) -> "IncidentQuerySet":
        """Open ones whose measure should have been carried out before ``today`` and was not evaluated."""
        return self.open().filter(stage=Stage.EVALUATION, due_on__lt=today)


class Incident(models.Model):
    """The handling of one bad round. ``stage``, ``responsible`` and ``due_on`` repeat what the steps say, for lists."""

    round = models.ForeignKey(
        "tickets.Round", models.PROTECT, verbose_name="处理轮次", related_name="incidents"
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", related_name="+"
    )
    opened_by_name = models.CharField("登记人姓名", max_length=40)
    opened_at = models.DateTimeField("登记时间")
    stage = models.CharField("当前环节", max_length=10, choices=Stage, default=Stage.CAUSE)
    responsible = models.CharField("责任人", max_length=RESPONSIBLE_LIMIT, blank=True)
    due_on = models.DateField("期限", null=True, blank=True)
    closed_at = models.DateTimeField("关闭时间", null=True, blank=True)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "异常处理"
        ordering = ["-opened_at", "-id"]
        indexes = [
            models.Index(fields=["-opened_at", "-id"], name="incident_newest"),
            models.Index(
                fields=["-opened_at", "-id"],
                condition=Q(closed_at__isnull=True),
                name="incident_open_newest",
            ),
            models.Index(
                fields=["due_on", "id"], condition=Q(closed_at__isnull=True), name="incident_open_due"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["round"], condition=Q(closed_at__isnull=True), name="incident_one_open_per_round"
            ),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="incident_stage_known"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(stage=Stage.SUMMARY),
                name="incident_closed_by_its_summary",
            ),
            models.CheckConstraint(
                condition=~Q(stage=Stage.EVALUATION) | (Q(due_on__isnull=False) & ~Q(responsible="")),
                name="incident_measure_has_somebody_and_a_date",
            ),
        ]

    def __str__(self) -> str:
        return f"异常处理 {self.pk}"

    def is_overdue(self, today: date) -> bool:
        """Whether the measure's 期限 has passed without an evaluation; the day itself is still in time."""
        return self.closed_at is None and self.stage == Stage.EVALUATION and self.due_on < today

    # The steps. ``seen_steps`` is how many steps the page showed: an old page is refused.

    def analyse(
        self, *, by_user, text: str, seen_steps: int | None = None, at: datetime | None = None
    ) -> None:
        """原因分析: why the round was late."""
        text = check_text(text, "原因分析")
        with self._step(Stage.CAUSE, by_user, seen_steps, at) as add:
            add(text)
            self.stage = Stage.MEASURE

    def plan(
        self,
        *,
        by_user,
        text: str,
        responsible: str,
        due_on: date | None,
        seen_steps: int | None = None,
        at: datetime | None = None,
    ) -> None:
        """整改措施: what is done about it, by whom, until when.

        Raises ``ValidationError`` (fields ``text``, ``responsible``, ``due_on``); the day may not lie in the past.
        """
        text, responsible = _judged(text, responsible, due_on)
        with self._step(Stage.MEASURE, by_user, seen_steps, at) as add:
            if due_on < timezone.localdate(at or database_now()):
                raise ValidationError({"due_on": "期限不能早于今天"})
            add(text, responsible=responsible, due_on=due_on)
            self.stage, self.responsible, self.due_on = Stage.EVALUATION, responsible, due_on

    def evaluate(
        self,
        *,
        by_user,
        text: str,
        is_effective: bool | None,
        seen_steps: int | None = None,
        at: datetime | None = None,
    ) -> None:
        """效果评估: whether the measure helped; one that did not leads to another measure."""
        text = check_text(text, "效果评估")
        if is_effective is None:
            raise ValidationError({"is_effective": "请选择有效或无效"})
        with self._step(Stage.EVALUATION, by_user, seen_steps, at) as add:
            add(text, is_effective=is_effective)
            self.stage = Stage.SUMMARY if is_effective else Stage.MEASURE

    def conclude(
        self, *, by_user, text: str, seen_steps: int | None = None, at: datetime | None = None
    ) -> None:
        """总结: what remains of it; closes the incident."""
        text = check_text(text, "总结")
        with self._step(Stage.SUMMARY, by_user, seen_steps, at) as add:
            self.closed_at = add(text).at

    @contextmanager
    def _step(self, stage: str, by_user, seen_steps: int | None, at: datetime | None) -> Iterator:
        """One transaction with the incident locked and every guard passed; gives what writes the step."""
        if by_user.role != Role.MANAGER:
            raise Refused(f"您的角色不能填写“{Stage(stage).label}”")
        with transaction.atomic():
            self.refresh_from_db(from_queryset=type(self).objects.select_for_update(no_key=True))
            position = self.steps.count()
            if self.closed_at is not None:
                raise AlreadyHandled(CLOSED)
            if self.stage != stage or seen_steps not in (None, position):
                raise AlreadyHandled

            def add(text: str, **what) -> IncidentStep:
                return IncidentStep.objects.create(
                    incident=self, position=position + 1, kind=stage, text=text, by=by_user, by_name=str(by_user),
                    at=at or database_now(), **what,
                )  # fmt: skip

            yield add
            self.save(update_fields=["stage", "responsible", "due_on", "closed_at"])


def _judged(text: str, responsible: str, due_on: date | None) -> tuple[str, str]:
    """The measure's words as they will be kept, with everything that is missing said at once."""
    errors, responsible = {}, tidy(responsible or "")
    try:
        text = check_text(text, "整改措施")
    except ValidationError as error:
        errors["text"] = error.messages
    if not responsible:
        errors["responsible"] = "请填写责任人"
    elif len(responsible) > RESPONSIBLE_LIMIT:
        errors["responsible"] = f"责任人最多{RESPONSIBLE_LIMIT}字"
    if due_on is None:
        errors["due_on"] = "请填写期限"
    if errors:
        raise ValidationError(errors)
    return text, responsible


class IncidentStep(models.Model):
    """One step of an incident, dated and signed. Written once; the database refuses UPDATE and DELETE."""

    incident = models.ForeignKey(Incident, models.PROTECT, verbose_name="异常处理", related_name="steps")
    position = models.PositiveSmallIntegerField("序号")
    kind = models.CharField("环节", max_length=10, choices=Stage)
    text = models.TextField("内容")
    responsible = models.CharField("责任人", max_length=RESPONSIBLE_LIMIT, blank=True)
    due_on = models.DateField("期限", null=True, blank=True)
    is_effective = models.BooleanField("有效", null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="填写人", related_name="+")
    by_name = models.CharField("填写人姓名", max_length=40)
    at = models.DateTimeField("填写时间")

    class Meta:
        verbose_name = verbose_name_plural = "异常处理环节"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "position"], name="incident_step_once_per_position"),
            models.CheckConstraint(condition=Q(kind__in=Stage.values), name="incident_step_kind_known"),
            models.CheckConstraint(condition=~Q(text=""), name="incident_step_has_a_text"),
            models.CheckConstraint(
                condition=(Q(kind=Stage.MEASURE, due_on__isnull=False) & ~Q(responsible=""))
                | (~Q(kind=Stage.MEASURE) & Q(due_on__isnull=True, responsible="")),
                name="incident_step_measure_has_somebody_and_a_date",
            ),
            models.CheckConstraint(
                condition=Q(kind=Stage.EVALUATION, is_effective__isnull=False)
                | (~Q(kind=Stage.EVALUATION) & Q(is_effective__isnull=True)),
                name="incident_step_evaluation_says_whether",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"
