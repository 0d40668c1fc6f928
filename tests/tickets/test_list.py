"""工单管理: columns, tabs, order and sorting, masks, and the fragment that refreshes itself."""

from datetime import timedelta

import pytest

from tests.factories import (
    CategoryFactory,
    TicketFactory,
    cancelled_ticket,
    completed_ticket,
    reopened_ticket,
    returned_ticket,
    submitted_ticket,
    waiting_tickets,
)
from tests.pages import FRAGMENT, numbers, read, signed_in, statements, tabs
from tickets.clock import database_now
from tickets.lifecycle import Urgency
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

COLUMNS = [
    "工单号", "订单号", "商户", "问题类型", "问题描述", "紧急程度",
    "工单状态", "剩余时间/已超时", "创建时间", "最近处理时间", "操作",
]  # fmt: skip
WORKERS = ["kefu", "zhuguan", "shangjia", "dianyuan"]
HOUR = timedelta(hours=1)


@pytest.fixture
def every_kind(order_a) -> dict[str, str]:
    """Tickets in every state and every timeliness: name → number."""
    made = {
        "fresh": TicketFactory(order=order_a, opened_ago=HOUR),
        "warned": TicketFactory(order=order_a, opened_ago=2.5 * HOUR),
        "critical": TicketFactory(order=order_a, opened_ago=3.75 * HOUR),
        "late": TicketFactory(order=order_a, opened_ago=6 * HOUR),
        "returned": returned_ticket(order=order_a, opened_ago=1.5 * HOUR),
        "returned and late": returned_ticket(order=order_a, opened_ago=20 * HOUR),
        "reopened": reopened_ticket(order=order_a, opened_ago=1.75 * HOUR),
        "in review": submitted_ticket(order=order_a, opened_ago=2 * HOUR),
        "completed": completed_ticket(order=order_a, opened_ago=9 * HOUR),
        "cancelled": cancelled_ticket(order=order_a, opened_ago=8 * HOUR),
    }
    return {name: ticket.number for name, ticket in made.items()}


@pytest.mark.parametrize("who", WORKERS)
def test_the_columns_are_the_agreed_ones(who, order_a, request):
    TicketFactory(order=order_a)
    assert read(signed_in(request.getfixturevalue(who)).get("/tickets/")).column() == COLUMNS


def test_a_row_says_everything_about_its_ticket(dianyuan, order_a):
    ticket = returned_ticket(
        order=order_a,
        opened_ago=6 * HOUR,
        urgency=Urgency.URGENT,
        category=CategoryFactory(name="物流问题"),
        problem="包裹三天没有动静",
    )
    [row] = read(signed_in(dianyuan).get("/tickets/")).table()
    assert row.pop("创建时间") < row.pop("最近处理时间")
    assert row == {
        "工单号": ticket.number,
        "订单号": "QB10000001",
        "商户": "亲贝母婴旗舰店",
        "问题类型": "物流问题",
        "问题描述": "包裹三天没有动静",
        "紧急程度": "紧急",
        "工单状态": "待商家处理 被退回 第2轮",
        "剩余时间/已超时": "已超时3小时20分",
        "操作": "查看",
    }


def test_times_are_those_of_shanghai(dianyuan, order_a):
    TicketFactory(order=order_a, at=database_now().replace(month=1, day=31, hour=16, minute=5))
    [row] = read(signed_in(dianyuan).get("/tickets/")).table()
    assert row["创建时间"].endswith("-02-01 00:05")


@pytest.mark.parametrize("who", WORKERS)
def test_the_button_of_a_row_opens_its_ticket(who, order_a, request):
    ticket = TicketFactory(order=order_a)
    visitor = signed_in(request.getfixturevalue(who))
    button = read(visitor.get("/tickets/")).one("a", "查看")
    assert button["href"] == f"/tickets/{ticket.number}/"
    assert read(visitor.get(button["href"])).one("h1").text == ticket.number


def test_the_order_number_opens_the_order(dianyuan, order_a):
    TicketFactory(order=order_a)
    visitor = signed_in(dianyuan)
    link = read(visitor.get("/tickets/")).one("a", order_a.number)
    assert visitor.get(link["href"]).status_code == 200


def test_phone_numbers_in_a_problem_are_masked(kefu, order_a):
    TicketFactory(order=order_a, problem="请回电 139 1234 5678 或 0571-88886666，尽快。")
    page = signed_in(kefu).get("/tickets/")
    assert read(page).table()[0]["问题描述"] == "请回电 139****5678 或 0571-****6666，尽快。"
    assert "1234 5678" not in page.text
    assert "88886666" not in page.text


def test_what_a_problem_says_is_text_and_nothing_else(kefu, order_a):
    TicketFactory(order=order_a, problem='<script>alert("1")</script> & <b>粗体</b>')
    page = read(signed_in(kefu).get("/tickets/"))
    assert page.table()[0]["问题描述"] == '<script>alert("1")</script> & <b>粗体</b>'


def test_a_list_without_tickets_says_so(dianyuan):
    page = read(signed_in(dianyuan).get("/tickets/"))
    assert page.table() == []
    assert page.one(class_="empty").text == "暂无数据"


def test_a_search_that_finds_nothing_says_so_too(dianyuan, order_a):
    TicketFactory(order=order_a)
    page = read(signed_in(dianyuan).get("/tickets/?q=没有这样的问题"))
    assert page.one(class_="empty").text.startswith("暂无数据")
    assert "重置" in page.one(class_="empty").text


TABS = {
    "todo": {"fresh", "warned", "critical", "late", "returned", "returned and late", "reopened"},
    "due_soon": {"warned", "critical"},
    "overdue": {"late", "returned and late"},
    "returned": {"returned", "returned and late"},
    "all": {
        "fresh", "warned", "critical", "late", "returned", "returned and late", "reopened", "in review", "completed",
        "cancelled",
    },
}  # fmt: skip


def test_the_tabs_are_the_agreed_ones(dianyuan):
    links = read(signed_in(dianyuan).get("/tickets/")).one("nav", class_="tabs").all("a")
    assert [link.text for link in links] == ["待处理 0", "即将超时 0", "已超时 0", "被退回 0", "全部 0"]


def test_a_tab_lists_what_it_says_and_counts_what_it_lists(dianyuan, every_kind, subtests):
    visitor = signed_in(dianyuan)
    start = read(visitor.get("/tickets/"))
    for tab, names in TABS.items():
        with subtests.test(tab=tab):
            page = visitor.get(f"/tickets/{start.one('a', id=f'tab-{tab}')['href']}")
            assert set(numbers(page)) == {every_kind[name] for name in names}
            assert tabs(page)[tab] == len(names)
            assert read(page).one("nav", class_="tabs").one("a", aria_current="page")["id"] == f"tab-{tab}"
            assert f"共 {len(names)} 条" in page.text


def test_tabs_count_within_a_search(dianyuan, every_kind):
    page = signed_in(dianyuan).get(f"/tickets/?number={every_kind['late']}")
    assert tabs(page) == {"todo": 1, "due_soon": 0, "overdue": 1, "returned": 0, "all": 1}


def test_a_tab_keeps_the_search(dianyuan, every_kind):
    page = signed_in(dianyuan).get("/tickets/?urgency=normal&q=连体衣&after=x")
    link = read(page).one("a", id="tab-all")
    assert link["href"] == "?urgency=normal&q=%E8%BF%9E%E4%BD%93%E8%A1%A3&tab=all"


def test_an_unknown_tab_is_the_first_one(dianyuan, every_kind, subtests):
    for tab in ["", "x", "Todo", "all\x00", "待处理"]:
        with subtests.test(tab=tab):
            page = signed_in(dianyuan).get("/tickets/", {"tab": tab})
            assert set(numbers(page)) == {every_kind[name] for name in TABS["todo"]}


def test_where_somebody_waits_the_most_urgent_stands_first(dianyuan, every_kind, subtests):
    by_deadline = ["returned and late", "late", "critical", "warned", "fresh", "returned", "reopened"]
    for tab in ["todo", "due_soon", "overdue", "returned"]:
        with subtests.test(tab=tab):
            expected = [every_kind[name] for name in by_deadline if name in TABS[tab]]
            assert numbers(signed_in(dianyuan).get(f"/tickets/?tab={tab}")) == expected


def test_among_all_the_newest_stands_first(dianyuan, every_kind):
    newest_first = [
        "fresh", "returned", "reopened", "in review", "warned", "critical", "late", "cancelled", "completed",
        "returned and late",
    ]  # fmt: skip
    expected = [every_kind[name] for name in newest_first]
    assert numbers(signed_in(dianyuan).get("/tickets/?tab=all")) == expected


def test_every_sort_goes_both_ways(dianyuan, every_kind, subtests):
    visitor = signed_in(dianyuan)
    for sort, column in {"created": "created_at", "handled": "handled_at", "due": "due_at"}.items():
        with subtests.test(sort=sort):
            rising = list(Ticket.objects.order_by(column, "pk").values_list("number", flat=True))
            assert numbers(visitor.get(f"/tickets/?tab=all&sort={sort}")) == rising
            assert numbers(visitor.get(f"/tickets/?tab=all&sort=-{sort}")) == rising[::-1]


@pytest.mark.parametrize(
    ("sort", "first", "heading"),
    [
        ("due", "ascending", "剩余时间/已超时"),
        ("created", "descending", "创建时间"),
        ("handled", "descending", "最近处理时间"),
    ],
)
def test_a_heading_sorts_and_sorts_the_other_way_when_pressed_again(
    sort, first, heading, dianyuan, every_kind
):
    visitor = signed_in(dianyuan)
    other_sort = "created" if sort == "due" else "due"
    page = read(visitor.get(f"/tickets/?tab=all&sort={other_sort}&urgency=normal"))
    pressed = read(visitor.get(f"/tickets/{page.one('a', heading)['href']}"))
    again = read(visitor.get(f"/tickets/{pressed.one('a', heading)['href']}"))
    turned = {"ascending": "descending", "descending": "ascending"}[first]
    assert pressed.one("th", heading)["aria-sort"] == first
    assert again.one("th", heading)["aria-sort"] == turned
    rows = [row["工单号"] for row in pressed.table()]
    assert [row["工单号"] for row in again.table()] == rows[::-1]
    assert len(rows) == len(every_kind)


def test_an_unknown_sort_is_the_usual_one(dianyuan, every_kind, subtests):
    visitor = signed_in(dianyuan)
    usual = numbers(visitor.get("/tickets/"))
    assert usual
    for sort in ["x", "--due", "-", "number", "due_at", "due;drop", "\x00"]:
        with subtests.test(sort=sort):
            assert numbers(visitor.get("/tickets/", {"sort": sort})) == usual


@pytest.mark.parametrize("who", WORKERS)
@pytest.mark.parametrize("tab", ["todo", "all"])
def test_one_row_and_fifty_cost_the_same(who, tab, order_a, kefu, request):
    visitor = signed_in(request.getfixturevalue(who))
    due_at = database_now() - HOUR
    waiting_tickets(1, order_a, kefu, due_at)
    visitor.get("/tickets/")  # the filters' choices are known from now on
    one = statements(lambda: visitor.get(f"/tickets/?tab={tab}"))
    waiting_tickets(49, order_a, kefu, due_at)
    fifty = statements(lambda: visitor.get(f"/tickets/?tab={tab}"))
    assert len(numbers(visitor.get(f"/tickets/?tab={tab}"))) == 50
    assert one == fifty <= 4


def test_htmx_gets_the_tabs_and_rows_and_nothing_around_them(dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    visitor = signed_in(dianyuan)
    whole, part = visitor.get("/tickets/"), visitor.get("/tickets/", headers=FRAGMENT)
    assert numbers(part) == numbers(whole) == [ticket.number]
    assert tabs(part) == tabs(whole)
    assert "<html" not in part.text
    assert "<form" not in part.text
    assert "<html" in whole.text


def test_a_cache_can_tell_the_fragment_from_the_page(dianyuan):
    for headers in ({}, FRAGMENT):
        assert "HX-Request" in signed_in(dianyuan).get("/tickets/", headers=headers)["Vary"]


def test_the_quiet_refresh_asks_for_the_same_list(dianyuan, every_kind):
    visitor = signed_in(dianyuan)
    page = visitor.get("/tickets/", {"tab": "all", "sort": "-due", "q": "连体衣"})
    refreshed = visitor.get(read(page).one(hx_get=True)["hx-get"], headers=FRAGMENT)
    assert numbers(refreshed) == numbers(page)
    assert len(numbers(page)) == len(every_kind)


def test_a_running_countdown_carries_its_deadline_and_a_stopped_one_does_not(dianyuan, order_a):
    running, stopped = TicketFactory(order=order_a), submitted_ticket(order=order_a)
    page = read(signed_in(dianyuan).get("/tickets/?tab=all"))
    clocks = {row["id"]: row.one("span", class_="countdown") for row in page.one("tbody").all("tr")}
    assert int(clocks[running.number]["data-due"]) == int(running.due_at.timestamp())
    assert "data-due" not in clocks[stopped.number].attrs
