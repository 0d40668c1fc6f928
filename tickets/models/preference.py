from datetime import datetime, time

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q

from ..notifying.audience import heard_by
from ..notifying.quiet import after_quiet, quiet_errors
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

ALERTS = [NoticeKind.WARNING, NoticeKind.CRITICAL, NoticeKind.URGENT]
LISTS = [NoticeKind.OVERDUE_LIST]
# Said in the inbox alone: whoever waits for it has just asked for it.
UNMAILED = [NoticeKind.JOB]
# Under these headings people choose.
HEADINGS: dict[str, list[NoticeKind]] = {
    "工单动态": [kind for kind in NoticeKind if kind not in (*ALERTS, *LISTS, *UNMAILED)],
    "预警": ALERTS,
    "每日清单": LISTS,
}


def kinds_for(role: str) -> dict[str, list[NoticeKind]]:
    """What a person of this role can be told, by heading; a heading with nothing below it is left out."""
    heard = heard_by(role)
    found = {heading: [kind for kind in kinds if kind in heard] for heading, kinds in HEADINGS.items()}
    return {heading: kinds for heading, kinds in found.items() if kinds}


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

    def clean(self) -> None:
        if wrong := quiet_errors(self.quiet_from, self.quiet_to):
            raise ValidationError(wrong)

    @classmethod
    def of(cls, person) -> "NoticePreference":
        """How this person wants to be told: the row, or the defaults, unsaved."""
        return getattr(person, "notice_preference", None) or cls(person=person)

    def change(
        self,
        *,
        by_user,
        email: str,
        mailed: list[str],
        quiet_from: time | None,
        quiet_to: time | None,
        on_screen: bool,
        with_sound: bool,
    ) -> None:
        """Keep what the person chose, and the address that mails go to.

        ``mailed`` is about the kinds that the role can receive; the others stay as they were, for another role.
        Raises ``ValidationError`` for quiet hours that have one end only, and when it is not the person's own.
        """
        if by_user.pk != self.person_id:
            raise ValidationError("只能修改自己的消息设置")
        offered = {kind.value for kinds in kinds_for(by_user.role).values() for kind in kinds}
        self.mailed = [
            kind.value
            for kind in NoticeKind
            if (kind.value in mailed if kind.value in offered else kind.value in self.mailed)
        ]
        self.quiet_from, self.quiet_to = quiet_from, quiet_to
        self.on_screen, self.with_sound = on_screen, with_sound
        self.clean()
        with transaction.atomic():
            by_user.email = email
            by_user.save(update_fields=["email"])
            self.save()

    def is_quiet(self, moment: datetime) -> bool:
        """Whether this person is not to be disturbed at ``moment``."""
        return after_quiet(moment, self.quiet_from, self.quiet_to) != moment
