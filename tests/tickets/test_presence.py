"""Whoever has a ticket open is shown to the others; nothing is locked by it."""

from datetime import timedelta

import pytest

from tests.factories import ANSWER, TicketFactory
from tests.pages import read, signed_in, statements
from tickets.clock import database_now
from tickets.models import Presence, Ticket
from tickets.models.presence import GONE_AFTER, NOTED_EVERY

pytestmark = pytest.mark.django_db


def tell(visitor, ticket: Ticket, typing: str = "") -> str:
    return visitor.post(f"/tickets/{ticket}/presence/", {"typing": typing}).json()["words"]


def shown_to(person, ticket: Ticket) -> str:
    return read(signed_in(person).get(ticket.get_absolute_url())).one("span", class_="presence").text


def grow_old(by: timedelta) -> None:
    for each in Presence.objects.all():
        each.seen_at -= by
        each.save()


def test_who_looks_and_who_writes_is_told_apart(kefu, zhuguan, dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    assert tell(signed_in(kefu), ticket) == ""
    assert tell(signed_in(dianyuan), ticket, typing="1") == "王客服也在查看"
    assert shown_to(zhuguan, ticket) == "李店员正在处理 · 王客服也在查看"
    assert shown_to(kefu, ticket) == "李店员正在处理"
    assert shown_to(dianyuan, ticket) == "王客服也在查看"


def test_saving_a_draft_is_writing(kefu, dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    signed_in(dianyuan).post(f"/tickets/{ticket}/draft/?verb=submit&round=1", {"result": "正在写"})
    assert shown_to(kefu, ticket) == "李店员正在处理"


def test_who_has_been_silent_is_gone(kefu, dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    tell(signed_in(dianyuan), ticket)
    grow_old(GONE_AFTER - timedelta(seconds=5))
    assert shown_to(kefu, ticket) == "李店员也在查看"
    grow_old(timedelta(seconds=6))
    assert shown_to(kefu, ticket) == ""


def test_to_open_the_page_or_to_stay_writes_nothing(dianyuan, order_a):
    ticket, visitor = TicketFactory(order=order_a), signed_in(dianyuan)
    visitor.get(ticket.get_absolute_url())
    assert not Presence.objects.exists()
    tell(visitor, ticket)
    before = Presence.objects.get().seen_at
    assert statements(lambda: tell(visitor, ticket)) <= 6
    assert Presence.objects.get().seen_at == before
    grow_old(NOTED_EVERY + timedelta(seconds=1))
    tell(visitor, ticket)
    assert Presence.objects.get().seen_at >= before


def test_nothing_is_locked_by_it(dianyuan, shangjia, order_a):
    ticket = TicketFactory(order=order_a)
    tell(signed_in(dianyuan), ticket, typing="1")
    ticket.submit(by_user=shangjia, outcome="solved", text=ANSWER)


def test_another_merchant_neither_sees_nor_tells(shangjia2, dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    tell(signed_in(dianyuan), ticket)
    assert signed_in(shangjia2).post(f"/tickets/{ticket}/presence/").status_code == 404
    assert Presence.objects.count() == 1


def test_lists_ask_for_nothing_of_it(kefu, order_a):
    ticket, visitor = TicketFactory(order=order_a), signed_in(kefu)
    visitor.get("/tickets/")
    before = statements(lambda: visitor.get("/tickets/"))
    Presence.objects.create(ticket=ticket, person=kefu, seen_at=database_now())
    assert statements(lambda: visitor.get("/tickets/")) == before
