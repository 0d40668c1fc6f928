"""A group robot (群机器人) of 钉钉, 企业微信 or 飞书: of one merchant, or of customer service."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from merchants.access import NotVisible, Role, ScopedQuerySet
from merchants.models import Merchant

from ..clock import database_now
from ..lifecycle import Refused
from ..notifying.channels import robots
from ..notifying.channels.origins import check_origin
from ..notifying.channels.outcome import Undelivered

# For how long a robot belongs to the worker that is sending to it: longer than one request may take.
BUSY_FOR = timedelta(seconds=30)
# How long a robot is left alone after it was too much for its platform, and after it failed.
PATIENCE = timedelta(minutes=1)
REST = timedelta(seconds=30)


class RobotKind(models.TextChoices):
    DINGTALK = "dingtalk", "钉钉"
    WECOM = "wecom", "企业微信"
    FEISHU = "feishu", "飞书"


class RobotQuerySet(ScopedQuerySet):
    def free(self, now) -> "RobotQuerySet":
        """In use, nobody is sending to them, and another message keeps them below their limit."""
        return self.filter(
            Q(busy_until=None) | Q(busy_until__lte=now),
            Q(next_send_at=None) | Q(next_send_at__lte=now),
            is_active=True,
        )


class Robot(models.Model):
    """Where a group is told. ``url`` and ``secret`` open the group's door: neither is ever logged or shown whole.

    ``next_send_at`` keeps the robot below its limit; ``busy_until`` is the lease of the worker that is sending now.
    """

    merchant = models.ForeignKey(
        Merchant,
        models.CASCADE,
        verbose_name="商户",
        related_name="robots",
        null=True,
        blank=True,
        help_text="不选择表示客服群",
    )
    kind = models.CharField("平台", max_length=10, choices=RobotKind)
    name = models.CharField("名称", max_length=40)
    url = models.URLField("Webhook 地址", max_length=500)
    secret = models.CharField("加签密钥", max_length=200, blank=True)
    is_active = models.BooleanField("启用", default=True)
    quiet_from = models.TimeField("免打扰开始", null=True, blank=True)
    quiet_to = models.TimeField("免打扰结束", null=True, blank=True)
    next_send_at = models.DateTimeField("下次可发送时间", null=True, blank=True)
    busy_until = models.DateTimeField("占用至", null=True, blank=True)
    last_ok_at = models.DateTimeField("最近成功时间", null=True, blank=True)

    objects = RobotQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "群机器人"
        ordering = ["merchant_id", "name"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=RobotKind.values), name="robot_kind_known"),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_to__isnull=True)
                | Q(quiet_from__isnull=False, quiet_to__isnull=False),
                name="robot_quiet_hours_have_two_ends",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Raises ``ValidationError`` (fields ``url``, ``secret``) for a robot that could not be sent to."""
        super().clean()
        wrong = {}
        if self.url and self.kind:
            try:
                check_origin(self.kind, self.url)
            except Undelivered as refusal:
                wrong["url"] = refusal.sentence
        if self.secret and self.kind == RobotKind.WECOM:
            wrong["secret"] = "企业微信机器人没有加签密钥，请留空"  # noqa: S105 (a sentence)
        if bool(self.quiet_from) != bool(self.quiet_to):
            wrong["quiet_to" if self.quiet_from else "quiet_from"] = "免打扰的开始和结束要一起填写"
        if wrong:
            raise ValidationError(wrong)

    def door(self) -> robots.RobotDoor:
        """What a channel needs to send to it."""
        return robots.RobotDoor(self.kind, self.url, self.secret)

    @property
    def gap(self) -> timedelta:
        """The time between two messages that keeps it below its platform's limit."""
        return timedelta(seconds=robots.PLATFORMS[self.kind].GAP_SECONDS)

    def send_test(self, *, by_user) -> None:
        """测试消息, at once, within its limit. Raises ``Refused`` with the reason when it did not arrive.

        For managers, and for the owner of the robot's own merchant.
        """
        if by_user.role == Role.MERCHANT_OWNER and by_user.merchant_id != self.merchant_id:
            raise NotVisible("群机器人不存在或无权查看")
        if by_user.role not in {Role.MANAGER, Role.MERCHANT_OWNER}:
            raise Refused("只有主管和商户管理员可以发送测试消息")
        now = database_now()
        taken = Robot.objects.filter(pk=self.pk).free(now).update(busy_until=now + BUSY_FOR)
        if not taken:
            raise Refused("这个机器人已停用，或刚刚发送过，请稍后再试")
        try:
            robots.send(self.door(), f"亲亲宝贝工单系统：这是一条测试消息，由{by_user}发送")
        except Undelivered as failure:
            self.release(database_now(), failure)
            raise Refused(f"测试消息没有送达：{failure.sentence}") from failure
        self.release(database_now())

    def release(self, now, failure: Undelivered | None = None) -> None:
        """After a message: free for the next one as soon as its limit, or the failure, allows."""
        robot = Robot.objects.filter(pk=self.pk)
        if failure is None:
            robot.update(busy_until=None, next_send_at=now + self.gap, last_ok_at=now)
        else:
            robot.update(busy_until=None, next_send_at=now + (PATIENCE if failure.too_fast else REST))
