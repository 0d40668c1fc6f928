"""待客服审核: what waits for customer service, the longest-waiting first."""

from datetime import timedelta

import pytest

from tests.factories import (
    ANSWER,
    TicketFactory,
    cancelled_ticket,
    completed_ticket,
    returned_ticket,
    submit,
    submitted_ticket,
    waiting_tickets,
)
from tests.pages import FRAGMENT, numbers, read, signed_in, statements
from tickets.clock import database_now
from tickets.lifecycle import Outcome, Urgency

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
SERVICE = ["kefu", "zhuguan"]


@pytest.mark.parametrize("who", SERVICE)
def test_it_lists_the_tickets_in_review_and_no_others(who, order_a, order_b, request):
    waiting = [submitted_ticket(order=order_a, opened_ago=3 * HOUR), submitted_ticket(order=order_b)]
    for make in (TicketFactory, returned_ticket, completed_ticket, cancelled_ticket):
        make(order=order_a)
    page = signed_in(request.getfixturevalue(who)).get("/tickets/review/")
    assert numbers(page) == [ticket.number for ticket in waiting]
    assert "共 2 张待审核" in page.text


def test_the_longest_waiting_stands_first_whenever_it_was_opened(kefu, order_a):
    late = submitted_ticket(order=order_a, opened_ago=30 * HOUR, after=29 * HOUR)
    early = submitted_ticket(order=order_a, opened_ago=10 * HOUR, after=HOUR)
    assert numbers(signed_in(kefu).get("/tickets/review/")) == [early.number, late.number]


def test_a_row_tells_the_answer_and_how_long_it_has_waited(kefu, order_a, dianyuan):
    ticket = returned_ticket(order=order_a, opened_ago=4 * HOUR, urgency=Urgency.URGENT, problem="罐身凹陷")
    submit(ticket, ticket.handled_at + HOUR, outcome=Outcome.PLATFORM)
    [row] = read(signed_in(kefu).get("/tickets/review/")).table()
    assert row.pop("提交").startswith("李店员 ")
    assert row == {
        "工单号": ticket.number,
        "商户": "亲贝母婴旗舰店",
        "问题类型": "商品质量",
        "问题描述": "罐身凹陷",
        "处理情况": "需平台协助 第2轮",
        "处理结果": ANSWER,
        "紧急程度": "紧急",
        "已等待": "2小时20分",
        "操作": "审核",
    }


def test_a_late_answer_is_marked(kefu, order_a):
    submitted_ticket(order=order_a, opened_ago=9 * HOUR, after=5 * HOUR)
    submitted_ticket(order=order_a)
    rows = read(signed_in(kefu).get("/tickets/review/")).table()
    assert ["超时提交" in row["提交"] for row in rows] == [True, False]


def test_the_button_leads_to_the_answer(kefu, order_a):
    ticket = submitted_ticket(order=order_a)
    visitor = signed_in(kefu)
    link = read(visitor.get("/tickets/review/")).one("a", "审核")["href"]
    assert link == f"/tickets/{ticket.number}/?from=/tickets/review/#result"
    assert read(visitor.get(link)).one("section", id="result").all("form")


def test_phone_numbers_in_problem_and_answer_are_masked(kefu, order_a):
    submitted_ticket(order=order_a, problem="请打 13912345678", text="已经打过 13912345678，消费者同意换货。")
    [row] = read(signed_in(kefu).get("/tickets/review/")).table()
    assert (row["问题描述"], row["处理结果"]) == (
        "请打 139****5678",
        "已经打过 139****5678，消费者同意换货。",
    )


def test_nothing_to_review_says_so(kefu):
    assert "暂无数据" in read(signed_in(kefu).get("/tickets/review/")).one(class_="empty").text


def many_in_review(how_many, order, kefu, dianyuan):
    for ticket in waiting_tickets(how_many, order, kefu, due_at=database_now() + HOUR):
        ticket.submit(by_user=dianyuan, outcome=Outcome.SOLVED, text=ANSWER)


@pytest.mark.parametrize("who", SERVICE)
def test_one_row_and_fifty_cost_the_same(who, order_a, kefu, dianyuan, request):
    visitor = signed_in(request.getfixturevalue(who))
    many_in_review(1, order_a, kefu, dianyuan)
    one = statements(lambda: visitor.get("/tickets/review/"))
    many_in_review(49, order_a, kefu, dianyuan)
    assert statements(lambda: visitor.get("/tickets/review/")) == one
    assert len(numbers(visitor.get("/tickets/review/"))) == 50


def test_pages_go_on_where_the_last_one_ended(kefu, dianyuan, order_a):
    many_in_review(60, order_a, kefu, dianyuan)
    visitor = signed_in(kefu)
    first = visitor.get("/tickets/review/")
    second = visitor.get(f"/tickets/review/{read(first).one('a', '下一页')['href']}")
    assert (len(numbers(first)), len(numbers(second))) == (50, 10)
    assert not set(numbers(first)) & set(numbers(second))


def test_htmx_gets_the_rows_and_nothing_around_them(kefu, order_a):
    ticket = submitted_ticket(order=order_a)
    part = signed_in(kefu).get("/tickets/review/", headers=FRAGMENT)
    assert numbers(part) == [ticket.number]
    assert "<html" not in part.text
    assert "HX-Request" in part["Vary"]
