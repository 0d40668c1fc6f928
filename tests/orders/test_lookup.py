"""Finding the order somebody means while they type."""

import pytest

from orders.lookup import Lookup
from tests.factories import CategoryFactory, CustomerFactory, OrderFactory, TicketFactory
from tests.pages import FRAGMENT, read, signed_in, statements

pytestmark = pytest.mark.django_db

PHONE = "13912345678"


def fragment(person, text: str):
    return signed_in(person).get("/orders/lookup/", {"order_number": text}, headers=FRAGMENT)


def choices(person, text: str) -> list[str]:
    return [button["value"] for button in read(fragment(person, text)).all("button", name="pick")]


@pytest.mark.parametrize("who", ["kefu", "zhuguan"])
def test_the_whole_number_shows_the_order_itself(who, order_a, request):
    page = fragment(request.getfixturevalue(who), " QB10000001 ")
    facts = read(page).facts()
    assert (facts["订单号"], facts["商户"], facts["实付金额"]) == ("QB10000001", "亲贝母婴旗舰店", "¥248.00")
    assert facts["商品"] == "婴儿纯棉连体衣 1 ×2；婴儿纯棉连体衣 2 ×2"
    assert (facts["收货人"], facts["收货地址"]) == ("陈*", "浙江省杭州市西湖区****")


def test_it_is_a_fragment(kefu, order_a):
    text = fragment(kefu, order_a.number).text
    assert "<html" not in text
    assert "<form" not in text


def test_the_preview_shows_no_whole_number_name_or_street(kefu, order_a):
    text = fragment(kefu, order_a.number).text
    assert [secret for secret in (order_a.phone, "陈晓雨", "文三路") if secret in text] == []


def test_the_beginning_of_a_number_offers_a_few_in_their_order(kefu, merchant_a):
    for n in range(12, 0, -1):
        OrderFactory(merchant=merchant_a, number=f"QB77{n:02d}", lines=0, shipments=0)
    assert choices(kefu, "QB77") == [f"QB77{n:02d}" for n in range(1, 9)]


def test_a_number_that_is_also_a_beginning_is_the_order_itself(kefu, order_a, merchant_a):
    OrderFactory(merchant=merchant_a, number="QB100000011")
    assert choices(kefu, "QB10000001") == []
    assert read(fragment(kefu, "QB10000001")).facts()["订单号"] == "QB10000001"


@pytest.mark.parametrize("text", ["", " ", "Q", "QB", "\x00"])
def test_too_little_says_nothing(text, kefu, order_a):
    page = read(fragment(kefu, text))
    assert (page.text, page.all("button")) == ("", [])


@pytest.mark.parametrize("text", ["QB404", "%%%", "___", "QB_", "\\\\\\", "' OR 1=1 --", "x" * 5000])
def test_what_does_not_exist_says_so(text, kefu, order_a):
    assert "没有找到该订单，请核对订单号" in read(fragment(kefu, text)).text


@pytest.mark.parametrize("text", [PHONE, "139 1234 5678"])
def test_a_phone_number_offers_the_newest_orders(text, kefu, merchant_a):
    customer = CustomerFactory(phone=PHONE)
    orders = [OrderFactory(merchant=merchant_a, customer=customer, phone=PHONE) for _ in range(2)]
    page = fragment(kefu, text)
    assert set(choices(kefu, text)) == {order.number for order in orders}
    assert PHONE not in page.text
    assert "1234 5678" not in page.text


def test_a_phone_number_that_nobody_has_says_so(kefu, order_a):
    assert "没有找到该订单" in read(fragment(kefu, PHONE)).text


def test_an_order_whose_number_looks_like_a_phone_is_the_order(kefu, merchant_a):
    order = OrderFactory(merchant=merchant_a, number=PHONE)
    assert Lookup(kefu, PHONE).order == order
    assert Lookup(kefu, PHONE).text == PHONE


def test_open_tickets_of_the_order_are_named(kefu, order_a):
    ticket = TicketFactory(order=order_a, category=CategoryFactory(name="破损"))
    page = read(fragment(kefu, order_a.number))
    assert "该订单还有 1 张未完结工单，请先确认是不是同一件事" in page.text
    assert page.one("a", ticket.number)["href"] == ticket.get_absolute_url()
    assert "破损" in page.text


@pytest.mark.parametrize("who", ["shangjia", "dianyuan", "shangjia2"])
def test_merchants_do_not_look_orders_up(who, order_a, request):
    assert fragment(request.getfixturevalue(who), order_a.number).status_code == 403


def test_another_merchants_orders_are_not_found_even_if_they_could(shangjia2, order_a):
    lookup = Lookup(shangjia2, order_a.number)
    assert (lookup.order, lookup.matches) == (None, [])


def test_eight_choices_cost_no_more_than_one(kefu, merchant_a):
    OrderFactory(merchant=merchant_a, number="QB7701")
    visitor = signed_in(kefu)
    one = statements(lambda: visitor.get("/orders/lookup/", {"order_number": "QB77"}))
    for n in range(2, 9):
        OrderFactory(merchant=merchant_a, number=f"QB77{n:02d}")
    assert statements(lambda: visitor.get("/orders/lookup/", {"order_number": "QB77"})) == one


def test_after_the_session_has_lapsed_the_fragment_is_no_login_page(client, order_a):
    page = client.get("/orders/lookup/", {"order_number": order_a.number}, headers=FRAGMENT)
    assert page.status_code == 401
    assert "<" not in page.text


def test_a_text_longer_than_any_number_finds_nothing_and_harms_nothing(kefu, order_a):
    page = signed_in(kefu).post("/tickets/new/", {"order_number": "x" * 70_000})
    assert page.status_code == 422


def test_an_order_that_was_found_by_its_button_leads_on_to_the_next_field(kefu, order_a):
    page = signed_in(kefu).post("/tickets/new/", {"order_number": order_a.number, "look": "1"})
    assert "autofocus" in read(page).one("select", name="category").attrs
