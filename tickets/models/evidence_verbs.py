"""The verb of ``Ticket`` that adds to its problem; see verbs.py."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from merchants.access import SERVICE_ROLES

from ..clock import database_now
from ..lifecycle import AlreadyHandled, Refused
from .attachment import Attachment


class EvidenceVerbs:
    """Evidence that comes later; ``Ticket`` brings the fields."""

    def add_evidence(
        self, *, by_user, attachments: Sequence[UUID], at: datetime | None = None
    ) -> list[Attachment]:
        """补充图片: customer service adds what it has staged to the problem, while the ticket is open.

        The state stays; the attachments themselves are the record of who added them, and when.
        """
        with transaction.atomic():
            self._lock_for(by_user)
            if by_user.role not in SERVICE_ROLES:
                raise Refused("您的角色不能执行“补充图片”")
            if not self.is_open:
                raise AlreadyHandled
            if not attachments:
                raise ValidationError("请选择图片")
            return Attachment.bind(attachments, by_user=by_user, at=at or database_now(), ticket=self)
