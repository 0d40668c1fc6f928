from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Extension(models.Model):
    """A merchant's request for a later deadline (延期), and what customer service said to it."""

    class Answer(models.TextChoices):
        PENDING = "pending", "待答复"
        GRANTED = "granted", "已同意"
        DECLINED = "declined", "未同意"
        LAPSED = "lapsed", "已失效"

    round = models.ForeignKey(
        "tickets.Round", models.PROTECT, verbose_name="处理轮次", related_name="extensions"
    )
    reason = models.TextField("延期原因")
    due_before = models.DateTimeField("原截止时间")
    due_wanted = models.DateTimeField("申请的截止时间")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="申请人", related_name="+"
    )
    asked_at = models.DateTimeField("申请时间")
    answer = models.CharField("答复", max_length=10, choices=Answer, default=Answer.PENDING)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="答复人",
        related_name="+",
        null=True,
        blank=True,
    )
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    words = models.TextField("答复说明", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "延期申请"
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["round"], condition=Q(answer="pending"), name="extension_one_pending_per_round"
            ),
            models.CheckConstraint(
                condition=Q(due_wanted__gt=F("due_before")), name="extension_wants_a_later_deadline"
            ),
            models.CheckConstraint(
                condition=Q(answer="pending", answered_at__isnull=True)
                | (~Q(answer="pending") & Q(answered_at__isnull=False)),
                name="extension_answer_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"延期至 {self.due_wanted:%Y-%m-%d %H:%M}（{self.get_answer_display()}）"
