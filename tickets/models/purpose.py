"""What evidence is of, and who may put it there."""

from django.db import models

from merchants.access import MERCHANT_ROLES, SERVICE_ROLES

from ..lifecycle import TRANSITIONS, AlreadyHandled, Refused
from .message import MessageAudience


class Purpose(models.TextChoices):
    PROBLEM = "problem", "问题"
    RESULT = "result", "处理结果"
    NOTE = "note", "内部备注"
    MESSAGE = "message", "协商留言"


AUDIENCE_OF = {Purpose.NOTE: MessageAudience.INTERNAL, Purpose.MESSAGE: MessageAudience.SHARED}
PURPOSE_OF = {audience: purpose for purpose, audience in AUDIENCE_OF.items()}


def check_may_put(by_user, purpose: str, ticket) -> None:
    """The merchant's people add evidence to the answer they owe, customer service to a problem, whoever may say
    something to what they say.

    Raises ``NotVisible`` for another merchant's ticket, ``Refused`` for a role that has nothing to send here, and
    ``AlreadyHandled`` (or, beside the course of the ticket, ``Refused`` with its sentence) when it is too late.
    """
    if ticket:
        ticket.check_seen_by(by_user)
    if purpose in AUDIENCE_OF and ticket:
        if why := ticket.why_not_say(AUDIENCE_OF[purpose], by_user):
            raise Refused(why)
        return
    if purpose == Purpose.RESULT:
        roles, wanted = MERCHANT_ROLES, ticket is not None
        is_time = ticket is not None and ticket.status in TRANSITIONS["submit"].sources
    else:
        roles, wanted = SERVICE_ROLES, purpose == Purpose.PROBLEM
        is_time = ticket is None or ticket.is_open
    if by_user.role not in roles or not wanted:
        raise Refused("您的角色不能在这里上传图片")
    if not is_time:
        raise AlreadyHandled
