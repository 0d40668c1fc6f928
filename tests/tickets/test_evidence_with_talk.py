"""Photos with what is said about a ticket: with 协商留言 for both sides, with 内部备注 for customer service alone."""

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from merchants.access import NotVisible
from tests.evidence import SAYING, say, shelved, staged
from tests.factories import (
    TicketFactory,
    cancelled_ticket,
    completed_ticket,
    submitted_ticket,
    ticket_on_hold,
)
from tests.rows import rows_of
from tickets.clock import database_now
from tickets.evidence import LIMIT_SENTENCE, MOST_FILES
from tickets.lifecycle import Refused
from tickets.models import Attachment, Message, Ticket
from tickets.models.attachment import GONE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]

STATES = {
    "waiting_merchant": TicketFactory,
    "waiting_review": submitted_ticket,
    "on_hold": ticket_on_hold,
    "completed": completed_ticket,
    "cancelled": cancelled_ticket,
}
OPEN = {"waiting_merchant", "waiting_review", "on_hold"}
# purpose, person: the states in which the person may put a photo there; as who may say it
MAY = {
    **{("note", who): set(STATES) for who in ("kefu", "zhuguan")},
    **{("note", who): set() for who in ("shangjia", "dianyuan", "sysadmin")},
    **{("message", who): OPEN | {"completed"} for who in ("kefu", "zhuguan")},
    **{("message", who): OPEN for who in ("shangjia", "dianyuan")},
    ("message", "sysadmin"): set(),
}


@pytest.fixture
def ticket(order_a) -> Ticket:
    return TicketFactory(order=order_a)


@pytest.mark.parametrize(
    ("purpose", "who"), [("note", "kefu"), ("message", "zhuguan"), ("message", "dianyuan")]
)
def test_what_is_said_takes_its_photos_along_in_their_order(purpose, who, ticket, request):
    person = request.getfixturevalue(who)
    before = rows_of(ticket)
    first, second = (staged(person, ticket, purpose=purpose) for _ in range(2))
    message = getattr(ticket, SAYING[purpose])(
        by_user=person, text="请看", attachments=[second.key, first.key]
    )
    assert list(message.attachments.values_list("key", "position", "purpose", "bound_at")) == [
        (second.key, 1, purpose, message.at),
        (first.key, 2, purpose, message.at),
    ]
    # Neither state nor clock nor 最近处理时间.
    assert rows_of(ticket) | {"messages": []} == before | {"messages": []}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(("purpose", "who"), MAY)
def test_who_may_put_a_photo_where_in_which_state(purpose, who, state, order_a, request):
    ticket, person = STATES[state](order=order_a), request.getfixturevalue(who)
    if state in MAY[purpose, who]:
        assert staged(person, ticket, purpose=purpose).pk
    else:
        with pytest.raises(Refused):
            staged(person, ticket, purpose=purpose)
        assert not Attachment.objects.exists()


@pytest.mark.parametrize("purpose", SAYING)
def test_nothing_is_put_to_anothers_ticket_nor_to_none_nor_to_one_put_away(purpose, order_a, shangjia2, kefu):
    ticket = completed_ticket(order=order_a)
    with pytest.raises(NotVisible):
        staged(shangjia2, ticket, purpose=purpose)
    with pytest.raises(Refused, match="您的角色不能在这里上传图片"):
        staged(kefu, tray=uuid4(), purpose=purpose)
    ticket.archived_at = database_now()
    with pytest.raises(Refused, match="工单已归档"):
        staged(kefu, ticket, purpose=purpose)


@pytest.mark.parametrize("whose", ["of the problem", "of a note", "a colleague's", "nobody's"])
def test_a_message_with_a_photo_that_is_not_its_own_is_not_said(whose, ticket, kefu, zhuguan):
    keys = {
        "of the problem": lambda: shelved(kefu, ticket).key,
        "of a note": lambda: shelved(kefu, ticket, purpose="note").key,
        "a colleague's": lambda: shelved(zhuguan, ticket, purpose="message").key,
        "nobody's": uuid4,
    }
    with pytest.raises(ValidationError, match=GONE):
        ticket.add_message(by_user=kefu, text="请看", attachments=[keys[whose]()])
    assert not Message.objects.exists()


def test_more_than_seven_are_refused_whole_and_every_message_has_seven_of_its_own(ticket, kefu):
    for _ in range(2):
        say(ticket, kefu, "message", MOST_FILES)
    with pytest.raises(ValidationError, match=LIMIT_SENTENCE):
        ticket.add_message(by_user=kefu, text="请看", attachments=[uuid4() for _ in range(MOST_FILES + 1)])
    assert Message.objects.count() == 2
    ticket.add_evidence(by_user=kefu, attachments=[shelved(kefu, ticket).key])  # they do not count there


@pytest.mark.parametrize(
    "wrong",
    [
        {"message": None},
        {"purpose": "problem"},
        {"purpose": "result"},
        {"purpose": "message"},  # the note would be everybody's
        {"position": None},
        {"position": 8},
        {"bound_at": None},
        {"ticket": None},
    ],
    ids=str,
)
def test_the_database_refuses_a_photo_of_a_note_that_is_half_something_else(wrong, ticket, kefu):
    attachment = shelved(kefu, ticket, purpose="note")
    attachment.message = ticket.add_note(by_user=kefu, text="记一笔")
    attachment.position, attachment.bound_at = 1, database_now()
    for name, value in wrong.items():
        setattr(attachment, name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        attachment.save()


def test_the_database_refuses_a_photo_with_another_tickets_message_or_a_note_in_its_place(
    ticket, order_a, kefu
):
    note, elsewhere = (
        ticket.add_note(by_user=kefu, text="记一笔"),
        TicketFactory(order=order_a).add_message(by_user=kefu, text="请看"),
    )
    for message in (note, elsewhere):
        attachment = shelved(kefu, ticket, purpose="message")
        attachment.message, attachment.position, attachment.bound_at = message, 1, database_now()
        with pytest.raises(IntegrityError, match="does not belong to that message"), transaction.atomic():
            attachment.save()


def test_the_database_gives_each_place_in_a_message_once_and_keeps_what_is_said(ticket, kefu):
    attachment = say(ticket, kefu, "message").attachments.get()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Attachment.objects.update(caption="x")
    attachment.pk, attachment.key, attachment.storage_name = None, uuid4(), "evidence/else"
    with pytest.raises(IntegrityError), transaction.atomic():
        attachment.save(force_insert=True)
