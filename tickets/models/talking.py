"""The verbs of ``Ticket`` that only say something: a note among customer service, a message to the other side."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from merchants.access import MERCHANT_ROLES, SERVICE_ROLES
from merchants.models import User

from ..clock import database_now
from ..lifecycle import Refused, Status
from ..mentioning import mentioned
from ..notifying.talking import tell_message
from ..searching import keeping
from ..wording import check_text
from .attachment import Attachment
from .draft import Draft
from .message import Mention, Message, MessageAudience
from .round import Round


class Talking:
    """What is said about a ticket; ``Ticket`` brings the fields. Neither state nor clock nor 最近处理时间 moves.

    ``attachments`` are the keys of what this person has staged for it; who reads the words sees the pictures.
    """

    def add_note(
        self, *, by_user, text: str, attachments: Sequence[UUID] = (), at: datetime | None = None
    ) -> Message:
        """内部备注: for customer service only; merchants never learn that there is one.

        Raises ``ValidationError`` for a text that says nothing or an attachment that is gone, ``Refused`` once the
        ticket is archived, ``NotVisible`` to everybody else.
        """
        return self._say(MessageAudience.INTERNAL, by_user, check_text(text, "备注内容"), attachments, at)

    def add_message(
        self, *, by_user, text: str, attachments: Sequence[UUID] = (), at: datetime | None = None
    ) -> Message:
        """协商留言: to the other side, customer service or the merchant.

        Raises ``ValidationError`` for a text that says nothing or an attachment that is gone, ``Refused`` where it is
        too late to talk.
        """
        return self._say(MessageAudience.SHARED, by_user, check_text(text, "留言内容"), attachments, at)

    def why_not_say(self, audience: str, user) -> str:
        """Why this person cannot write such a message now, as a sentence; empty when they can."""
        internal = audience == MessageAudience.INTERNAL
        if user.role not in (SERVICE_ROLES if internal else SERVICE_ROLES | MERCHANT_ROLES):
            return "您的角色不能填写内部备注" if internal else "您的角色不能留言"
        if self.archived_at:
            return "工单已归档，不能再填写备注和留言"
        if internal:
            return ""
        if self.status == Status.CANCELLED:
            return "工单已撤销，不能再留言"
        if self.status == Status.COMPLETED and user.role in MERCHANT_ROLES:
            return "工单已完结，只有客服可以留言"
        return ""

    def _say(
        self, audience: MessageAudience, by_user, text: str, attachments: Sequence[UUID], at: datetime | None
    ) -> Message:
        with transaction.atomic():
            self._lock_for(by_user)
            if why := self.why_not_say(audience, by_user):
                raise Refused(why)
            message = Message.objects.create(
                ticket=self,
                round=Round.objects.get(ticket=self.pk, number=self.round_no),
                audience=audience,
                author=by_user,
                author_name=str(by_user),
                author_role=by_user.affiliation,
                merchant_id=by_user.merchant_id,
                text=text,
                at=at or database_now(),
            )
            Attachment.bind(attachments, by_user=by_user, at=message.at, ticket=self, message=message)
            people = [
                person for person in mentioned(text, User.objects.side_of(by_user)) if person != by_user
            ]
            keeping.keep(self.pk)
            Mention.objects.bulk_create(Mention(message=message, person=person) for person in people)
            tell_message(self, message, people)
            Draft.use(by_user, "note" if message.is_internal else "message", ticket=self)
        return message
