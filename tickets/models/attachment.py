"""Evidence with a ticket: photos and papers, of the problem, of a result, or with what was said."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse

from merchants.access import MERCHANT_ROLES, ScopedQuerySet
from merchants.models import User

from ..clock import database_now
from ..evidence import LIMIT_SENTENCE, MOST_BYTES, MOST_FILES, shelf
from ..evidence.developing import PDF, Developed, develop
from ..evidence.names import NAME_LENGTH, SUFFIXES, clean_name
from ..wording import tidy
from .message import MessageAudience
from .purpose import PURPOSE_OF, Purpose, check_may_put

CAPTION_LENGTH = 100
# Files that one person may have lying ready, over all forms: a bound for the disk, far above what anybody needs.
MOST_STAGED = 10 * MOST_FILES
# What lies ready is thrown away when nobody has sent it by then.
STAGED_FOR = timedelta(days=1)
NOT_VISIBLE = "文件不存在或无权查看"
GONE = "有图片已失效，请移除后重新上传"
TOO_MANY_STAGED = "未提交的图片过多，请先提交或移除"


class AttachmentQuerySet(ScopedQuerySet):
    merchant_path = "ticket__merchant"

    def for_user(self, user) -> "AttachmentQuerySet":
        """What belongs to a ticket is for both sides of it, but for what was said within customer service; what lies
        ready is for whoever put it there.
        """
        seen = super().for_user(user).filter(Q(bound_at__isnull=False) | Q(uploaded_by=user.pk))
        if user.role not in MERCHANT_ROLES:
            return seen
        # Both say it, the purpose and the message: no slip in one of them shows a note.
        shared = Q(message__isnull=True) | Q(message__audience=MessageAudience.SHARED)
        return seen.filter(shared).exclude(purpose=Purpose.NOTE)

    def bound(self) -> "AttachmentQuerySet":
        """Part of a ticket's history."""
        return self.filter(bound_at__isnull=False)

    def kept(self) -> "AttachmentQuerySet":
        """Those whose files are still there."""
        return self.filter(purged_at__isnull=True)

    def staged(self) -> "AttachmentQuerySet":
        """Uploaded, and not sent with anything yet."""
        return self.filter(bound_at__isnull=True)

    def lying_ready(
        self, *, by_user, purpose: str, ticket=None, tray: UUID | None = None
    ) -> "AttachmentQuerySet":
        """What this person has staged for a ticket, or in the ``tray`` of a form that has no ticket yet."""
        place = {"ticket": ticket} if ticket else {"ticket__isnull": True}
        if tray and not ticket:
            place["tray"] = tray
        return self.staged().filter(uploaded_by=by_user, purpose=purpose, **place).order_by("pk")


class Attachment(models.Model):
    """One photo or paper. Staged by one person first; bound once, with what it shows; unchangeable from then on.

    Bound it belongs to the problem of its ticket, to one ``result`` or to one ``message`` (协商留言 or 内部备注), at a
    ``position`` from 1 to 7 there.
    The file is one that we have written ourselves (tickets/evidence), under a name of our own. It goes with the
    consumer whom it may show (``purged_at``, tickets/anonymising.py); the row stays.
    """

    key = models.UUIDField("编号", unique=True, default=uuid4, editable=False)
    ticket = models.ForeignKey(
        "tickets.Ticket",
        models.PROTECT,
        verbose_name="工单",
        null=True,
        blank=True,
        related_name="attachments",
    )
    purpose = models.CharField("属于", max_length=10, choices=Purpose)
    result = models.ForeignKey(
        "tickets.Result",
        models.PROTECT,
        verbose_name="处理结果",
        null=True,
        blank=True,
        related_name="attachments",
    )
    message = models.ForeignKey(
        "tickets.Message",
        models.PROTECT,
        verbose_name="留言",
        null=True,
        blank=True,
        related_name="attachments",
        db_index=False,  # attachment_place_in_message is one
    )
    position = models.PositiveSmallIntegerField("序号", null=True, blank=True)
    tray = models.UUIDField("表单", null=True, blank=True, help_text="新建工单时，工单还不存在")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="上传人", related_name="+"
    )
    name = models.CharField("文件名", max_length=NAME_LENGTH)
    caption = models.CharField("说明", max_length=CAPTION_LENGTH, blank=True)
    media_type = models.CharField("类型", max_length=20, choices=[(each, each) for each in SUFFIXES])
    size = models.PositiveIntegerField("字节数")
    width = models.PositiveSmallIntegerField("宽", null=True, blank=True)
    height = models.PositiveSmallIntegerField("高", null=True, blank=True)
    sha256 = models.CharField("摘要", max_length=64)
    storage_name = models.CharField("存储名", max_length=80, unique=True)
    thumbnail_name = models.CharField("缩略图存储名", max_length=80, blank=True)
    created_at = models.DateTimeField("上传时间")
    bound_at = models.DateTimeField("提交时间", null=True, blank=True)
    purged_at = models.DateTimeField("清除时间", null=True, blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        ordering = ["position", "id"]
        indexes = [
            models.Index(
                fields=["created_at"], condition=Q(bound_at__isnull=True), name="attachment_staged_since"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="attachment_purpose_known"),
            models.CheckConstraint(condition=Q(size__gte=1, size__lte=MOST_BYTES), name="attachment_size"),
            models.CheckConstraint(
                condition=Q(position__isnull=True) | Q(position__gte=1, position__lte=MOST_FILES),
                name="attachment_at_most_seven",
            ),
            # Staged, or of the problem, or of a result, or of a message; each wholly.
            models.CheckConstraint(
                condition=Q(
                    bound_at__isnull=True, position__isnull=True, result__isnull=True, message__isnull=True
                )
                | Q(
                    bound_at__isnull=False,
                    position__isnull=False,
                    ticket__isnull=False,
                    purpose=Purpose.PROBLEM,
                    result__isnull=True,
                    message__isnull=True,
                )
                | Q(
                    bound_at__isnull=False,
                    position__isnull=False,
                    ticket__isnull=False,
                    purpose=Purpose.RESULT,
                    result__isnull=False,
                    message__isnull=True,
                )
                | Q(
                    bound_at__isnull=False,
                    position__isnull=False,
                    ticket__isnull=False,
                    purpose__in=[Purpose.NOTE, Purpose.MESSAGE],
                    result__isnull=True,
                    message__isnull=False,
                ),
                name="attachment_has_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(ticket__isnull=False) | Q(tray__isnull=False, purpose=Purpose.PROBLEM),
                name="attachment_without_ticket_in_a_tray",
            ),
            models.UniqueConstraint(
                fields=["ticket", "position"],
                condition=Q(bound_at__isnull=False, purpose=Purpose.PROBLEM),
                name="attachment_place_in_problem",
            ),
            models.UniqueConstraint(
                fields=["result", "position"],
                condition=Q(result__isnull=False),
                name="attachment_place_in_result",
            ),
            models.UniqueConstraint(
                fields=["message", "position"],
                condition=Q(message__isnull=False),
                name="attachment_place_in_message",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return self._address("file")

    @property
    def thumbnail_url(self) -> str:
        """The small picture; none for a PDF."""
        return self._address("thumbnail") if self.thumbnail_name else ""

    @property
    def is_pdf(self) -> bool:
        return self.media_type == PDF

    def _address(self, what: str) -> str:
        return reverse(f"tickets:{what}", args=[self.ticket.number if self.ticket_id else "new", self.key])

    # Verbs.

    @classmethod
    def stage(
        cls,
        upload,
        *,
        by_user,
        purpose: str,
        ticket=None,
        tray: UUID | None = None,
        at: datetime | None = None,
    ):
        """Take a file in: it lies ready for what this person is writing, seen by nobody else.

        Raises ``ValidationError`` with the sentence for a file that cannot be taken, ``AlreadyHandled`` when the
        ticket takes none any more, ``Refused`` for a role that has nothing to send here.
        """
        check_may_put(by_user, purpose, ticket)
        waiting = {"by_user": by_user, "purpose": purpose, "ticket": ticket, "tray": tray}
        cls._check_room(waiting)  # before the work, and again when the row is written
        key = uuid4()
        with shelf.workplace(key) as place:
            developed = develop(upload, place)
            attachment = cls(
                key=key,
                ticket=ticket,
                purpose=purpose,
                tray=None if ticket else tray,
                uploaded_by=by_user,
                name=clean_name(upload.name or "", developed.media_type),
                created_at=at or database_now(),
            )
            files = attachment._take(developed)
            shelf.put(files)
            try:
                with transaction.atomic():
                    # Two uploads of one person at once count one after the other.
                    User.objects.select_for_update(no_key=True).get(pk=by_user.pk)
                    cls._check_room(waiting)
                    attachment.save(force_insert=True)
            except BaseException:
                shelf.remove(*files)
                raise
        return attachment

    def describe(self, caption: str, *, by_user) -> None:
        """Write under it what it shows, as long as it is not sent; ``ValidationError`` for too long a caption."""
        caption = check_caption(caption)
        self._staged_rows(by_user).update(caption=caption)
        self.caption = caption

    def discard(self, *, by_user) -> None:
        """Take it away again, as long as it is not sent: the row, and then its files."""
        with transaction.atomic():
            deleted, _ = self._staged_rows(by_user).delete()
            if deleted:
                transaction.on_commit(lambda: shelf.remove(self.storage_name, self.thumbnail_name))

    @classmethod
    def bind(
        cls,
        keys: Iterable[UUID],
        *,
        by_user,
        at: datetime,
        ticket,
        result=None,
        message=None,
        opened: bool = False,
    ) -> list:
        """Make what this person has staged a part of the ticket's history; belongs into the verb's transaction.

        Of the ``result`` or of the ``message``, or else of the problem. ``opened`` says that the ticket has just come
        into being and the files were staged without one.
        Raises ``ValidationError`` for more than seven, or for what is not there any more.
        """
        keys = list(dict.fromkeys(keys))
        if not keys:
            return []
        purpose = PURPOSE_OF[message.audience] if message else Purpose.RESULT if result else Purpose.PROBLEM
        is_new = opened or result or message
        taken = 0 if is_new else cls.objects.bound().filter(ticket=ticket, purpose=purpose).count()
        if taken + len(keys) > MOST_FILES:
            raise ValidationError(LIMIT_SENTENCE)
        ready = cls.objects.lying_ready(by_user=by_user, purpose=purpose, ticket=None if opened else ticket)
        ready = {each.key: each for each in ready.filter(key__in=keys).select_for_update(of=("self",))}
        if len(ready) < len(keys):
            raise ValidationError(GONE)
        for position, key in enumerate(keys, start=taken + 1):
            attachment = ready[key]
            attachment.ticket, attachment.result, attachment.message = ticket, result, message
            attachment.position, attachment.bound_at = position, at
            attachment.save(update_fields=["ticket", "result", "message", "position", "bound_at"])
        return [ready[key] for key in keys]

    # What the verbs are made of.

    @classmethod
    def _check_room(cls, waiting: dict) -> None:
        if cls.objects.lying_ready(**waiting).count() >= MOST_FILES:
            raise ValidationError(LIMIT_SENTENCE)
        if cls.objects.staged().filter(uploaded_by=waiting["by_user"]).count() >= MOST_STAGED:
            raise ValidationError(TOO_MANY_STAGED)

    def _take(self, developed: Developed) -> dict:
        """Copy what was found out about the file; the names it gets on the shelf, and where it lies now."""
        suffix = SUFFIXES[developed.media_type]
        self.media_type, self.size, self.sha256 = developed.media_type, developed.size, developed.sha256
        self.width, self.height = developed.width, developed.height
        self.storage_name = shelf.name_for(self.key, suffix, self.created_at)
        files = {self.storage_name: developed.file}
        if developed.thumbnail:
            self.thumbnail_name = shelf.name_for(self.key, "-thumb.jpg", self.created_at)
            files[self.thumbnail_name] = developed.thumbnail
        return files

    def _staged_rows(self, by_user) -> AttachmentQuerySet:
        return Attachment.objects.staged().filter(pk=self.pk, uploaded_by=by_user)


def check_caption(text: str) -> str:
    """A caption as it will be kept: one line, at most ``CAPTION_LENGTH`` characters."""
    caption = " ".join(tidy(text or "").split())
    if len(caption) > CAPTION_LENGTH:
        raise ValidationError(f"图片说明最多{CAPTION_LENGTH}字，现在是{len(caption)}字")
    return caption
