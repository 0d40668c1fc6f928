"""The tray of a form: photos and papers that one person has uploaded for it and not sent yet."""

from collections.abc import Iterable
from contextlib import suppress
from functools import cached_property
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from orders.masking import mask_text

from ..addresses import address
from ..models import Attachment, Purpose, Ticket
from . import LIMIT_SENTENCE, MOST_FILES
from .display import Exhibit, exhibit
from .names import seen_name


class Tray:
    """Of the form for ``ticket`` with this ``purpose`` (unless said: a result from its merchant, more of its problem
    from customer service), or of the form for a new one, which is known by its ``token``.

    Forms of several purposes stand on one page, and each has a tray of its own. ``chosen`` are the keys that the form
    was sent with, ``errors`` the sentences about files that it could not take.
    """

    def __init__(self, user, ticket: Ticket | None = None, token: UUID | None = None, purpose: str = ""):
        self.user, self.ticket, self.token = user, ticket, token
        self.purpose = purpose or (Purpose.RESULT if user.is_merchant else Purpose.PROBLEM)
        self.chosen: list[UUID] = []
        self.errors: list[str] = []

    @classmethod
    def of_new_ticket(cls, user, data: QueryDict | None = None) -> "Tray":
        """The tray of the form that ``data`` comes from, or of a form that begins now."""
        return cls(user, token=as_key((data or {}).get("tray")) or uuid4())

    @classmethod
    def all_of(
        cls, user, ticket: Ticket, purposes: Iterable[str], lying: Iterable[Attachment]
    ) -> "dict[str, Tray]":
        """The trays of a ticket's page by purpose; ``lying`` is what lies ready in them, as the page has read it."""
        lying = list(lying)
        for attachment in lying:
            attachment.ticket = ticket
        trays = {purpose: cls(user, ticket, purpose=purpose) for purpose in purposes}
        for purpose, tray in trays.items():
            tray.exhibits = tray.show(each for each in lying if each.purpose == purpose)
        return trays

    @property
    def upload_url(self) -> str:
        """Where a file goes that is sent ahead of the form."""
        if self.ticket is None:
            return reverse("tickets:upload", args=["new"])
        return f"{address('upload', self.ticket.number)}?purpose={self.purpose}"

    def attachments(self):
        """What lies in it, oldest first."""
        return Attachment.objects.lying_ready(
            by_user=self.user, purpose=self.purpose, ticket=self.ticket, tray=self.token
        ).select_related("ticket")

    @cached_property
    def exhibits(self) -> list[Exhibit]:
        """What lies in it when it is first looked at, for the eye of whoever put it there: captions as typed."""
        return self.show(self.attachments())

    @staticmethod
    def show(attachments: Iterable[Attachment]) -> list[Exhibit]:
        return [
            exhibit(each, mask_text(each.name), each.caption, f"图片 {number}")
            for number, each in enumerate(attachments, start=1)
        ]

    def receive(self, data: QueryDict, files: MultiValueDict) -> None:
        """Do what the sent form says about its files: drop what is ticked, keep captions, take new ones in.

        May raise ``Refused`` like the verbs it calls; what could be done until then stays done.
        """
        ready = {each.key: each for each in self.attachments()} if "attachment" in data else {}
        dropped = {as_key(text) for text in data.getlist("drop")}
        for text in data.getlist("attachment"):
            key = as_key(text)
            if key in dropped and key in ready:
                ready[key].discard(by_user=self.user)
            elif key and key not in dropped:
                self.chosen.append(key)
                self._describe(ready.get(key), data)
        uploads = [upload for upload in files.getlist("files") if upload.name]
        free = MOST_FILES - len(self.chosen)
        if len(uploads) > free:
            self.errors.append(LIMIT_SENTENCE)
        for upload in uploads[:free]:
            try:
                self.chosen.append(self.take(upload).key)
            except ValidationError as error:
                name = mask_text(seen_name(upload.name))
                self.errors += [f"「{name}」{sentence}" for sentence in error.messages]

    def take(self, upload) -> Attachment:
        """Take one file in; as ``Attachment.stage``."""
        return Attachment.stage(
            upload, by_user=self.user, purpose=self.purpose, ticket=self.ticket, tray=self.token
        )

    def _describe(self, attachment: Attachment | None, data: QueryDict) -> None:
        caption = data.get(f"caption-{attachment.key}") if attachment else None
        if caption is None:
            return
        try:
            attachment.describe(caption, by_user=self.user)
        except ValidationError as error:
            self.errors += error.messages


def as_key(text: str | None) -> UUID | None:
    """The key that a form or an address names, if it is one."""
    with suppress(ValueError, TypeError, AttributeError):
        return UUID(text)
    return None
