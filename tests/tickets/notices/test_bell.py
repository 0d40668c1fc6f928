"""The bell in the top bar of every page."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import NoticeFactory, TicketFactory
from tests.pages import read, signed_in, statements
from tickets.models import Notice
from tickets.models.notice import MOST_COUNTED

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(order_a):
    ticket = TicketFactory(order=order_a)
    Notice.objects.all().delete()
    return ticket


def bell_of(person, path: str = "/password/"):
    return read(signed_in(person).get(path)).one("header", class_="topbar").one("a", class_="bell")


@pytest.mark.parametrize("who", ["kefu", "zhuguan", "shangjia", "dianyuan"])
@pytest.mark.parametrize(
    ("unread", "label", "shown"),
    [
        (0, "消息", ""),
        (1, "消息，1 条未读", "1"),
        (99, "消息，99 条未读", "99"),
        (130, "消息，99+ 条未读", "99+"),
    ],
)
def test_it_says_how_much_is_unread(who, unread, label, shown, ticket, request):
    person = request.getfixturevalue(who)
    NoticeFactory.create_batch(unread, recipient=person, ticket=ticket)
    bell = bell_of(person)
    count = bell.one("span", class_="count")
    assert (bell["aria-label"], count.text, "hidden" in count.attrs) == (label, shown, not unread)
    assert bell["href"] == "/notices/"


def test_it_costs_one_statement_however_much_there_is(dianyuan, sysadmin, ticket):
    visitor = signed_in(dianyuan)
    without = statements(lambda: signed_in(sysadmin).get("/password/"))
    few = statements(lambda: signed_in(dianyuan).get("/password/"))
    assert few == without + 1
    NoticeFactory.create_batch(120, recipient=dianyuan, ticket=ticket)
    assert statements(lambda: signed_in(dianyuan).get("/password/")) == few
    assert visitor.get("/tickets/").status_code == 200


@pytest.mark.parametrize("page", ["inbox", "ticket"])
def test_a_page_that_needs_it_twice_asks_once(page, dianyuan, ticket):
    NoticeFactory(recipient=dianyuan, ticket=ticket)
    visitor = signed_in(dianyuan)
    with CaptureQueriesContext(connection) as queries:
        visitor.get("/notices/" if page == "inbox" else ticket.get_absolute_url())
    counting = [query["sql"] for query in queries if f"LIMIT {MOST_COUNTED}" in query["sql"]]
    assert len(counting) == 1


def test_the_administrator_is_told_nothing_and_has_none(sysadmin):
    assert not read(signed_in(sysadmin).get("/password/")).all("a", class_="bell")


def test_what_is_read_does_not_count(dianyuan, ticket):
    NoticeFactory.create_batch(2, recipient=dianyuan, ticket=ticket)
    Notice.objects.filter(pk=Notice.objects.first().pk).mark_read(by_user=dianyuan)
    assert bell_of(dianyuan)["aria-label"] == "消息，1 条未读"
