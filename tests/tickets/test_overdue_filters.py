"""超时工单 narrowed down: filters that combine, groups, how late, repeat offenders; each figure opens its list."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tests.factories import (
    ANSWER,
    CategoryFactory,
    OrderFactory,
    TicketFactory,
    answerer,
    cancelled_ticket,
    submitted_ticket,
    ticket_on_hold,
    waiting_tickets,
)
from tests.pages import read, signed_in, statements, tabs
from tickets.clock import database_now
from tickets.lifecycle import Outcome, Urgency
from tickets.models import Delivery, Notice, Robot, Round
from tickets.period import Period

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
DESK = "/tickets/overdue/"


def rows(page) -> list[dict[str, str]]:
    """The rows of the list."""
    [block] = read(page).all("section", aria_label="工单")
    return block.table()


def listed(page) -> list[str]:
    return [row["工单号"] for row in rows(page)]


def late_answer(order, person=None, late_by=HOUR, **about):
    """Answered ``late_by`` after its deadline, which lies between 20 and 22 hours back."""
    ticket = TicketFactory(order=order, opened_ago=DAY, **about)
    person = person or answerer(ticket)
    ticket.submit(by_user=person, outcome=Outcome.SOLVED, text=ANSWER, at=ticket.due_at + late_by)
    return ticket


@pytest.fixture
def visitor(zhuguan):
    return signed_in(zhuguan)


# ---- filters ----


def test_each_filter_keeps_what_fits_and_they_combine(
    visitor, zhuguan, order_a, order_b, shangjia, dianyuan, merchant_a, subtests
):
    leak = CategoryFactory(name="漏发")
    by_owner = late_answer(order_a, shangjia)
    by_staff = late_answer(order_a, dianyuan, category=leak)
    urgent = late_answer(order_a, dianyuan, urgency=Urgency.URGENT)
    others = late_answer(order_b)
    by_owner.rounds.get().acknowledge(by_user=zhuguan)
    by_staff.rounds.get().exempt(by_user=zhuguan, reason="快递公司系统故障")
    for asked, expected in [
        ({}, [by_owner, by_staff, urgent, others]),
        ({"merchant": merchant_a.pk}, [by_owner, by_staff, urgent]),
        ({"category": leak.pk}, [by_staff]),
        ({"urgency": "urgent"}, [urgent]),
        ({"handler": dianyuan.pk}, [by_staff, urgent]),
        ({"acknowledged": "yes"}, [by_owner]),
        ({"acknowledged": "no"}, [by_staff, urgent, others]),
        ({"exempted": "yes"}, [by_staff]),
        ({"exempted": "no"}, [by_owner, urgent, others]),
        ({"merchant": merchant_a.pk, "acknowledged": "no", "exempted": "no"}, [urgent]),
        ({"handler": dianyuan.pk, "urgency": "normal"}, [by_staff]),
    ]:
        with subtests.test(asked=asked):
            page = visitor.get(DESK, {"show": "late", **asked})
            assert sorted(listed(page)) == sorted(ticket.number for ticket in expected)
            assert tabs(page)["late"] == len(expected)


def test_nobody_has_handled_what_is_not_answered(visitor, order_a, dianyuan):
    TicketFactory(order=order_a, opened_ago=9 * HOUR)
    assert tabs(visitor.get(DESK, {"handler": dianyuan.pk}))["overdue"] == 0


def test_a_period_is_by_deadline_and_whole_days(visitor, order_a):
    today = timezone.localdate(database_now())
    old = submitted_ticket(order=order_a, opened_ago=20 * DAY, after=5 * HOUR)
    due = timezone.localdate(old.due_at)
    assert listed(visitor.get(DESK, {"show": "late"})) == []
    assert listed(visitor.get(DESK, {"show": "late", "days": 30})) == [old.number]
    assert listed(visitor.get(DESK, {"show": "late", "since": due, "until": due})) == [old.number]
    assert listed(visitor.get(DESK, {"show": "late", "since": due + DAY, "until": today})) == []


def test_a_period_that_ends_before_it_begins_says_so(visitor):
    page = visitor.get(DESK, {"since": "2026-02-02", "until": "2026-02-01"})
    assert "结束日期不能早于开始日期" in read(page).errors()
    assert read(page).one("input", id="id_since").value == "2026-02-02"
    assert "超时率 · 最近7天" in read(page).one(class_="stats").text


# ---- how late ----


@pytest.mark.parametrize("show", ["overdue", "late"])
def test_the_classes_of_lateness_count_and_open_what_falls_into_them(show, visitor, order_a, subtests):
    minutes = {"0–30分": [10], "30分–1小时": [40, 59], "1–2小时": [61], "2–4小时": [], "4小时以上": [250]}
    numbers = {
        label: [
            (
                TicketFactory(order=order_a, opened_ago=4 * HOUR + timedelta(minutes=late))
                if show == "overdue"
                else late_answer(order_a, late_by=timedelta(minutes=late))
            ).number
            for late in lates
        ]
        for label, lates in minutes.items()
    }
    page = visitor.get(DESK, {"show": show})
    for line in read(page).one("ul", class_="spread").all("li"):
        label, counted = line.all("span")[0].all("span") or line.all("span"), int(line.one("b").text)
        label = label[0].text
        with subtests.test(label=label):
            assert counted == len(numbers[label])
            if counted:
                there = visitor.get(DESK + line.one("a")["href"])
                assert sorted(listed(there)) == sorted(numbers[label])
                assert f"共 {counted} 条" in there.text


def test_exactly_half_an_hour_is_in_the_second_class(visitor, order_a):
    ticket = late_answer(order_a, late_by=timedelta(minutes=30))
    assert listed(visitor.get(DESK, {"show": "late", "late": "30m"})) == []
    assert listed(visitor.get(DESK, {"show": "late", "late": "1h"})) == [ticket.number]


def test_the_worst_first_and_page_by_page(visitor, kefu, dianyuan, order_a):
    for minutes, ticket in enumerate(waiting_tickets(53, order_a, kefu, database_now() - DAY)):
        at = ticket.due_at + timedelta(minutes=minutes)
        ticket.submit(by_user=dianyuan, outcome=Outcome.SOLVED, text=ANSWER, at=at)
    first = visitor.get(DESK, {"show": "late", "sort": "worst"})
    second = visitor.get(DESK + read(first).one("a", "下一页")["href"])
    spans = [row["剩余时间/已超时"] for row in rows(first) + rows(second)]
    assert (len(rows(first)), len(rows(second))) == (50, 3)
    assert spans[0] == "超时完成 超时52分"
    assert spans[-2:] == ["超时完成 超时1分", "超时完成 超时不足1分"]
    assert len(set(listed(first) + listed(second))) == 53


# ---- the rates ----


def test_the_rate_counts_late_over_due_and_both_open_their_lists(visitor, zhuguan, kefu, order_a, subtests):
    late = late_answer(order_a)
    excused = late_answer(order_a)
    running = TicketFactory(order=order_a, opened_ago=9 * HOUR)
    in_time = submitted_ticket(order=order_a, opened_ago=9 * HOUR)
    TicketFactory(order=order_a)
    cancelled_ticket(order=order_a, opened_ago=30 * HOUR, after=6 * HOUR)
    ticket_on_hold(order=order_a, opened_ago=30 * HOUR, after=HOUR, lasting=40 * HOUR)
    excused.rounds.get().exempt(by_user=zhuguan, reason="快递公司系统故障")
    figures = read(visitor.get(DESK)).one(class_="stats").all("a")
    missed, due = [late, excused, running], [late, excused, running, in_time]
    for link, value, expected in zip(
        figures, ["75.0%", "50.0%", "4"], [missed, [late, running], due], strict=True
    ):
        with subtests.test(value):
            assert link.one("b").text == value
            there = visitor.get(DESK + link["href"])
            assert sorted(listed(there)) == sorted(ticket.number for ticket in expected)


def test_nothing_due_has_no_rate(visitor):
    assert [link.one("b").text for link in read(visitor.get(DESK)).one(class_="stats").all("a")] == [
        "—",
        "—",
        "0",
    ]


@pytest.mark.parametrize("group", ["merchant", "category", "handler"])
def test_every_figure_of_a_group_opens_the_list_that_it_counts(
    group, visitor, order_a, order_b, dianyuan, subtests
):
    late_answer(order_a, dianyuan)
    late_answer(order_b, category=CategoryFactory(name="漏发"))
    TicketFactory(order=order_a, opened_ago=9 * HOUR)
    TicketFactory(order=order_b, opened_ago=3 * HOUR)
    lines = read(visitor.get(DESK, {"group": group})).one("section", id="merchants").one("tbody").all("tr")
    assert len(lines) >= 2
    for line in lines:
        for link in line.all("a"):
            with subtests.test(line=line.one("th").text, link=link.text):
                there = visitor.get(DESK + link["href"])
                if link.text.endswith("%"):
                    continue
                counted = int(link.text.removeprefix("n="))
                assert len(listed(there)) == counted


# ---- repeat offenders ----


def test_three_missed_deadlines_make_a_repeat_offender_and_open_their_rounds(
    visitor, order_a, order_b, dianyuan
):
    mine = [late_answer(order_a, dianyuan).number for _ in range(3)]
    running = TicketFactory(order=order_a, opened_ago=9 * HOUR).number
    for _ in range(2):
        late_answer(order_b)
    page = visitor.get(DESK, {"show": "repeat"})
    assert tabs(page)["repeat"] == 2
    [block] = read(page).all("section", aria_label="工单")
    found = {
        link["aria-label"]: link["href"]
        for link in block.all("a", aria_label=True)
        if "超时轮次" in link["aria-label"]
    }
    assert set(found) == {"亲贝母婴旗舰店 4 个超时轮次", "李店员 3 个超时轮次"}
    assert sorted(listed(visitor.get(DESK + found["李店员 3 个超时轮次"]))) == sorted(mine)
    merchants = listed(visitor.get(DESK + found["亲贝母婴旗舰店 4 个超时轮次"]))
    assert sorted(merchants) == sorted([*mine, running])


def test_what_was_missed_more_than_thirty_days_ago_repeats_nothing(visitor, order_a):
    for _ in range(3):
        submitted_ticket(order=order_a, opened_ago=32 * DAY, after=5 * HOUR)
    assert tabs(visitor.get(DESK))["repeat"] == 0


# ---- the rows ----


def test_a_row_tells_who_was_told_and_what_was_said(visitor, zhuguan, dianyuan, order_a):
    ticket = TicketFactory(order=order_a, opened_ago=9 * HOUR)
    Notice.objects.all().delete()  # of its opening
    robot = Robot.objects.create(kind="wecom", name="亲贝群", url="https://qyapi.weixin.qq.com/x")
    about = {"ticket": ticket, "kind": "urgent", "key": "alert:1:3", "created_at": ticket.due_at, "text": "x"}
    Notice.objects.create(recipient=dianyuan, round_no=1, **about)
    Delivery.objects.create(
        channel="robot", robot=robot, round_no=1, next_attempt_at=ticket.due_at, state="given_up",
        finished_at=ticket.due_at, **about,
    )  # fmt: skip
    Notice.objects.create(recipient=zhuguan, round_no=2, **about | {"key": "alert:2:3"})
    round_ = ticket.rounds.get()
    round_.acknowledge(by_user=zhuguan)
    round_.exempt(by_user=zhuguan, reason="快递公司系统故障")
    round_.open_incident(by_user=zhuguan)
    [row] = rows(visitor.get(DESK))
    assert row["通知"].startswith("站内 1 未送达 1")
    assert row["处置"] == "赵主管 已确认 已豁免 异常处理中"
    told = read(visitor.get(f"{DESK}{round_.pk}/")).one("section", id="told").table()
    assert [(line["谁"], line["事由"], line["渠道"], line["状态"]) for line in told] == [
        ("李店员", "紧急预警", "站内", "未读"),
        ("亲贝群", "紧急预警", "群机器人", "未送达"),
    ]


@pytest.mark.parametrize("show", ["missed", "due"])
def test_one_row_and_fifty_cost_the_same_in_the_lists_behind_the_rates(show, visitor, kefu, order_a):
    waiting_tickets(1, order_a, kefu, database_now() - HOUR)
    one = statements(lambda: visitor.get(DESK, {"show": show}))
    waiting_tickets(49, order_a, kefu, database_now() - HOUR)
    assert statements(lambda: visitor.get(DESK, {"show": show})) == one
    assert len(listed(visitor.get(DESK, {"show": show}))) == 50


def test_many_merchants_cost_no_more_statements_than_one(visitor, order_a):
    late_answer(order_a)
    one = statements(lambda: visitor.get(DESK))
    for _ in range(5):
        late_answer(OrderFactory())
    assert statements(lambda: visitor.get(DESK)) == one


# ---- not the whole table ----


def plan_of(queryset) -> str:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tickets_round")
        cursor.execute("ANALYZE tickets_ticket")
    return queryset.explain()


def test_the_rounds_of_a_period_are_found_by_indexes(order_a, kefu, dianyuan, subtests):
    now = database_now()
    waiting_tickets(1_500, order_a, kefu, now - 60 * DAY)
    Round.objects.update(is_running=False, next_alert_at=None)
    late_answer(order_a, dianyuan)
    period = Period.latest(7, now)
    for name, rounds in {
        "due": Round.objects.due_in(period, now),
        "missed": Round.objects.missed_in(period, now),
        "late": Round.objects.submitted_late_in(period),
        "overdue": Round.objects.overdue(now),
    }.items():
        with subtests.test(name):
            plan = plan_of(rounds.order_by("due_at", "id"))
            assert "Seq Scan on tickets_round" not in plan
            assert "SCAN tickets_round" not in plan.replace("SCAN tickets_round USING INDEX", "")
            assert any(
                index in plan for index in ("round_by_due", "round_missed_by_due", "round_running_by_due")
            )


def test_what_is_warned_is_found_among_many_that_run(order_a, kefu):
    now = database_now()
    waiting_tickets(1_500, order_a, kefu, now + 3 * HOUR)
    TicketFactory(order=order_a, opened_ago=3 * HOUR)
    warned = Round.objects.running().filter(warn_at__lte=now)
    assert warned.count() == 1
    assert "round_running_by_warn" in plan_of(warned)
