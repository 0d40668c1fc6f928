"""What the ticket's page reads: as few statements as it says, and the very answers that the query sets give."""

from datetime import timedelta

import pytest

from merchants.access import NotVisible
from tests.factories import (
    ANSWER,
    REASON,
    CustomerFactory,
    OrderFactory,
    RobotFactory,
    TicketFactory,
    ask_extension,
    reason_code,
    submit,
)
from tests.pages import signed_in, statements
from tickets.clock import database_now
from tickets.drafting import written
from tickets.models import (
    Alert,
    AlertLevel,
    Attachment,
    Draft,
    Event,
    Extension,
    Message,
    Pause,
    Phrase,
    Presence,
    Purpose,
    ReasonCode,
    Result,
    Round,
    Ticket,
)
from tickets.notifying.audience import Audience
from tickets.reading.page import find_ticket, page_of
from tickets.reading.story import story_of
from tickets.related import of_consumer, of_order

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
READERS = ["kefu", "zhuguan", "shangjia", "dianyuan"]
# The login, the bell with a manager's last scan, and two for everything else.
STATEMENTS = 4


@pytest.fixture
def reader(request):
    return request.getfixturevalue(request.param)


def long_ticket(order, kefu, shangjia, rounds: int = 5) -> Ticket:
    """Five rounds, twenty events, and everything else that a ticket can have several of."""
    ticket = TicketFactory(order=order, by_user=kefu, opened_ago=72 * HOUR)
    for number in range(1, rounds + 1):
        at = ticket.handled_at + timedelta(minutes=5)
        ticket.add_message(by_user=shangjia, text=f"第{number}轮我们正在处理", at=at)
        ticket.add_note(by_user=kefu, text=f"第{number}轮内部记下", at=at)
        ticket.remind(by_user=kefu, at=at)
        if number <= 2:
            ticket.hold(by_user=kefu, reason="等消费者寄回", until=at + HOUR, at=at + timedelta(minutes=10))
            ticket.resume(by_user=kefu, at=at + timedelta(minutes=20))
        ask_extension(ticket, at=at + timedelta(minutes=30))
        if number < rounds:
            ticket.decline_extension(by_user=kefu, reason="请按时处理", at=at + timedelta(minutes=40))
            submit(ticket, at + 5 * HOUR, text=f"{ANSWER}第{number}次")
            ticket.return_to_merchant(
                by_user=kefu, reason=REASON, code=reason_code("return"), at=at + 6 * HOUR
            )
    return Ticket.objects.get(pk=ticket.pk)


@pytest.fixture
def ticket(merchant_a, kefu, zhuguan, shangjia, dianyuan) -> Ticket:
    customer = CustomerFactory()
    order = OrderFactory(merchant=merchant_a, customer=customer, lines=3, shipments=2)
    found = long_ticket(order, kefu, shangjia)
    TicketFactory(order=order, by_user=kefu)
    TicketFactory(order=OrderFactory(merchant=merchant_a, customer=customer), by_user=kefu)
    TicketFactory(order=OrderFactory(customer=customer), by_user=kefu)  # another merchant's
    for person in (kefu, shangjia):
        Presence.note(found, person, is_typing=True)
    for person in (kefu, zhuguan, shangjia, dianyuan):
        Phrase.objects.create(owner=person, title="您好", text="{工单号} 您好")
        Draft.keep(
            by_user=person,
            verb="message",
            fields=written({"message-text": "还没写完"}, "message"),
            ticket=found,
        )
    return found


@pytest.mark.parametrize("reader", READERS, indirect=True)
def test_the_page_costs_a_handful_of_statements_for_five_rounds_as_for_one(
    reader, ticket, order_a, kefu, shangjia, request
):
    visitor = signed_in(reader)
    short = TicketFactory(order=order_a, by_user=kefu)
    for each in (ticket, short):
        visitor.get(each.get_absolute_url())
        count = statements(lambda each=each: visitor.get(each.get_absolute_url()))
        assert count == STATEMENTS
    assert (ticket.rounds.count(), ticket.events.count() >= 20) == (5, True)


@pytest.mark.parametrize("reader", READERS, indirect=True)
def test_the_ticket_is_what_the_query_set_gives_with_all_that_belongs_to_it(reader, ticket):
    found = find_ticket(reader, ticket.number)
    same = Ticket.objects.for_user(reader).select_related("order__customer", "snapshot").get(pk=ticket.pk)
    for one, other in [
        (found, same),
        (found.order, same.order),
        (found.order.customer, same.order.customer),
        (found.snapshot, same.snapshot),
        (found.merchant, same.merchant),
        (found.category, same.category),
        (found.opened_by, same.opened_by),
    ]:
        assert columns(one) == columns(other)
    assert abs(found.as_of - database_now()) < HOUR
    assert statements(lambda: (found.assignee, found.merged_into, found.order.customer.name)) == 0


@pytest.mark.parametrize("number", ["GD20200101-000001", "GD\x00", ""])
def test_what_is_not_there_is_not_visible(number, kefu):
    with pytest.raises(NotVisible):
        find_ticket(kefu, number)


def test_another_merchant_and_who_works_for_nobody_find_nothing(ticket, shangjia2, sysadmin):
    for outsider in (shangjia2, sysadmin):
        with pytest.raises(NotVisible):
            find_ticket(outsider, ticket.number)


@pytest.mark.parametrize("reader", READERS, indirect=True)
def test_every_row_is_the_query_sets(reader, ticket):
    read = page_of(ticket, reader)
    rounds = {"round__ticket": ticket}
    for rows, same in [
        (read.rounds, Round.objects.filter(ticket=ticket).order_by("number")),
        (read.pauses, Pause.objects.filter(**rounds)),
        (read.extensions, Extension.objects.filter(**rounds)),
        (read.drafts, Draft.objects.about(reader, ticket)),
        (read.phrases, Phrase.objects.for_user(reader)),
    ]:
        assert [part(row) for row in rows] == [part(row, like=rows[0]) for row in same] != []
    for rows, same in [
        (read.events, Event.objects.filter(ticket=ticket).order_by("occurred_at", "id")),
        (read.alerts, Alert.objects.filter(ticket=ticket).exclude(level=AlertLevel.URGENT)),
        (read.messages, Message.objects.for_user(reader).filter(ticket=ticket)),
        (read.lines, ticket.order.lines.all()),
        (read.shipments, ticket.order.shipments.all()),
    ]:
        assert (
            rows == [type(rows[0])(*(getattr(row, name) for name in rows[0]._fields)) for row in same] != []
        )


@pytest.mark.parametrize("reader", READERS, indirect=True)
def test_people_reasons_and_other_tickets_are_the_query_sets(reader, ticket):
    read = page_of(ticket, reader)
    answers = Result.objects.filter(round__ticket=ticket).select_related("submitted_by__merchant")
    assert [
        (each.pk, each.text, str(each.submitted_by), each.submitted_by.affiliation) for each in read.results
    ] == [(each.pk, each.text, str(each.submitted_by), each.submitted_by.affiliation) for each in answers]
    present = Presence.objects.others(ticket, reader, database_now())
    assert (
        [(each.is_typing, each.person) for each in read.present]
        == [(each.is_typing, str(each.person)) for each in present]
        != []
    )
    for rows, same in [(read.of_order, of_order), (read.of_consumer, of_consumer)]:
        assert (
            [(each.number, each.merchant) for each in rows]
            == [(each.number, each.merchant.name) for each in same(ticket, reader)]
            != []
        )
    if reader.is_merchant:
        offered = ReasonCode.objects.offered("unsolved", ticket.category_id)
        assert [each.name for each in read.unsolved] == [each.name for each in offered]
        assert read.duplicates == ()
    else:
        assert (
            [each.number for each in read.duplicates] == [each.number for each in ticket.duplicates()] != []
        )


def test_a_merchant_reads_neither_notes_nor_other_merchants_tickets(ticket, shangjia, kefu):
    read, all_of_it = page_of(ticket, shangjia), page_of(ticket, kefu)
    assert {each.audience for each in read.messages} == {"shared"}
    assert {each.audience for each in all_of_it.messages} == {"shared", "internal"}
    assert {each.merchant_id for each in read.of_consumer} == {shangjia.merchant_id}
    assert len(all_of_it.of_consumer) == 2
    assert {each.person for each in read.present} == {str(kefu)}


def test_without_a_reader_nothing_is_read_of_what_was_said(ticket):
    story = story_of(ticket, None)
    assert len(story.rounds) == 5
    assert not hasattr(story, "messages")


def test_what_lies_ready_for_a_form_is_only_its_own_persons(ticket, shangjia, dianyuan):
    Attachment.objects.create(
        ticket=ticket, purpose=Purpose.RESULT, uploaded_by=shangjia, name="破损.jpg", media_type="image/jpeg",
        size=1, sha256="0", storage_name="a", created_at=database_now(),
    )  # fmt: skip
    assert [each.name for each in page_of(ticket, shangjia).staged] == ["破损.jpg"]
    assert page_of(ticket, dianyuan).staged == []


@pytest.mark.parametrize("merchants", [True, False])
@pytest.mark.parametrize("service", [True, False])
def test_one_ticket_has_the_hearers_that_it_has_among_many(ticket, order_b, shangjia2, merchants, service):
    RobotFactory(), RobotFactory(merchant=ticket.merchant)
    other = TicketFactory(order=order_b)
    alone = Audience([ticket], merchants=merchants, service=service)
    among = Audience([ticket, other], merchants=merchants, service=service)
    for kind in ("opened", "submitted"):
        assert alone.of(kind, ticket) == among.of(kind, ticket)


def columns(row) -> dict:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def part(row, like=None) -> dict:
    """The columns that are there, or those that another row has."""
    names = {field.attname for field in row._meta.concrete_fields} - (like or row).get_deferred_fields()
    return {name: getattr(row, name) for name in names}
