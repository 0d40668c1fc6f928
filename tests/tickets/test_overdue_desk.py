"""超时工单: every figure opens exactly the list that it counts, and what is late is never lost."""

from datetime import datetime, time, timedelta
from itertools import product

import pytest
from django.utils import timezone

from tests.factories import (
    ANSWER,
    REASON,
    MerchantFactory,
    TicketFactory,
    cancelled_ticket,
    completed_ticket,
    reason_code,
    reopened_ticket,
    returned_ticket,
    submit,
    submitted_ticket,
    waiting_tickets,
)
from tests.pages import FRAGMENT, read, signed_in, statements, tabs
from tickets import scanning
from tickets.clock import database_now
from tickets.lifecycle import Outcome
from tickets.models import DeadlineScan, Policy

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
SHOWS = ["overdue", "due_soon", "late"]


@pytest.fixture
def both_merchants(order_a, order_b) -> dict[str, dict[str, list[str]]]:
    """Tickets of merchant A and B in every condition: merchant → figure → numbers in the order of the list."""
    for order in (order_a, order_b):
        TicketFactory(order=order)
        submitted_ticket(order=order)
        completed_ticket(order=order)
        cancelled_ticket(order=order)
        cancelled_ticket(order=order, opened_ago=30 * HOUR, after=6 * HOUR)
    a = {
        "overdue": [TicketFactory(order=order_a, opened_ago=hours * HOUR).number for hours in (9, 8, 5)],
        "due_soon": [TicketFactory(order=order_a, opened_ago=3 * HOUR).number],
        "late": [
            submitted_ticket(order=order_a, opened_ago=20 * HOUR, after=5 * HOUR).number,
            completed_ticket(order=order_a, opened_ago=30 * HOUR, after=6 * HOUR).number,
        ],
    }
    b = {
        "overdue": [returned_ticket(order=order_b, opened_ago=10 * HOUR).number],
        "due_soon": [],
        "late": [completed_ticket(order=order_b, opened_ago=50 * HOUR, after=6 * HOUR).number],
    }
    return {"亲贝母婴旗舰店": a, "童乐玩具专营店": b}


def counts(page) -> dict[str, int]:
    """The three tabs that count rounds."""
    found = tabs(page)
    return {show: found[show] for show in SHOWS}


def figures(page) -> dict[str, dict[str, int]]:
    """The table by merchant: name → figure → count."""
    lines = read(page).one("section", id="merchants").one("tbody").all("tr")
    return {
        line.one("th").text: {
            show: int((cell.all("a") or cell.all("span"))[0].text)
            for show, cell in zip(SHOWS, line.all("td"), strict=False)
        }
        for line in lines
    }


def listed(page) -> list[str]:
    """The numbers in the list of the desk."""
    [block] = read(page).all("section", aria_label="工单")
    return [row["工单号"] for row in block.table()]


def test_a_figure_of_all_opens_the_list_that_it_counts(zhuguan, both_merchants, subtests):
    visitor = signed_in(zhuguan)
    start = visitor.get("/tickets/overdue/")
    for show in SHOWS:
        with subtests.test(show=show):
            link = read(start).one("a", id=f"tab-{show}")
            page = visitor.get(f"/tickets/overdue/{link['href']}")
            expected = [number for merchant in both_merchants.values() for number in merchant[show]]
            assert sorted(listed(page)) == sorted(expected)
            assert tabs(page)[show] == tabs(start)[show] == len(expected)
            assert f"共 {len(expected)} 条" in page.text
            assert read(page).one("a", aria_current="page", id=True)["id"] == f"tab-{show}"


def test_a_figure_of_a_merchant_opens_the_list_that_it_counts(zhuguan, both_merchants, subtests):
    visitor = signed_in(zhuguan)
    start = visitor.get("/tickets/overdue/")
    assert figures(start) == {
        name: {show: len(found) for show, found in shows.items()} for name, shows in both_merchants.items()
    }
    for line, show in product(read(start).one("section", id="merchants").one("tbody").all("tr"), SHOWS):
        expected = both_merchants[line.one("th").text][show]
        cell = line.all("td")[SHOWS.index(show)]
        with subtests.test(merchant=line.one("th").text, show=show):
            if not expected:
                assert cell.all("a") == []
                continue
            page = visitor.get(f"/tickets/overdue/{cell.one('a')['href']}")
            assert sorted(listed(page)) == sorted(expected)
            assert tabs(page)[show] == len(expected)


def test_narrowed_to_a_merchant_the_tabs_count_and_open_its_own(
    zhuguan, both_merchants, merchant_a, subtests
):
    visitor = signed_in(zhuguan)
    page = visitor.get("/tickets/overdue/", {"merchant": merchant_a.pk})
    mine = both_merchants["亲贝母婴旗舰店"]
    assert counts(page) == {show: len(mine[show]) for show in SHOWS}
    for show in SHOWS:
        with subtests.test(show=show):
            there = visitor.get(f"/tickets/overdue/{read(page).one('a', id=f'tab-{show}')['href']}")
            assert sorted(listed(there)) == sorted(mine[show])
    assert tabs(visitor.get(read(page).one("a", "重置")["href"]))["overdue"] == 4


def test_the_longest_late_and_the_soonest_due_stand_first(zhuguan, order_a):
    late = [TicketFactory(order=order_a, opened_ago=hours * HOUR).number for hours in (5, 9, 7)]
    soon = [TicketFactory(order=order_a, opened_ago=hours * HOUR).number for hours in (2.5, 3.5, 3)]
    visitor = signed_in(zhuguan)
    assert listed(visitor.get("/tickets/overdue/")) == [late[1], late[2], late[0]]
    assert listed(visitor.get("/tickets/overdue/?show=due_soon")) == [soon[1], soon[2], soon[0]]


def test_the_newest_late_answer_stands_first(zhuguan, order_a):
    late = [
        submitted_ticket(order=order_a, opened_ago=40 * HOUR, after=hours * HOUR).number
        for hours in (20, 5, 30)
    ]
    assert listed(signed_in(zhuguan).get("/tickets/overdue/?show=late")) == [late[2], late[0], late[1]]


def test_a_row_tells_how_late_who_and_when(zhuguan, order_a, dianyuan):
    ticket = TicketFactory(order=order_a, opened_ago=20 * HOUR)
    ticket.submit(by_user=dianyuan, outcome=Outcome.SOLVED, text=ANSWER, at=ticket.due_at + 1.5 * HOUR)
    [row] = (
        read(signed_in(zhuguan).get("/tickets/overdue/?show=late"))
        .all("section", aria_label="工单")[0]
        .table()
    )
    assert row["剩余时间/已超时"] == "超时完成 超时1小时30分"
    assert row["工单状态"] == "待客服审核"
    assert row["提交"].startswith("李店员 ")


def test_what_runs_late_tells_by_how_much(zhuguan, order_a):
    TicketFactory(order=order_a, opened_ago=6.1 * HOUR)
    [row] = read(signed_in(zhuguan).get("/tickets/overdue/")).all("section", aria_label="工单")[0].table()
    assert (row["剩余时间/已超时"], row["提交"]) == ("已超时2小时06分", "未提交")


# ---- what is late can never be lost ----


@pytest.mark.parametrize(
    "then",
    [
        lambda ticket, kefu: ticket.approve(by_user=kefu),
        lambda ticket, kefu: ticket.return_to_merchant(
            by_user=kefu, reason=REASON, code=reason_code("return")
        ),
        lambda ticket, kefu: (ticket.approve(by_user=kefu), ticket.reopen(by_user=kefu, reason=REASON)),
        lambda ticket, kefu: Policy.objects.update(warning_minutes=500, deadline_minutes=5000),
    ],
    ids=["completed", "returned", "reopened", "policy changed"],
)
def test_a_late_answer_stays_in_the_list_whatever_becomes_of_its_ticket(then, zhuguan, kefu, order_a):
    ticket = submitted_ticket(order=order_a, opened_ago=20 * HOUR, after=5 * HOUR)
    then(ticket, kefu)
    page = signed_in(zhuguan).get("/tickets/overdue/?show=late")
    assert listed(page) == [ticket.number]
    assert tabs(page)["late"] == 1


def test_every_late_round_of_a_ticket_counts(zhuguan, order_a):
    ticket = reopened_ticket(order=order_a, opened_ago=60 * HOUR, after=5 * HOUR)
    submit(ticket, ticket.handled_at + 6 * HOUR)
    page = signed_in(zhuguan).get("/tickets/overdue/?show=late")
    assert listed(page) == [ticket.number, ticket.number]
    rows = read(page).all("section", aria_label="工单")[0].table()
    assert ["第2轮" in row["工单状态"] for row in rows] == [True, False]
    assert figures(page) == {"亲贝母婴旗舰店": {"overdue": 0, "due_soon": 0, "late": 2}}


def test_a_late_round_of_a_ticket_that_runs_again_is_in_both_lists(zhuguan, order_a):
    ticket = returned_ticket(order=order_a, opened_ago=30 * HOUR, after=6 * HOUR)
    visitor = signed_in(zhuguan)
    assert listed(visitor.get("/tickets/overdue/?show=overdue")) == [ticket.number]
    assert listed(visitor.get("/tickets/overdue/?show=late")) == [ticket.number]


def test_it_needs_no_scan_to_know_what_is_late(zhuguan, order_a):
    ticket = TicketFactory(order=order_a, opened_ago=9 * HOUR)
    visitor = signed_in(zhuguan)
    before = listed(visitor.get("/tickets/overdue/"))
    scanning.run()
    assert before == listed(visitor.get("/tickets/overdue/")) == [ticket.number]


def test_late_answers_are_those_that_were_due_today_or_in_the_six_days_before(zhuguan, order_a):
    now = database_now()
    first = timezone.make_aware(datetime.combine(timezone.localdate(now) - timedelta(days=6), time.min))
    submitted_ticket(order=order_a, at=first - 4 * HOUR - timedelta(seconds=1), after=6 * HOUR)
    recent = submitted_ticket(order=order_a, at=first - 4 * HOUR, after=6 * HOUR)
    assert listed(signed_in(zhuguan).get("/tickets/overdue/?show=late")) == [recent.number]


def test_a_cancelled_ticket_is_late_no_more(zhuguan, kefu, order_a):
    ticket = submitted_ticket(order=order_a, opened_ago=20 * HOUR, after=5 * HOUR)
    ticket.cancel(by_user=kefu, reason=REASON)
    assert counts(signed_in(zhuguan).get("/tickets/overdue/")) == {"overdue": 0, "due_soon": 0, "late": 0}


# ---- the scan that stopped ----


def test_a_scan_that_has_never_run_is_told(zhuguan):
    assert "时限检查还没有运行过" in signed_in(zhuguan).get("/tickets/overdue/").text


def test_a_scan_that_stopped_is_told_with_how_long_ago(zhuguan):
    DeadlineScan.note(database_now() - timedelta(minutes=12, seconds=30), flagged=0)
    assert "时限检查已停止 12分" in signed_in(zhuguan).get("/tickets/overdue/").text


def test_a_scan_that_runs_is_not_mentioned(zhuguan):
    DeadlineScan.note(database_now() - timedelta(minutes=4), flagged=0)
    assert read(signed_in(zhuguan).get("/tickets/overdue/")).one("main").text.count("时限检查") == 0


# ---- the page ----


def test_nothing_late_says_so(zhuguan, subtests):
    visitor = signed_in(zhuguan)
    for show in SHOWS:
        with subtests.test(show=show):
            assert "暂无数据" in read(visitor.get(f"/tickets/overdue/?show={show}")).one(class_="empty").text


def test_an_unknown_figure_or_merchant_is_answered(zhuguan, both_merchants, subtests):
    visitor = signed_in(zhuguan)
    for asked in [
        {"show": "x"}, {"show": "\x00"}, {"merchant": "x"}, {"merchant": "\x00"}, {"merchant": "9" * 30},
        {"merchant": "9" * 5000}, {"merchant": "-1"}, {"after": "x"}, {"before": "\x00"}, {"days": "5"},
        {"category": "x"}, {"handler": "\x00"}, {"urgency": "x"}, {"acknowledged": "x"}, {"late": "x"},
        {"since": "x"}, {"since": "2026-02-30"}, {"until": "0001-01-01"}, {"group": "x"}, {"sort": "x"},
        {"show": "overdue", "after": "12~3"},
    ]:  # fmt: skip
        with subtests.test(asked=asked):
            page = visitor.get("/tickets/overdue/", asked)
            assert page.status_code == 200
            assert len(listed(page)) == tabs(page)["overdue"] == 4


def test_a_merchant_without_anything_late_has_zeros(zhuguan, both_merchants):
    page = signed_in(zhuguan).get("/tickets/overdue/", {"merchant": MerchantFactory().pk})
    assert counts(page) == {"overdue": 0, "due_soon": 0, "late": 0}
    assert listed(page) == []


def test_phone_numbers_in_a_problem_are_masked(zhuguan, order_a):
    TicketFactory(order=order_a, opened_ago=9 * HOUR, problem="请打 13912345678")
    page = signed_in(zhuguan).get("/tickets/overdue/")
    assert "139****5678" in page.text
    assert "13912345678" not in page.text


@pytest.mark.parametrize("show", ["overdue", "due_soon"])
def test_one_row_and_fifty_cost_the_same(show, zhuguan, kefu, order_a):
    due_at = database_now() + (HOUR if show == "due_soon" else -HOUR)
    visitor = signed_in(zhuguan)
    waiting_tickets(1, order_a, kefu, due_at)
    one = statements(lambda: visitor.get(f"/tickets/overdue/?show={show}"))
    waiting_tickets(49, order_a, kefu, due_at)
    assert statements(lambda: visitor.get(f"/tickets/overdue/?show={show}")) == one
    assert len(listed(visitor.get(f"/tickets/overdue/?show={show}"))) == 50


def test_one_late_answer_and_twenty_cost_the_same(zhuguan, kefu, dianyuan, order_a):
    visitor = signed_in(zhuguan)
    costs = []
    for how_many in (1, 19):
        for ticket in waiting_tickets(how_many, order_a, kefu, database_now() - HOUR):
            ticket.submit(by_user=dianyuan, outcome=Outcome.SOLVED, text=ANSWER)
        costs.append(statements(lambda: visitor.get("/tickets/overdue/?show=late")))
    assert costs[0] == costs[1]
    assert len(listed(visitor.get("/tickets/overdue/?show=late"))) == 20


def test_pages_keep_figure_and_merchant(zhuguan, kefu, order_a, order_b, merchant_a):
    waiting_tickets(60, order_a, kefu, database_now() - HOUR)
    waiting_tickets(3, order_b, kefu, database_now() - HOUR)
    visitor = signed_in(zhuguan)
    first = visitor.get("/tickets/overdue/", {"show": "overdue", "merchant": merchant_a.pk})
    second = visitor.get(f"/tickets/overdue/{read(first).one('a', '下一页')['href']}")
    assert (len(listed(first)), len(listed(second))) == (50, 10)
    assert not set(listed(first)) & set(listed(second))


def test_htmx_gets_figures_and_rows_and_nothing_around_them(zhuguan, both_merchants):
    part = signed_in(zhuguan).get("/tickets/overdue/", headers=FRAGMENT)
    assert len(listed(part)) == 4
    assert len(figures(part)) == 2
    assert "<html" not in part.text
    assert "HX-Request" in part["Vary"]
