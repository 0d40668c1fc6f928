"""The outbox: what has to leave the house by e-mail or robot. A worker (``deliver_notifications``) empties it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .notice import NoticeKind
from .robot import Robot


class Channel(models.TextChoices):
    EMAIL = "email", "邮件"
    ROBOT = "robot", "群机器人"


class Delivery(models.Model):
    """One occurrence to one recipient by one channel; written in the transaction of the occurrence itself.

    ``key`` is that of ``Notice``. The worker claims a row by moving ``next_attempt_at`` into the future: should it die
    between sending and noting, the row is taken up again then, and the message goes out with the same ``reference``.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "待发送"
        SENT = "sent", "已发送"
        GIVEN_UP = "given_up", "未送达"

    key = models.CharField("事由编号", max_length=60)
    channel = models.CharField("渠道", max_length=10, choices=Channel)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name="收件人",
        related_name="+",
        null=True,
        blank=True,
    )
    robot = models.ForeignKey(
        Robot, models.CASCADE, verbose_name="群机器人", related_name="deliveries", null=True, blank=True
    )
    kind = models.CharField("类型", max_length=20, choices=NoticeKind)
    ticket = models.ForeignKey(
        "tickets.Ticket",
        models.PROTECT,
        verbose_name="工单",
        related_name="deliveries",
        null=True,
        blank=True,
    )
    round_no = models.PositiveSmallIntegerField("轮次", default=0)
    text = models.TextField("内容")
    created_at = models.DateTimeField("时间")
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    next_attempt_at = models.DateTimeField("下次尝试时间")
    attempts = models.PositiveSmallIntegerField("已尝试次数", default=0)
    last_error = models.CharField("最近的错误", max_length=300, blank=True)
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "对外通知"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"], condition=Q(state="waiting"), name="delivery_waiting"
            ),
            models.Index(
                fields=["-created_at", "-id"], condition=Q(state="given_up"), name="delivery_given_up"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["key", "person", "channel"],
                condition=Q(person__isnull=False),
                name="delivery_once_per_person_and_channel",
            ),
            models.UniqueConstraint(
                fields=["key", "robot"], condition=Q(robot__isnull=False), name="delivery_once_per_robot"
            ),
            models.CheckConstraint(
                condition=Q(channel="email", person__isnull=False, robot__isnull=True)
                | Q(channel="robot", person__isnull=True, robot__isnull=False),
                name="delivery_has_one_recipient",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", finished_at__isnull=True)
                | Q(state__in=["sent", "given_up"], finished_at__isnull=False),
                name="delivery_finished_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} → {self.robot or self.person}"

    @property
    def reference(self) -> str:
        """By which a recipient recognises a message that came twice; the same at every attempt."""
        return f"QQ-{self.pk:08d}"
