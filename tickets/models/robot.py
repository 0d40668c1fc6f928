"""A group robot (群机器人) of 钉钉, 企业微信 or 飞书: of one merchant, or of customer service."""

from urllib.parse import urlsplit

from django.db import models
from django.db.models import Q

from merchants.access import ScopedQuerySet
from merchants.models import Merchant


class RobotKind(models.TextChoices):
    DINGTALK = "dingtalk", "钉钉"
    WECOM = "wecom", "企业微信"
    FEISHU = "feishu", "飞书"


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

    objects = ScopedQuerySet.as_manager()

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

    @property
    def shown_url(self) -> str:
        """The address as people may see it: the host and the last four characters."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.hostname}/…••••{self.url[-4:]}"
