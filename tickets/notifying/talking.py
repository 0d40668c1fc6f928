"""Telling of what was said on a ticket: that somebody said something, never what."""

from collections.abc import Sequence

from merchants.models import User

from ..models.notice import NoticeKind
from . import words
from .announcing import Telling, write
from .audience import Audience, Hearers


def tell_message(ticket, message, mentioned: Sequence[User]) -> None:
    """A shared message to the other side; any message to those of its own side whom it names.

    In the transaction of the message itself. ``mentioned`` are people of the author's side, so nobody hears twice.
    """
    tellings = []
    if not message.is_internal:
        hearers = _other_side(ticket, message)
        tellings.append(_telling(NoticeKind.MESSAGE, ticket, message, *hearers))
    if mentioned:
        # Read anew, with their preferences: mails follow those.
        people = User.objects.filter(pk__in=[person.pk for person in mentioned], is_active=True)
        people = list(people.select_related("notice_preference").order_by("pk"))
        tellings.append(_telling(NoticeKind.MENTIONED, ticket, message, people, []))
    write(tellings)


def _other_side(ticket, message) -> Hearers:
    """Who works on the ticket, else everybody of the merchant; on the other side who opened it. And their groups."""
    if message.merchant_id is not None:
        return Audience([ticket], merchants=False, service=True).service_of(ticket)
    audience = Audience([ticket])
    people = audience.people_of[ticket.merchant_id]
    working = [person for person in people if person.pk == ticket.assignee_id]
    return Hearers(working or people, audience.robots_of[ticket.merchant_id])


def _telling(kind: NoticeKind, ticket, message, people, robots) -> Telling:
    return Telling(
        f"message:{message.pk}",
        kind,
        words.about_event(kind, ticket, message.at),
        words.link(ticket),
        message.at,
        people,
        robots,
        ticket.pk,
        ticket.round_no,
    )
