"""The order as it was when the ticket was opened, beside the order as it is."""

from decimal import Decimal

import pytest

from orders.models import OrderStatus, ShipmentStatus
from tests.factories import OrderFactory, TicketFactory
from tickets.models import OrderSnapshot
from tickets.models.snapshot import differences


@pytest.fixture
def ticket(order_a):
    return TicketFactory(order=order_a)


def kept(ticket) -> OrderSnapshot:
    return OrderSnapshot.objects.get(ticket=ticket)


def test_it_keeps_amounts_times_people_lines_and_parcels(ticket, order_a):
    facts = kept(ticket).facts
    assert (facts["status"], facts["paid_amount"], facts["total_amount"]) == ("shipped", "248.00", "268.00")
    assert (facts["consignee"], facts["phone"], facts["address"]) == (
        order_a.consignee, order_a.phone, order_a.address,
    )  # fmt: skip
    assert [line["title"] for line in facts["lines"]] == ["婴儿纯棉连体衣 1", "婴儿纯棉连体衣 2"]
    assert facts["lines"][0] | {"sku": ""} == {
        "sku": "", "title": "婴儿纯棉连体衣 1", "spec": "粉色 / 73cm", "quantity": 2,
        "unit_price": "67.00", "amount": "134.00",
    }  # fmt: skip
    assert facts["shipments"][0]["tracking_number"] == order_a.shipments.get().tracking_number
    assert kept(ticket).taken_at == ticket.created_at


def test_what_nobody_told_us_stays_unknown(merchant_a):
    order = OrderFactory(
        merchant=merchant_a, customer=None, refund_amount=None, paid_at=None, address="", lines=0, shipments=0
    )
    facts = kept(TicketFactory(order=order)).facts
    assert (facts["refund_amount"], facts["paid_at"], facts["address"]) == (None, None, "")
    assert (facts["lines"], facts["shipments"]) == ([], [])


def test_it_stays_as_it_was_while_the_order_goes_on(ticket, order_a):
    before = kept(ticket).facts
    order_a.status, order_a.refund_amount = OrderStatus.REFUNDING, Decimal("248.00")
    order_a.save()
    order_a.lines.all().delete()
    order_a.shipments.update(status=ShipmentStatus.DELIVERED)
    assert kept(ticket).facts == before


def test_each_ticket_keeps_its_own(ticket, order_a):
    order_a.status = OrderStatus.COMPLETED
    order_a.save()
    later = TicketFactory(order=order_a)
    assert (kept(ticket).facts["status"], kept(later).facts["status"]) == ("shipped", "completed")


def test_an_unchanged_order_shows_no_difference(ticket, order_a):
    order_a.refresh_from_db()
    assert differences(kept(ticket), order_a) == []


def test_differences_are_told_in_words_with_consumers_data_masked(ticket, order_a):
    order_a.refresh_from_db()
    order_a.status, order_a.refund_amount = OrderStatus.REFUNDING, Decimal("1248.00")
    order_a.phone, order_a.consignee = "13900001111", "林小满"
    order_a.address = "江苏省苏州市姑苏区平江路12号"
    order_a.seller_remark = "改寄，电话13900001111"
    order_a.save()
    told = {row["label"]: (row["then"], row["now"]) for row in differences(kept(ticket), order_a)}
    assert told["订单状态"] == ("已发货", "退款中")
    assert told["退款金额"] == ("", "¥1,248.00")
    assert told["收货人"] == ("陈*", "林*")
    assert told["收货地址"] == ("浙江省杭州市西湖区****", "江苏省苏州市姑苏区****")
    assert told["商家备注"] == ("", "改寄，电话139****1111")
    assert told["收货电话"][1] == "139****1111"
    assert len(told) == 6
