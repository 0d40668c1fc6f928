"""The outbox: what has to leave the house by e-mail or robot. A worker (``deliver_notifications``) empties it."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from merchants.access import Role, ScopedQuerySet

from ..clock import database_now
from ..lifecycle import AlreadyHandled, Refused
from .heartbeat import Heartbeat
from .notice import NoticeKind
from .robot import Robot


class Channel(models.TextChoices):
    EMAIL = "email", "邮件"
    ROBOT = "robot", "群机器人"


class DeliveryQuerySet(ScopedQuerySet):
    def for_user(self, user) -> "DeliveryQuerySet":
        """The outbox is the managers' affair."""
        return self if user.role == Role.MANAGER else self.none()

    def due(self, now) -> "DeliveryQuerySet":
        """What wants sending now; served by a partial index."""
        return self.filter(state="waiting", next_attempt_at__lte=now)

    def given_up(self) -> "DeliveryQuerySet":
        """What never arrived, and waits for somebody to look at it."""
        return self.filter(state="given_up")

    def give_up(self, now, sentence: str) -> int:
        """These will not be tried any more."""
        return self.filter(state="waiting").update(
            state="given_up", finished_at=now, last_error=sentence, next_attempt_at=now
        )

    def retry(self, *, by_user) -> int:
        """重新发送: all of these that were given up are tried again, from the beginning; how many they were."""
        if by_user.role != Role.MANAGER:
            raise Refused("只有主管可以重新发送")
        return self.given_up().update(
            state="waiting", attempts=0, next_attempt_at=database_now(), finished_at=None
        )


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

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "对外通知"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"], condition=Q(state="waiting"), name="delivery_waiting"
            ),
            models.Index(
                fields=["robot", "next_attempt_at"],
                condition=Q(state="waiting"),
                name="delivery_waiting_for_robot",
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

    def retry(self, *, by_user) -> None:
        """重新发送: try again what was given up. ``AlreadyHandled`` when somebody did so already."""
        if not Delivery.objects.filter(pk=self.pk).retry(by_user=by_user):
            raise AlreadyHandled("这条通知不是“未送达”，可能已被重新发送")
        self.refresh_from_db()


class DeliveryRun(Heartbeat):
    """When a delivery worker last went round: one row, so that a worker that has stopped is seen."""

    STALE_AFTER = timedelta(minutes=2)

    class Meta:
        verbose_name = verbose_name_plural = "通知发送"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="delivery_run_one_row")]
