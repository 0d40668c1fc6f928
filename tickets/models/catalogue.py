"""What managers and administrators set: kinds of problems, and how long a merchant has."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from ..lifecycle import Urgency


class Category(models.Model):
    """A kind of problem (问题类型)."""

    name = models.CharField("名称", max_length=40, unique=True)
    position = models.PositiveSmallIntegerField("排序", default=100)
    is_active = models.BooleanField("启用", default=True)

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

    @property
    def warning_after(self) -> timedelta:
        return timedelta(minutes=self.warning_minutes)

    @property
    def deadline_after(self) -> timedelta:
        return timedelta(minutes=self.deadline_minutes)


class PolicyBook:
    """Every policy, read once, for opening one ticket or a hundred thousand."""

    def __init__(self):
        self._rows = {(row.category_id, row.urgency): row for row in Policy.objects.all()}

    def find(self, category_id: int, urgency: str) -> Policy:
        """The category's own policy, else the general one. ``ValidationError`` where neither is set."""
        policy = self._rows.get((category_id, urgency)) or self._rows.get((None, urgency))
        if policy is None:
            raise ValidationError(f"未设置{Urgency(urgency).label}工单的处理时限，请联系主管")
        return policy
