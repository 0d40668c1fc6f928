"""商户时效统计 and 本店时效: the figures as product.md defines them, each opening the list that it counts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import (
    ANSWER,
    OrderFactory,
    TicketFactory,
    ask_extension,
    cancelled_ticket,
    completed_ticket,
    reason_code,
    reopened_ticket,
    returned_ticket,
    submit,
    submitted_ticket,
    ticket_on_hold,
)
from tests.pages import numbers, read, signed_in, statements
from tickets.clock import database_now
from tickets.lifecycle import Outcome
from tickets.models import Round, Ticket
from tickets.models.figures import Mean, Rate
from tickets.period import Period
from tickets.timeliness_lists import TimelinessLists

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
PAGE = "/tickets/timeliness/"


def lists(person, days: int = 7) -> TimelinessLists:
    now = database_now()
    return TimelinessLists(person, Period.latest(days, now), now)


def of(person):
    """The figures of the only merchant that has any."""
    [line] = lists(person).by_merchant()
    return line


def test_a_rate_says_its_share_in_tenths_of_a_percent_and_nothing_of_nothing():
    assert [str(Rate(8, 64)), str(Rate(0, 3)), str(Rate(0, 0))] == ["12.5%", "0.0%", "—"]
    assert Rate(8, 64).rest == Rate(56, 64)
    assert Mean(None, 0).value is None


def test_the_overdue_rate_both_ways(zhuguan, order_a):
    submitted_ticket(order=order_a, opened_ago=9 * HOUR, after=5 * HOUR)
    submitted_ticket(order=order_a, opened_ago=9 * HOUR)
    excused = TicketFactory(order=order_a, opened_ago=9 * HOUR).rounds.get()
    excused.exempt(by_user=zhuguan, reason="快递公司系统故障")
    TicketFactory(order=order_a, opened_ago=HOUR)
    cancelled_ticket(order=order_a, opened_ago=9 * HOUR, after=5 * HOUR)
    line = of(zhuguan)
    assert (line.missed, line.held_against, line.in_time) == (Rate(2, 3), Rate(1, 3), Rate(1, 3))
    excused.revoke_exemption(by_user=zhuguan, reason="核实后并无故障")
    assert of(zhuguan).held_against == Rate(2, 3)


def test_every_late_round_counts_and_a_cancelled_ticket_takes_all_of_its_rounds_with_it(
    zhuguan, kefu, order_a
):
    ticket = returned_ticket(order=order_a, opened_ago=30 * HOUR, after=6 * HOUR)
    assert of(zhuguan).missed == Rate(2, 2)
    ticket.cancel(by_user=kefu, reason="消费者撤回了投诉")
    assert lists(zhuguan).by_merchant()[0].missed == Rate(0, 0)


def test_what_stands_on_hold_before_its_deadline_is_not_due(zhuguan, order_a):
    ticket_on_hold(order=order_a, opened_ago=9 * HOUR, after=HOUR, lasting=20 * HOUR)
    assert not lists(zhuguan).due.exists()


def test_the_time_taken_is_that_of_the_clock_without_pauses(zhuguan, kefu, order_a):
    ticket = ticket_on_hold(order=order_a, opened_ago=9 * HOUR, after=HOUR, lasting=20 * HOUR)
    ticket.resume(by_user=kefu, at=ticket.created_at + 3 * HOUR)
    submit(ticket, ticket.created_at + 4 * HOUR)
    assert ticket.rounds.get().took == 2 * HOUR
    submitted_ticket(order=order_a, opened_ago=9 * HOUR, after=HOUR)
    assert of(zhuguan).took == Mean(3 * HOUR, 2)


def test_the_first_response_is_the_first_thing_the_merchant_does_in_the_first_round(zhuguan, order_a):
    asked = TicketFactory(order=order_a, opened_ago=9 * HOUR)
    ask_extension(asked, at=asked.created_at + HOUR)
    submit(asked, asked.created_at + 3 * HOUR)
    back = returned_ticket(order=order_a, opened_ago=9 * HOUR, after=2 * HOUR)
    submit(back, back.handled_at + 10 * timedelta(minutes=1))
    assert list(Round.objects.order_by("ticket_id", "number").values_list("responded_after", flat=True)) == [
        HOUR, 2 * HOUR, timedelta(minutes=10),
    ]  # fmt: skip
    assert of(zhuguan).responded == Mean(3 * HOUR, 2)


def test_opening_a_ticket_is_no_response(zhuguan, dianyuan, order_a):
    ticket = TicketFactory(order=order_a, opened_ago=9 * HOUR)
    signed_in(dianyuan).get(ticket.get_absolute_url())
    assert of(zhuguan).responded == Mean(None, 0)


def test_the_share_of_returned_tickets_is_of_those_once_submitted(zhuguan, kefu, order_a):
    back = returned_ticket(order=order_a, opened_ago=9 * HOUR)
    submit(back, back.handled_at + HOUR)
    back.return_to_merchant(
        by_user=kefu, code=reason_code("return"), reason="还是没有单号", at=back.handled_at + HOUR
    )
    reopened_ticket(order=order_a, opened_ago=9 * HOUR)
    submitted_ticket(order=order_a)
    TicketFactory(order=order_a)
    assert of(zhuguan).returned == Rate(1, 3)


def test_solved_at_once_is_one_answer_that_lasted(zhuguan, kefu, merchant_a):
    def completed(**about):
        return completed_ticket(order=OrderFactory(merchant=merchant_a), opened_ago=DAY, **about)

    at_once = completed()
    completed(outcome=Outcome.PARTLY)
    back = returned_ticket(order=OrderFactory(merchant=merchant_a), opened_ago=DAY)
    submit(back, back.handled_at + HOUR)
    back.approve(by_user=kefu, at=back.handled_at + HOUR)
    again = completed()
    TicketFactory(order=again.order, at=again.completed_at + HOUR)
    reopened_ticket(order=OrderFactory(merchant=merchant_a), opened_ago=DAY)
    assert list(lists(zhuguan).behind("at_once")) == [at_once]
    assert of(zhuguan).at_once == Rate(1, 4)


def test_a_second_ticket_after_seven_days_or_of_another_kind_is_another_matter(zhuguan, order_a):
    first = completed_ticket(order=order_a, opened_ago=20 * DAY)
    late = TicketFactory(order=order_a, at=first.completed_at + 7 * DAY + timedelta(seconds=1))
    assert list(Ticket.objects.solved_at_once()) == [first]
    TicketFactory(order=order_a, at=first.completed_at + 7 * DAY)
    assert late.created_at > first.completed_at
    assert not Ticket.objects.solved_at_once().exists()


def test_the_trend_has_every_day_and_the_sum_of_its_days_is_the_figure(zhuguan, order_a):
    for days in (1, 1, 3):
        submitted_ticket(order=order_a, opened_ago=days * DAY, after=5 * HOUR)
    submitted_ticket(order=order_a, opened_ago=DAY)
    trend = lists(zhuguan).trend()
    assert len(trend) == 7
    assert sum(day.missed.whole for day in trend) == of(zhuguan).missed.whole == 4
    assert sum(day.missed.part for day in trend) == of(zhuguan).missed.part == 3


# ---- the pages ----


@pytest.fixture
def much(order_a, order_b, zhuguan, kefu):
    """Something of everything, of both merchants."""
    for order in (order_a, order_b):
        submitted_ticket(order=order, opened_ago=9 * HOUR, after=5 * HOUR)
        rated = completed_ticket(order=OrderFactory(merchant=order.merchant), opened_ago=9 * HOUR)
        rated.rate(by_user=kefu, stars=4)
        returned_ticket(order=order, opened_ago=9 * HOUR)
        TicketFactory(order=order, opened_ago=9 * HOUR)
    late = submitted_ticket(order=order_a, opened_ago=9 * HOUR, after=5 * HOUR)
    late.rounds.get().exempt(by_user=zhuguan, reason="快递公司系统故障")


@pytest.mark.parametrize("who", ["zhuguan", "shangjia"])
def test_every_figure_opens_the_list_that_it_counts(who, much, request, subtests):
    person = request.getfixturevalue(who)
    visitor = signed_in(person)
    total = read(visitor.get(PAGE)).one("section", class_="stats")
    found = lists(person, 30)
    cards = total.all("div", class_="stat")
    assert cards
    for card in cards:
        [value, n] = card.all("a")
        figure = value["href"].rpartition("figure=")[2]
        with subtests.test(card.one("span").text):
            there = visitor.get(value["href"])
            assert f"共 {found.behind(figure).count()} 条" in there.text
            assert len(numbers(there)) == found.behind(figure).count()
            assert f"共 {n.text.removeprefix('n=')} 条" in visitor.get(n["href"]).text


def test_a_merchant_sees_its_own_and_no_trace_of_another(much, shangjia, shangjia2, merchant_a, merchant_b):
    for person, other in [(shangjia, merchant_b), (shangjia2, merchant_a)]:
        visitor = signed_in(person)
        for path in (PAGE, f"{PAGE}?merchant={other.pk}", f"{PAGE}list/?figure=due&merchant={other.pk}"):
            assert other.name not in visitor.get(path).text
        shown = set(numbers(visitor.get(f"{PAGE}list/?figure=due")))
        assert shown == set(Ticket.objects.for_user(person).values_list("number", flat=True))


def test_a_manager_narrows_it_to_a_merchant(much, zhuguan, merchant_b):
    page = read(signed_in(zhuguan).get(PAGE, {"merchant": merchant_b.pk}))
    assert [line.one("th").text for line in page.one("section", id="merchants").one("tbody").all("tr")] == [
        merchant_b.name
    ]


def test_a_bar_of_the_trend_opens_its_day(much, zhuguan):
    visitor = signed_in(zhuguan)
    bars = read(visitor.get(PAGE)).one("figure", class_="trend").all("a")
    assert bars
    for bar in bars:
        counted = bar["aria-label"].split("到期 ")[1].split("，")[0]
        assert f"共 {counted} 条" in visitor.get(bar["href"]).text


def test_nothing_in_the_period_is_a_dash_with_n_0(zhuguan):
    page = read(signed_in(zhuguan).get(PAGE))
    cards = page.one("section", class_="stats").all("div", class_="stat")
    assert {(card.one("b").text, card.one("small").text) for card in cards} == {("—", "n=0")}
    assert "没有到截止时间的轮次" in page.one("section", id="trend").text


def test_what_cannot_be_read_is_said_or_ignored(zhuguan, much, subtests):
    visitor = signed_in(zhuguan)
    for asked in [
        {"days": "x"},
        {"since": "x"},
        {"merchant": "\x00"},
        {"merchant": "9" * 30},
        {"figure": "x"},
    ]:
        with subtests.test(asked=asked):
            assert visitor.get(PAGE, asked).status_code == 200
            assert visitor.get(f"{PAGE}list/", asked).status_code == 200


def test_many_merchants_cost_no_more_statements_than_one(zhuguan, order_a):
    submitted_ticket(order=order_a, opened_ago=9 * HOUR)
    visitor = signed_in(zhuguan)
    one = [statements(lambda path=path: visitor.get(path)) for path in (PAGE, f"{PAGE}list/?figure=due")]
    for _ in range(4):
        submitted_ticket(order=OrderFactory(), opened_ago=9 * HOUR, text=ANSWER)
    assert one == [
        statements(lambda path=path: visitor.get(path)) for path in (PAGE, f"{PAGE}list/?figure=due")
    ]


def test_a_problem_is_masked_in_the_lists(zhuguan, order_a):
    completed_ticket(order=order_a, opened_ago=9 * HOUR, problem="请打 13912345678")
    visitor = signed_in(zhuguan)
    for figure in ("due", "completed"):
        page = visitor.get(f"{PAGE}list/?figure={figure}").text
        assert "139****5678" in page
        assert "13912345678" not in page


def test_today_is_shanghais(zhuguan):
    now = database_now()
    assert Period.latest(1, now).first == timezone.localdate(now)
