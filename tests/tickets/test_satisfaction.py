"""满意率: the share of content consumers among those who said something."""

import pytest
from django.conf import settings
from django.core.cache import cache

from tests.factories import STEP, completed_again, completed_ticket
from tests.pages import numbers, read, signed_in, statements
from tickets.models import Ticket

from .test_timeliness_figures import of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_has_asked_yet():
    cache.clear()


@pytest.fixture
def ticket(order_a, kefu) -> Ticket:
    return completed_ticket(order=order_a, by_user=kefu)


@pytest.fixture
def path(ticket, kefu) -> str:
    """The path of a rating link for the ticket."""
    return ticket.invite_rating(by_user=kefu).removeprefix(settings.SITE_URL)


def test_the_share_of_content_consumers_with_how_many_were_rated(order_a, kefu, zhuguan):
    for stars in (5, 4, 3, 1):
        completed_ticket(order=order_a).rate(by_user=kefu, stars=stars)
    completed_ticket(order=order_a)
    assert (of(zhuguan).content.part, of(zhuguan).content.whole) == (2, 4)
    assert str(of(zhuguan).content) == "50.0%"


def test_of_a_reopened_ticket_the_latest_rating_counts(order_a, kefu, zhuguan):
    better, worse = completed_ticket(order=order_a), completed_ticket(order=order_a)
    better.rate(by_user=kefu, stars=1)
    worse.rate(by_user=kefu, stars=5)
    assert (of(zhuguan).content.part, of(zhuguan).content.whole) == (1, 2)
    completed_again(worse)
    assert of(zhuguan).content.part == 1
    worse.rate(by_user=kefu, stars=2)
    assert (of(zhuguan).content.part, of(zhuguan).content.whole) == (0, 2)
    completed_again(better).rate(by_user=kefu, stars=4)
    assert (of(zhuguan).content.part, of(zhuguan).content.whole) == (1, 2)


def test_an_invitation_without_an_answer_counts_nowhere(ticket, zhuguan, path):
    assert str(of(zhuguan).content) == "—"


def test_the_figure_opens_the_lists_it_counts(order_a, kefu, zhuguan, shangjia):
    content, other = completed_ticket(order=order_a), completed_ticket(order=order_a)
    content.rate(by_user=kefu, stars=5)
    other.rate(by_user=kefu, stars=3)
    for person in (zhuguan, shangjia):
        visitor = signed_in(person)
        page = read(visitor.get("/tickets/timeliness/"))
        [stat] = [each for each in page.all("div", class_="stat") if "满意率" in each.text]
        assert stat.text == "满意率 50.0% n=2"
        lists = [numbers(visitor.get(link["href"])) for link in stat.all("a")]
        assert lists[0] == [content.number]
        assert set(lists[1]) == {content.number, other.number}


def test_the_page_costs_the_same_however_many_were_rated(order_a, kefu, zhuguan):
    visitor = signed_in(zhuguan)
    completed_ticket(order=order_a).rate(by_user=kefu, stars=5)
    visitor.get("/tickets/timeliness/")
    one = statements(lambda: visitor.get("/tickets/timeliness/"))
    for _ in range(10):
        completed_ticket(order=order_a, after=2 * STEP).rate(by_user=kefu, stars=2)
    assert statements(lambda: visitor.get("/tickets/timeliness/")) == one
