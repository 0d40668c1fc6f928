"""The box on the list: what is a number and what is a text, how many there are, and where the words stand."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.models import Order
from tests.consumers import ADDRESS, NAME, PHONE, SAID
from tests.factories import OrderFactory, TicketFactory, completed_ticket, submitted_ticket, waiting_tickets
from tests.pages import numbers, read, signed_in
from tickets.clock import database_now
from tickets.models import Ticket
from tickets.searching import rebuilding
from tickets.searching.search import KNOWN, Search

pytestmark = pytest.mark.django_db


def searched(person, q: str, **also):
    return signed_in(person).get("/tickets/", {"tab": "all", "q": q, **also}, follow=True)


def hits(page) -> list[str]:
    """The marked words of the rows."""
    return [mark.text for mark in read(page).one("tbody").all("mark")]


def counts(page) -> list[str]:
    return [count.text for count in read(page).one("nav", class_="tabs").all("span", class_="count")]


# ---- numbers ----


@pytest.fixture
def ticket(merchant_a):
    order = OrderFactory(merchant=merchant_a, number="QB2026-8815", phone="13712345678")
    return TicketFactory(order=order, problem="包裹少了一件，要求补发")


@pytest.fixture
def mentioning(order_a, ticket):
    """Another ticket whose text says the numbers of the first."""
    return TicketFactory(
        order=order_a,
        problem=f"同一消费者的 {ticket.number} 和订单 {ticket.order_number} 也有问题，分机5678",
    )


def test_a_number_finds_what_it_is_the_number_of(kefu, shangjia, shangjia2, ticket, mentioning):
    parcel = ticket.order.shipments.get().tracking_number
    for asked in (ticket.number, ticket.number.lower(), ticket.order_number, parcel, parcel.lower(), "5678"):
        for person in (kefu, shangjia):
            assert numbers(searched(person, asked)) == [ticket.number], asked
        assert numbers(searched(shangjia2, asked)) == [], asked


def test_the_texts_that_say_a_number_are_one_press_away(kefu, ticket, mentioning):
    page = searched(kefu, ticket.order_number)
    said = read(page).one("p", class_="found")
    assert f"订单号 {ticket.order_number}" in said.text
    there = signed_in(kefu).get(f"/tickets/{said.one('a')['href']}")
    assert numbers(there) == [mentioning.number]
    assert hits(there) == [ticket.order_number]


def test_the_end_of_a_phone_finds_a_merchants_open_tickets_only(kefu, shangjia, merchant_a):
    order = OrderFactory(merchant=merchant_a, phone="13712345678")
    over = completed_ticket(order=order)
    assert numbers(searched(kefu, "5678")) == [over.number]
    assert numbers(searched(shangjia, "5678")) == []


def test_the_name_of_a_merchant_finds_its_tickets_for_customer_service(
    kefu, shangjia, merchant_b, ticket, order_b
):
    theirs = TicketFactory(order=order_b)
    assert numbers(searched(kefu, merchant_b.name)) == [theirs.number]
    assert numbers(searched(kefu, merchant_b.code.upper())) == [theirs.number]
    assert numbers(searched(shangjia, merchant_b.name)) == []


# ---- words ----


def test_the_words_are_marked_where_they_stand(kefu, order_a):
    ticket = submitted_ticket(
        order=order_a,
        problem="收到以后" + "一直没有打开，今天才看，" * 6 + "发现奶粉罐身凹陷<b>，要求换货",
        text="已经补发一罐新的奶粉，顺丰运单号稍后提供。",
    )
    page = searched(kefu, "ＳＦ 凹陷")
    assert numbers(page) == []
    page = searched(kefu, "罐身凹陷 补發")
    assert numbers(page) == [ticket.number]
    assert hits(page) == ["罐身凹陷", "补发"]
    row = read(page).one("tbody").one("tr")
    problem = row.all("p", class_="clamp")[0].text
    assert problem.startswith("…")
    assert "罐身凹陷<b>" in problem
    assert row.one("p", class_="hit").text.startswith("处理结果 已经补发一罐")


def test_the_words_around_a_hit_are_masked(kefu, shangjia, merchant_a):
    order = OrderFactory(merchant=merchant_a, consignee=NAME, phone=PHONE, address=ADDRESS)
    ticket = TicketFactory(order=order, problem=f"来电投诉：{SAID}")
    for person in (kefu, shangjia):
        page = searched(person, "来电投诉")
        assert numbers(page) == [ticket.number]
        assert [trace for trace in (NAME, PHONE, ADDRESS, "文三路90号") if trace in page.text] == []
        assert "诸*" in page.text


def test_a_name_that_an_import_brought_later_shows_in_no_snippet(kefu, order_a):
    TicketFactory(order=order_a, problem="慕容晓晓来电，收到的连体衣开线")
    Order.objects.filter(pk=order_a.pk).update(consignee="慕容晓晓")
    page = searched(kefu, "来电")
    assert "慕*来电" in read(page).one("tbody").text
    assert "慕容晓晓" not in page.text


def test_a_search_costs_as_many_statements_for_one_row_as_for_fifty(kefu, order_a):
    def cost() -> int:
        visitor = signed_in(kefu)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            visitor.get("/tickets/", {"tab": "all", "q": "连体衣"})
        return len(seen)

    TicketFactory(order=order_a)
    one = cost()
    for _ in range(49):
        TicketFactory(order=order_a)
    assert cost() <= one


# ---- more hits than can be named ----


@pytest.fixture
def many(order_a, kefu):
    """So many hits that only the least number of them is known; two are over."""
    found = waiting_tickets(KNOWN + 60, order_a, kefu, database_now())
    completed_ticket(order=order_a)
    completed_ticket(order=order_a)
    rebuilding.rebuild()
    return found


def test_many_hits_are_counted_as_at_least(kefu, shangjia, many):
    for person in (kefu, shangjia):
        page = searched(person, "连体衣")
        assert counts(page) == ["200+", "200+", "200+"]
        assert "共 200+ 条" in read(page).one("nav", class_="pager").text
        assert "从最新的开始" in read(page).one("p", class_="found").text


def test_every_hit_is_on_some_page_once_and_the_way_back_is_the_same(kefu, many):
    visitor, seen, address = signed_in(kefu), [], "/tickets/?tab=all&q=连体衣"
    pages = []
    while address:
        page = visitor.get(address)
        pages.append(numbers(page))
        seen += numbers(page)
        links = {link.text: link["href"] for link in read(page).one("nav", class_="pager").all("a")}
        address = f"/tickets/{links['下一页']}" if "下一页" in links else ""
    newest = list(Ticket.objects.order_by("-pk").values_list("number", flat=True))
    assert seen == newest
    back = []
    while "上一页" in links:
        page = visitor.get(f"/tickets/{links['上一页']}")
        back.append(numbers(page))
        links = {link.text: link["href"] for link in read(page).one("nav", class_="pager").all("a")}
    assert back == pages[-2::-1]


def test_other_fields_and_tabs_narrow_many_hits(kefu, many, order_b):
    assert len(numbers(searched(kefu, "连体衣", status="completed"))) == 2
    assert counts(searched(kefu, "连体衣", status="completed")) == ["0", "0", "0", "0", "2"]
    assert len(numbers(searched(kefu, "连体衣", tab="overdue"))) == 50
    assert numbers(searched(kefu, "连体衣", tab="returned")) == []
    assert numbers(searched(kefu, "连体衣", merchant=order_b.merchant.pk)) == []


def test_as_many_rows_as_can_be_handled_at_once(kefu, many):
    assert len(numbers(searched(kefu, "连体衣", per=200))) == 200


def test_all_hits_come_chunk_by_chunk_for_a_download(kefu, many):
    chunks = list(Search(kefu, "连体衣").every(Ticket.objects.for_user(kefu)))
    assert [key for chunk in chunks for key in chunk] == list(
        Ticket.objects.order_by("-pk").values_list("pk", flat=True)
    )


@pytest.mark.parametrize("place", ["x", "\x00", "9" * 30, "-1", "²", "~", "1~", "0"])
def test_a_place_that_nobody_has_made_is_the_first_page(place, kefu, many):
    for cursor in ("after", "before"):
        assert searched(kefu, "连体衣", **{cursor: place}).status_code == 200


def test_what_only_another_tab_holds_is_one_click_away(kefu, order_a):
    done = completed_ticket(order=order_a)
    page = searched(kefu, done.number, tab="todo")
    link = read(page).one("div", class_="empty").one("a")
    assert "1 张" in link.text
    assert numbers(signed_in(kefu).get(f"/tickets/{link['href']}")) == [done.number]


def test_the_box_is_a_search_box(kefu):
    assert '<input type="search" name="q"' in searched(kefu, "").content.decode()
