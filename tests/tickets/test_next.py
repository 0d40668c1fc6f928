"""下一张最急的工单: after an act, and at its address."""

from datetime import timedelta

import pytest

from tests.factories import ANSWER, REASON, TicketFactory, reason_code, submitted_ticket, ticket_on_hold
from tests.pages import read, signed_in
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

HOURS = [timedelta(hours=hours) for hours in range(5)]


def offered(page) -> str:
    links = read(page).all("a", data_upcoming=True)
    return links[0]["href"] if links else ""


def test_a_merchant_goes_on_with_what_is_due_first_and_only_its_own(dianyuan, order_a, order_b):
    TicketFactory(order=order_b, opened_ago=HOURS[4])
    ticket_on_hold(order=order_a, opened_ago=HOURS[4])
    urgent = TicketFactory(order=order_a, opened_ago=HOURS[1], urgency="urgent")
    TicketFactory(order=order_a, opened_ago=HOURS[1])
    mine = TicketFactory(order=order_a, opened_ago=HOURS[3])
    page = signed_in(dianyuan).post(
        f"/tickets/{mine}/submit/", {"outcome": "solved", "result": ANSWER}, follow=True
    )
    assert offered(page) == f"/tickets/{urgent}/"
    assert "autofocus" in read(page).one("a", data_upcoming=True).attrs


@pytest.mark.parametrize("verb", ["approve", "return"])
def test_customer_service_goes_on_with_what_waits_longest(verb, kefu, order_a, order_b):
    submitted_ticket(order=order_a, opened_ago=HOURS[1])
    oldest = submitted_ticket(order=order_b, opened_ago=HOURS[3])
    mine = submitted_ticket(order=order_a, opened_ago=HOURS[4])
    sent = {f"{verb}-reason": REASON, f"{verb}-code": reason_code("return").pk}
    page = signed_in(kefu).post(f"/tickets/{mine}/{verb}/", sent, follow=True)
    assert offered(page) == f"/tickets/{oldest}/"


def test_after_what_hands_nothing_on_and_on_a_page_merely_opened_nothing_is_offered(kefu, order_a):
    submitted_ticket(order=order_a)
    ticket, visitor = TicketFactory(order=order_a), signed_in(kefu)
    assert offered(visitor.post(f"/tickets/{ticket}/remind/", follow=True)) == ""
    assert offered(visitor.get(f"/tickets/{ticket}/")) == ""


def test_when_nothing_waits_nothing_is_offered(dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    sent = {"outcome": "solved", "result": ANSWER}
    assert offered(signed_in(dianyuan).post(f"/tickets/{ticket}/submit/", sent, follow=True)) == ""


def test_its_address_leads_there_and_else_to_the_list(dianyuan, order_a):
    first = TicketFactory(order=order_a, opened_ago=HOURS[2])
    second = TicketFactory(order=order_a, opened_ago=HOURS[1])
    visitor = signed_in(dianyuan)
    assert visitor.get("/tickets/next/").url == f"/tickets/{first}/"
    assert visitor.get("/tickets/next/", {"after": first.number}).url == f"/tickets/{second}/"
    assert visitor.get("/tickets/next/", {"after": "\x00"}).status_code == 302
    Ticket.objects.get(pk=second.pk).submit(by_user=dianyuan, outcome="solved", text=ANSWER)
    page = visitor.get("/tickets/next/", {"after": first.number}, follow=True)
    assert page.redirect_chain == [("/tickets/", 302)]
    assert "没有等待您处理的工单" in page.text
