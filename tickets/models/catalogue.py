"""What managers and administrators set: kinds of problems, and how long a merchant has."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from ..lifecycle import Refused, Urgency
from ..worktime import ServiceTime
from .calendar import Calendar


class Category(models.Model):
    """A kind of problem (问题类型)."""

    name = models.CharField("名称", max_length=40, unique=True)
    position = models.PositiveSmallIntegerField("排序", default=100)
    is_active = models.BooleanField("启用", default=True)
    guide = models.TextField(
        "填写指引",
        blank=True,
        max_length=1_000,
        help_text="商户填写处理结果时显示在旁边：做了什么、为什么、接下来怎样",
    )

    class Meta:
        verbose_name = verbose_name_plural = "问题类型"
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Policy(models.Model):
    """How long a merchant has for a round: by urgency, and for one category or (category empty) for all others.

    A round keeps the times it started with; changing a row touches rounds that start afterwards.
    """

    category = models.ForeignKey(
        Category,
        models.CASCADE,
        verbose_name="问题类型",
        null=True,
        blank=True,
        help_text="不选择表示适用于所有问题类型",
    )
    urgency = models.CharField("紧急程度", max_length=10, choices=Urgency)
    warning_minutes = models.PositiveIntegerField(
        "一般预警（分钟）", help_text="开始处理后多少分钟进入“即将超时”"
    )
    deadline_minutes = models.PositiveIntegerField("处理时限（分钟）", help_text="开始处理后多少分钟算超时")
    calendar = models.ForeignKey(
        Calendar,
        models.PROTECT,
        verbose_name="服务日历",
        related_name="policies",
        help_text="只在服务时间内计时",
    )
    hold_hours = models.PositiveSmallIntegerField(
        "最长挂起（小时）", default=48, help_text="每轮累计最多挂起多少小时"
    )

    # Thirty days: beyond that nobody means a deadline.
    LONGEST_MINUTES = 30 * 24 * 60
    LONGEST_HOLD_HOURS = 30 * 24

    class Meta:
        verbose_name = verbose_name_plural = "处理时限"
        ordering = ["category__position", "deadline_minutes"]
        constraints = [
            models.UniqueConstraint(
                fields=["urgency"],
                condition=Q(category__isnull=True),
                name="policy_once_per_urgency",
                violation_error_message="该紧急程度的通用时限已存在。",
            ),
            models.UniqueConstraint(
                fields=["category", "urgency"],
                name="policy_once_per_category_and_urgency",
                violation_error_message="该问题类型和紧急程度的时限已存在。",
            ),
            models.CheckConstraint(
                condition=Q(warning_minutes__gt=0, deadline_minutes__gt=F("warning_minutes")),
                name="policy_warns_before_the_deadline",
                violation_error_message="预警时间必须大于0且早于处理时限。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category or '全部类型'} · {self.get_urgency_display()}"

    def clean(self) -> None:
        """``ValidationError`` with a sentence for each field that cannot be (the constraints say the same)."""
        warning, deadline, hold = self.warning_minutes, self.deadline_minutes, self.hold_hours
        errors = {}
        if warning is not None and warning < 1:
            errors["warning_minutes"] = "一般预警至少1分钟"
        if deadline is not None and not 1 < deadline <= self.LONGEST_MINUTES:
            errors["deadline_minutes"] = f"处理时限应在2到{self.LONGEST_MINUTES}分钟（30天）之间"
        elif deadline is not None and warning is not None and warning >= deadline:
            errors["warning_minutes"] = "一般预警必须早于处理时限"
        if hold is not None and not 1 <= hold <= self.LONGEST_HOLD_HOURS:
            errors["hold_hours"] = f"最长挂起应在1到{self.LONGEST_HOLD_HOURS}小时（30天）之间"
        if errors:
            raise ValidationError(errors)

    def remove(self) -> None:
        """Delete the policy of a category: the general one holds then. ``Refused`` for a general one.

        Rounds that run keep their deadlines.
        """
        if self.category_id is None:
            raise Refused("通用时限不能删除：没有单独设置的问题类型都要用它")
        self.delete()

    def covers(self) -> Q:
        """The tickets whose next round this policy decides on, as a condition on tickets."""
        if self.category_id is not None:
            return Q(urgency=self.urgency, category=self.category_id)
        with_their_own = Policy.objects.filter(urgency=self.urgency, category__isnull=False)
        return Q(urgency=self.urgency) & ~Q(category__in=with_their_own.values("category"))

    def reach(self, now: datetime) -> "Reach":
        """What a change would touch: two counts, two statements."""
        from .round import Round
        from .ticket import Ticket

        return Reach(
            keeping=Round.objects.filter(policy=self, is_open=True, submitted_at__isnull=True).count(),
            lately=Ticket.objects.filter(
                self.covers(), created_at__gt=now - Reach.LATELY, created_at__lte=now
            ).count(),
        )

    @property
    def warning_after(self) -> timedelta:
        return timedelta(minutes=self.warning_minutes)

    @property
    def deadline_after(self) -> timedelta:
        return timedelta(minutes=self.deadline_minutes)


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a changed policy concerns: ``keeping`` rounds still owe their answer and keep the deadline they have;
    ``lately`` tickets of the kind were opened in the last seven days, and about as many will be in the next.
    """

    LATELY: ClassVar[timedelta] = timedelta(days=7)

    keeping: int
    lately: int

    def __str__(self) -> str:
        return (
            f"进行中的 {self.keeping} 个处理轮次保持原来的截止时间；新的时限只用于以后开始的轮次，"
            f"最近7天新建了 {self.lately} 张这类工单，预计以后每周影响的新工单与此相近。"
        )


class PolicyBook:
    """Every policy, read once, for opening one ticket or a hundred thousand."""

    def __init__(self):
        rows = Policy.objects.select_related("calendar")
        self._rows = {(row.category_id, row.urgency): row for row in rows}
        self._service: dict[int, ServiceTime] = {}

    def find(self, category_id: int, urgency: str) -> Policy:
        """The category's own policy, else the general one. ``ValidationError`` where neither is set."""
        policy = self._rows.get((category_id, urgency)) or self._rows.get((None, urgency))
        if policy is None:
            raise ValidationError(f"未设置{Urgency(urgency).label}工单的处理时限，请联系主管")
        return policy

    def service_time(self, policy: Policy) -> ServiceTime:
        """The service time that a policy counts in."""
        if policy.calendar_id not in self._service:
            self._service[policy.calendar_id] = policy.calendar.service_time()
        return self._service[policy.calendar_id]
