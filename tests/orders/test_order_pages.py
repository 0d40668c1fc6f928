"""Finding an order, and everything about it on one page."""

from datetime import timedelta
from decimal import Decimal

import pytest

from orders.models import Order
from tests.factories import (
    CustomerFactory,
    OrderFactory,
    TicketFactory,
    cancelled_ticket,
    completed_ticket,
)
from tests.pages import read, signed_in, statements

pytestmark = pytest.mark.django_db

PHONE = "13912345678"
SERVICE = ["kefu", "zhuguan"]
MERCHANTS = ["shangjia", "dianyuan"]


def listed(page) -> list[str]:
    return [row["订单号"] for row in read(page).table()]


# ---- the list ----


@pytest.mark.parametrize("who", SERVICE)
def test_the_newest_imported_stand_first_whoever_sells_them(who, order_a, order_b, request):
    page = signed_in(request.getfixturevalue(who)).get("/orders/")
    assert listed(page) == [order_b.number, order_a.number]


def test_a_row_says_what_is_known_and_shows_little_of_the_consumer(kefu, order_a):
    [row] = read(signed_in(kefu).get("/orders/")).table()
    assert row.pop("下单时间")
    assert row == {
        "订单号": "QB10000001",
        "商户": "亲贝母婴旗舰店",
        "订单状态": "已发货",
        "实付金额": "¥248.00",
        "收货人": "陈*",
        "收货地址": "浙江省杭州市西湖区****",
        "操作": "新建工单",
    }


def test_what_nobody_told_us_is_a_dash(kefu, merchant_a):
    Order.objects.create(number="QB4", merchant=merchant_a)
    [row] = read(signed_in(kefu).get("/orders/")).table()
    assert [row[name] for name in ("订单状态", "实付金额", "下单时间", "收货人", "收货地址")] == ["—"] * 5


def test_the_buttons_of_a_row_open_the_order_and_a_new_ticket(kefu, merchant_a):
    order = OrderFactory(merchant=merchant_a, number="QB&1+2#3?")
    visitor = signed_in(kefu)
    row = read(visitor.get("/orders/")).one("tbody").one("tr")
    assert read(visitor.get(row.one("a", order.number)["href"])).one("h1").text == f"订单 {order.number}"
    form = read(visitor.get(row.one("a", "新建工单")["href"])).one("main").one("form", method="post")
    assert form.sends()["order_number"] == order.number


def test_the_beginning_of_a_number_finds_orders(kefu, order_a, order_b):
    visitor = signed_in(kefu)
    assert listed(visitor.get("/orders/", {"q": " QB2000 "})) == [order_b.number]
    assert listed(visitor.get("/orders/", {"q": "0000001"})) == []


@pytest.mark.parametrize("text", ["%", "_", "QB_0000001", "\\", "' OR 1=1 --", "\x00%", "x" * 500])
def test_signs_in_a_search_mean_themselves(text, kefu, order_a):
    page = signed_in(kefu).get("/orders/", {"q": text})
    assert (page.status_code, listed(page)) == (200, [])
    assert "暂无数据" in read(page).one(class_="empty").text


@pytest.mark.parametrize("text", [PHONE, "139 1234 5678", "+86 139-1234-5678"])
def test_a_phone_number_finds_orders_and_is_shown_to_nobody(text, kefu, order_a, merchant_a):
    order = OrderFactory(merchant=merchant_a, phone=PHONE, customer=CustomerFactory(phone=PHONE))
    page = signed_in(kefu).get("/orders/", {"q": text}, follow=True)
    assert listed(page) == [order.number]
    for shown in [page.text, *(address for address, _ in page.redirect_chain)]:
        assert PHONE not in shown
        assert "1234 5678" not in shown
    assert read(page).one("input", name="q")["value"].startswith("139****5678~")


def test_pages_show_every_order_once(kefu, merchant_a):
    Order.objects.bulk_create(Order(number=f"QB{n}", merchant=merchant_a) for n in range(120))
    visitor, here, seen = signed_in(kefu), "/orders/?q=QB", []
    while here:
        page = visitor.get(here)
        seen += listed(page)
        following = [link for link in read(page).all("a", "下一页") if "href" in link.attrs]
        here = f"/orders/{following[0]['href']}" if following else None
    assert seen == [f"QB{n}" for n in reversed(range(120))]
    first = read(page).one("a", "首页")["href"]
    assert listed(visitor.get(f"/orders/{first}")) == seen[:50]


@pytest.mark.parametrize("before", ["x", "", "-1", "\x00", "9" * 19, "9" * 5000, "１"])
def test_a_strange_place_in_the_list_is_the_first_page(before, kefu, order_a):
    assert listed(signed_in(kefu).get("/orders/", {"before": before})) == [order_a.number]


@pytest.mark.parametrize("who", SERVICE)
def test_one_row_and_fifty_cost_the_same(who, merchant_a, request):
    visitor = signed_in(request.getfixturevalue(who))
    OrderFactory(merchant=merchant_a)
    one = statements(lambda: visitor.get("/orders/"))
    Order.objects.bulk_create(Order(number=f"QB{n}", merchant=merchant_a) for n in range(49))
    assert statements(lambda: visitor.get("/orders/")) == one
    assert len(listed(visitor.get("/orders/"))) == 50


# ---- one order ----


@pytest.mark.parametrize("who", [*SERVICE, *MERCHANTS])
def test_the_page_of_an_order_shows_facts_lines_and_parcels(who, order_a, request):
    order_a.paid_amount = Decimal("1248.5")
    order_a.save()
    page = read(signed_in(request.getfixturevalue(who)).get(f"/orders/{order_a.number}/"))
    block = page.one("section", id="order")
    assert block.facts()["实付金额"] == "¥1,248.50"
    assert [row.all("td")[0].text for row in block.all("table")[0].one("tbody").all("tr")] == [
        "婴儿纯棉连体衣 1",
        "婴儿纯棉连体衣 2",
    ]
    assert order_a.shipments.get().tracking_number in block.all("table")[1].text


@pytest.mark.parametrize("who", [*SERVICE, *MERCHANTS])
def test_its_tickets_are_listed_newest_first_and_open(who, order_a, request):
    old = completed_ticket(order=order_a, opened_ago=timedelta(days=2))
    new = TicketFactory(order=order_a, problem="请打 13912345678")
    visitor = signed_in(request.getfixturevalue(who))
    block = read(visitor.get(f"/orders/{order_a.number}/")).one("section", id="tickets")
    assert [row["工单号"] for row in block.table()] == [new.number, old.number]
    assert block.table()[0]["问题描述"] == "请打 139****5678"
    assert visitor.get(block.all("a", "查看")[1]["href"]).status_code == 200


def test_an_order_without_tickets_says_so(kefu, order_a):
    block = read(signed_in(kefu).get(f"/orders/{order_a.number}/")).one("section", id="tickets")
    assert "该订单还没有工单" in block.text


@pytest.mark.parametrize("who", MERCHANTS)
def test_a_merchant_sees_the_consumer_only_with_a_ticket(who, order_a, request):
    visitor = signed_in(request.getfixturevalue(who))
    without = visitor.get(f"/orders/{order_a.number}/")
    assert read(without).all(id="consumer") == []
    assert "陈*" not in without.text
    TicketFactory(order=order_a)
    with_ticket = read(visitor.get(f"/orders/{order_a.number}/")).one("section", id="consumer")
    assert with_ticket.facts()["收货人"] == "陈*"


@pytest.mark.parametrize("who", SERVICE)
def test_customer_service_always_sees_the_consumer_masked(who, order_a, request):
    page = signed_in(request.getfixturevalue(who)).get(f"/orders/{order_a.number}/")
    assert read(page).one("section", id="consumer").facts() == {
        "收货人": "陈*",
        "手机号": f"{order_a.phone[:3]}****{order_a.phone[-4:]}",
        "收货地址": "浙江省杭州市西湖区****",
        "会员名": "宝*",
    }


@pytest.mark.parametrize("who", [*SERVICE, *MERCHANTS])
def test_nowhere_stands_a_name_a_number_or_a_street(who, merchant_a, request):
    words = "陈晓雨，139 1234 5678，文三路90号3栋501室"
    order = OrderFactory(
        merchant=merchant_a,
        phone=PHONE,
        customer=CustomerFactory(phone=PHONE),
        buyer_remark=words,
        seller_remark=words,
    )
    cancelled_ticket(order=order, problem=words)
    text = signed_in(request.getfixturevalue(who)).get(f"/orders/{order.number}/").text
    assert [secret for secret in ("陈晓雨", PHONE, "139 1234", "文三路", "501室") if secret in text] == []


@pytest.mark.parametrize("who", MERCHANTS)
def test_a_merchant_is_not_offered_a_new_ticket(who, order_a, request):
    page = read(signed_in(request.getfixturevalue(who)).get(f"/orders/{order_a.number}/"))
    assert page.one("main").all("a", "新建工单") == []


@pytest.mark.parametrize("number", ["QB20000002", "QB404", "qb10000001", "%", "QB10000001%00"])
def test_anothers_order_is_as_if_it_did_not_exist(number, shangjia, order_a, order_b):
    page = signed_in(shangjia).get(f"/orders/{number}/")
    assert page.status_code == 404
    assert "订单不存在或无权查看" in page.text


def test_an_order_with_a_ticket_of_the_order_before_is_still_anothers(shangjia2, order_a):
    TicketFactory(order=order_a)
    assert signed_in(shangjia2).get(f"/orders/{order_a.number}/").status_code == 404


def test_a_rich_order_costs_no_more_statements_than_a_plain_one(dianyuan, merchant_a):
    plain = OrderFactory(merchant=merchant_a, lines=1)
    rich = OrderFactory(merchant=merchant_a, lines=20, shipments=5)
    TicketFactory(order=plain)
    TicketFactory.create_batch(10, order=rich)
    visitor = signed_in(dianyuan)
    one = statements(lambda: visitor.get(f"/orders/{plain.number}/"))
    assert statements(lambda: visitor.get(f"/orders/{rich.number}/")) == one
