from django.conf import settings
from django.db import models
from django.db.models import Q

from .notice import NoticeKind

# What is mailed unless a person chooses otherwise; the inbox always has everything.
MAILED_AT_FIRST = [
    NoticeKind.OPENED,
    NoticeKind.RETURNED,
    NoticeKind.REMINDED,
    NoticeKind.CRITICAL,
    NoticeKind.URGENT,
    NoticeKind.OVERDUE_LIST,
]


def mailed_at_first() -> list[str]:
    return [kind.value for kind in MAILED_AT_FIRST]


class NoticePreference(models.Model):
    """How a person wants to be told (消息设置). Without a row the defaults hold.

    Within the quiet hours (which may cross midnight, on Shanghai's wall) mails wait, and the screen keeps still;
    紧急预警 goes through regardless.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="人员", related_name="notice_preference"
    )
    mailed = models.JSONField("用邮件通知", default=mailed_at_first, blank=True)
    quiet_from = models.TimeField("免打扰开始", null=True, blank=True)
    quiet_to = models.TimeField("免打扰结束", null=True, blank=True)
    on_screen = models.BooleanField("浏览器通知", default=True)
    with_sound = models.BooleanField("提示音", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "消息设置"
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_to__isnull=True)
                | Q(quiet_from__isnull=False, quiet_to__isnull=False),
                name="preference_quiet_hours_have_two_ends",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}的消息设置"

    @classmethod
    def of(cls, person) -> "NoticePreference":
        """How this person wants to be told: the row, or the defaults, unsaved."""
        return getattr(person, "notice_preference", None) or cls(person=person)
