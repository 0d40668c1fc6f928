"""purge_consumers and tickets that were about the consumer's order until the order was put right."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.models import Customer
from tests.consumers import NAME, SAID, STREET, TRACES
from tests.factories import CustomerFactory, OrderFactory, TicketFactory, completed_ticket
from tests.tickets.test_purge_consumers import DAYS, consumer, old_order, order, report, run, whole_database  # noqa: F401
from tickets import anonymising
from tickets.clock import database_now

pytestmark = pytest.mark.django_db

REASON = "开单时看错了订单号"


@pytest.fixture
def right_order(merchant_a):
    return OrderFactory(
        merchant=merchant_a,
        customer=CustomerFactory(name="欧阳娜娜"),
        consignee="欧阳娜娜",
        address="江苏省南京市鼓楼区中山路2号",
    )


def strayed(order, right_order, kefu, text: str = SAID):  # noqa: F811
    """About ``order`` first, about ``right_order`` now, and open."""
    ticket = TicketFactory(order=order, by_user=kefu, problem=text)
    ticket.add_note(by_user=kefu, text=text)
    ticket.transfer(by_user=kefu, order=right_order, reason=f"{REASON}，{text}")
    return ticket


def test_the_former_orders_consumer_goes_from_the_ticket_as_well(order, right_order, kefu):  # noqa: F811
    ticket = strayed(order, right_order, kefu, SAID + "，与欧阳娜娜无关")
    assert report()["consumers"] == 1
    left = whole_database()
    assert [trace for trace in TRACES if trace in left] == []
    ticket.refresh_from_db()
    assert ticket.problem == "诸*（岚*）住****，电话139****4321，与欧阳娜娜无关"
    former = ticket.snapshot.facts["former"][0]
    assert (former["order_number"], former["consignee"], former["address"]) == (order.number, "", "")
    assert (former["names"], former["addresses"]) == ([], [])


def test_the_consumer_whose_order_it_is_now_stays(order, right_order, kefu):  # noqa: F811
    ticket = strayed(order, right_order, kefu)
    run()
    ticket.snapshot.refresh_from_db()
    right_order.refresh_from_db()
    assert ticket.snapshot.facts["consignee"] == right_order.consignee == "欧阳娜娜"


def test_another_former_order_keeps_its_consumer(order, right_order, merchant_a, kefu):  # noqa: F811
    between = OrderFactory(merchant=merchant_a, consignee="司马相如")
    ticket = strayed(order, between, kefu, f"{NAME}还是司马相如？")
    ticket.transfer(by_user=kefu, order=right_order, reason=REASON)
    run()
    ticket.refresh_from_db()
    assert ticket.problem == "诸*还是司马相如？"
    assert [each["consignee"] for each in ticket.snapshot.facts["former"]] == ["", "司马相如"]


def test_what_the_order_said_when_the_ticket_left_it_is_masked_too(order, right_order, kefu):  # noqa: F811
    ticket = strayed(order, right_order, kefu, "收货人诸葛老太太，住文三路90号")
    facts = ticket.snapshot.facts
    facts["former"][0] |= {"consignee": "诸葛老太太"}  # an import has put another name there since
    ticket.snapshot.save()
    run()
    ticket.refresh_from_db()
    assert ticket.problem == "收货人诸*，住****"
    assert STREET not in whole_database()


def test_an_order_without_a_consumer_of_its_own_goes_likewise(merchant_a, right_order, kefu):
    order = old_order(merchant=merchant_a, customer=None)  # noqa: F811
    ticket = strayed(order, right_order, kefu, f"{NAME}没有收到")
    assert report()["orders"] == 1
    ticket.refresh_from_db()
    assert ticket.problem == "诸*没有收到"
    assert NAME not in whole_database()


def test_a_ticket_between_two_who_both_go_is_masked_for_both(order, merchant_a, kefu):  # noqa: F811
    second = old_order(merchant=merchant_a, consignee="司马相如")
    Customer.objects.update(created_at=database_now() - 500 * DAYS)
    right = OrderFactory(merchant=merchant_a)
    ticket = strayed(order, second, kefu, f"{NAME}还是司马相如？")
    ticket.transfer(by_user=kefu, order=right, reason=REASON)
    assert report()["consumers"] == 2
    ticket.refresh_from_db()
    assert ticket.problem == "诸*还是司*？"


def test_many_such_tickets_cost_as_many_statements_as_a_few(merchant_a, right_order, kefu):
    def statements_of_run(tickets: int) -> int:
        order = old_order(merchant=merchant_a, phone="13800001111")  # noqa: F811
        Customer.objects.filter(pk=order.customer_id).update(created_at=database_now() - 500 * DAYS)
        completed_ticket(order=order, opened_ago=490 * DAYS)
        for _ in range(tickets):
            strayed(order, right_order, kefu, SAID)
        call_command("archive_tickets", stdout=StringIO())
        with CaptureQueriesContext(connection) as queries:
            assert anonymising.run(database_now() - 365 * DAYS, database_now()).consumers == 1
        return len(queries)

    assert statements_of_run(1) == statements_of_run(10)
