"""导出 of the orders: what is listed, masked."""

import pytest

from tests.exchange import csv_rows
from tests.factories import OrderFactory
from tests.pages import read, signed_in
from tickets.models import ExportRecord

pytestmark = pytest.mark.django_db

ALL = ["number", "merchant", "consignee", "phone", "address", "paid_amount"]


def exported(person, query: str = "") -> list[dict[str, str]]:
    return csv_rows(signed_in(person).post(f"/exports/orders/{query}", {"columns": ALL, "format": "csv"}))


def test_what_is_listed_newest_first_and_masked(kefu, order_a, order_b):
    rows = exported(kefu)
    assert [row["订单号"] for row in rows] == [order_b.number, order_a.number]
    assert (rows[1]["收货人"], rows[1]["收货地址"]) == ("陈*", "浙江省杭州市西湖区****")
    assert order_a.phone not in str(rows)
    assert rows[1]["实付金额"] == "248.00"


@pytest.mark.parametrize("text", ["Q" * 65, "a%" * 20_000])
def test_what_is_longer_than_any_number_finds_nothing_here_and_there(kefu, order_a, text):
    OrderFactory(number="Q" * 64)
    assert "暂无数据" in signed_in(kefu).get("/orders/", {"q": text}).text
    page = signed_in(kefu).get("/exports/orders/", {"q": text})
    assert "共 0 个订单" in read(page).text


def test_it_follows_the_search(kefu, order_a):
    OrderFactory(number="XY-1")
    link = read(signed_in(kefu).get("/orders/?q=XY")).one("a", "导出")["href"]
    assert link == "/exports/orders/?q=XY"
    assert [row["订单号"] for row in exported(kefu, "?q=XY")] == ["XY-1"]


def test_a_phone_number_becomes_its_mark_and_is_not_recorded(kefu, order_a):
    answer = signed_in(kefu).get("/exports/orders/", {"q": order_a.phone})
    assert order_a.phone not in answer["Location"]
    query = answer["Location"].partition("?")[2]
    assert [row["订单号"] for row in exported(kefu, f"?{query}")] == [order_a.number]
    assert order_a.phone not in ExportRecord.objects.get().conditions
