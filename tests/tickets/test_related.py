"""关联工单: the tickets of the same order and of the same consumer, each to whom it may be shown."""

import pytest

from tests.factories import OrderFactory, TicketFactory, completed_ticket
from tests.pages import numbers, read, signed_in, statements

pytestmark = pytest.mark.django_db


def related(ticket, person) -> dict[str, list[str]]:
    """The numbers below each heading."""
    page = read(signed_in(person).get(ticket.get_absolute_url()))
    if not page.all("section", id="related"):
        return {}
    block = page.one("section", id="related")
    headings = [heading.text for heading in block.all("h3")]
    lists = [[link.text for link in part.all("a")] for part in block.all("ul")]
    return dict(zip(headings, lists, strict=True))


def test_customer_service_sees_all_and_a_merchant_its_own(order_a, merchant_a, kefu, dianyuan):
    ticket, sibling = TicketFactory(order=order_a), completed_ticket(order=order_a)
    here = TicketFactory(order=OrderFactory(merchant=merchant_a, customer=order_a.customer))
    elsewhere = TicketFactory(order=OrderFactory(customer=order_a.customer))
    TicketFactory(order=OrderFactory(merchant=merchant_a))
    assert related(ticket, kefu) == {
        "同一订单": [sibling.number],
        "同一消费者": [elsewhere.number, here.number],
    }
    assert related(ticket, dianyuan) == {"同一订单": [sibling.number], "同一消费者": [here.number]}


def test_alone_there_is_no_block(order_a, dianyuan):
    assert related(TicketFactory(order=order_a), dianyuan) == {}


def test_of_a_consumer_nobody_knows_there_is_nothing_to_say(merchant_a, dianyuan):
    first, _ = (TicketFactory(order=OrderFactory(merchant=merchant_a, customer=None)) for _ in range(2))
    assert related(first, dianyuan) == {}


def test_of_many_the_newest_five_and_the_way_to_all(order_a, merchant_a, dianyuan):
    ticket = TicketFactory(order=order_a)
    same_order = TicketFactory.create_batch(6, order=order_a)
    others = [
        TicketFactory(order=OrderFactory(merchant=merchant_a, customer=order_a.customer)) for _ in range(6)
    ]
    visitor = signed_in(dianyuan)
    block = read(visitor.get(ticket.get_absolute_url())).one("section", id="related")
    shown = [[link.text for link in part.all("a")] for part in block.all("ul")]
    assert shown == [[one.number for one in made[:0:-1]] for made in (same_order, others)]
    ways = [link["href"] for link in block.all("a") if link["href"].startswith("/tickets/?")]
    found = [set(numbers(visitor.get(way))) for way in ways]
    everything = {ticket, *same_order, *others}
    assert found == [
        {one.number for one in [ticket, *same_order]},
        {one.number for one in everything},
    ]


def test_the_search_by_consumer_tells_nothing_about_anothers_ticket(order_a, order_b, shangjia2, dianyuan):
    theirs = TicketFactory(order=OrderFactory(customer=order_b.customer))
    TicketFactory(order=order_b)
    assert numbers(signed_in(shangjia2).get(f"/tickets/?tab=all&consumer_of={theirs.number}")) == []
    assert numbers(signed_in(dianyuan).get("/tickets/?tab=all&consumer_of=x")) == []


def test_many_cost_no_more_statements_than_a_few(order_a, kefu):
    few, many = TicketFactory(order=order_a), TicketFactory()
    TicketFactory(order=order_a)
    TicketFactory.create_batch(7, order=many.order)
    visitor = signed_in(kefu)
    one = statements(lambda: visitor.get(few.get_absolute_url()))
    assert statements(lambda: visitor.get(many.get_absolute_url())) == one
