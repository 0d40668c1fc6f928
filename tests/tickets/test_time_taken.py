"""用时: the service time until the answer and until the first response are kept with the answer, early or late."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from tests.factories import (
    REASON,
    TicketFactory,
    answerer,
    ask_extension,
    office_hours,
    send_back,
    submit,
)
from tickets import scanning
from tickets.clock import database_now
from tickets.history import History
from tickets.models import Ticket
from tickets.models.figures import Mean
from tickets.period import Period
from tickets.timeliness_lists import TimelinessLists

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def noon() -> datetime:
    """Noon of a Monday of whose week everything is past."""
    today = timezone.localdate()
    return timezone.make_aware(datetime.combine(today - DAY * (today.weekday() + 14), time(12)))


def left_alone(ticket: Ticket) -> timedelta:
    """Nothing happens before the answer. Each of these says for how long the clock stood."""
    return timedelta()


def paused(ticket: Ticket) -> timedelta:
    at = ticket.created_at + HOUR
    ticket.hold(by_user=ticket.opened_by, reason=REASON, until=at + 3 * HOUR, at=at)
    ticket.resume(by_user=ticket.opened_by, at=at + HOUR)
    return HOUR


def paused_until_its_time(ticket: Ticket) -> timedelta:
    at = ticket.created_at + HOUR
    ticket.hold(by_user=ticket.opened_by, reason=REASON, until=at + HOUR, at=at)
    ticket.resume(at=at + 2 * HOUR)
    return HOUR


def paused_when_late(ticket: Ticket) -> timedelta:
    at = ticket.due_at + MINUTE
    ticket.hold(by_user=ticket.opened_by, reason=REASON, until=at + 2 * HOUR, at=at)
    ticket.resume(by_user=ticket.opened_by, at=at + HOUR)
    return HOUR


def extended(ticket: Ticket) -> timedelta:
    ask_extension(ticket, by=HOUR, at=ticket.created_at + HOUR)
    ticket.grant_extension(by_user=ticket.opened_by, at=ticket.created_at + HOUR)
    return timedelta()


COURSES = [left_alone, paused, paused_until_its_time, extended]


@pytest.mark.parametrize("noticed", ["by the scan", "by the verb"])
@pytest.mark.parametrize(
    ("late_by", "course"),
    [
        *((late_by, course) for late_by in (-MINUTE, timedelta(), 5 * HOUR) for course in COURSES),
        (5 * HOUR, paused_when_late),
    ],
)
def test_it_is_kept_with_the_answer(late_by, course, noticed, noon, order_a):
    ticket = TicketFactory(order=order_a, at=noon)
    stood = course(ticket)
    at = ticket.due_at + late_by
    if noticed == "by the scan":
        scanning.run()
    submit(Ticket.objects.get(pk=ticket.pk), at)
    round_ = ticket.rounds.get()
    assert round_.took == at - noon - stood
    assert round_.responded_after == (HOUR if course is extended else round_.took)


@pytest.mark.parametrize("late_by", [-MINUTE, 5 * HOUR])
def test_each_merchant_has_its_own_after_a_transfer(late_by, noon, order_a, order_b, kefu, zhuguan):
    ticket = TicketFactory(order=order_a, at=noon)
    ticket.claim(by_user=answerer(ticket), at=noon + HOUR)
    ticket.transfer(by_user=kefu, order=order_b, reason=REASON, at=ticket.due_at + HOUR)
    submit(ticket, ticket.due_at + late_by)
    answered = 4 * HOUR + late_by
    assert list(ticket.rounds.values_list("took", "responded_after")) == [(None, HOUR), (answered, answered)]
    now = database_now()
    lines = TimelinessLists(zhuguan, Period.latest(30, now), now).by_merchant()
    assert [line.took for line in lines] == [Mean(None, 0), Mean(answered, 1)]


def test_nothing_that_comes_after_the_answer_changes_it(noon, order_a, kefu, zhuguan):
    ticket = TicketFactory(order=order_a, at=noon)
    submit(ticket, noon + 9 * HOUR)

    def kept() -> tuple:
        return ticket.rounds.values_list("took", "responded_after").get(number=1)

    first = ticket.rounds.get()
    exemption = {"by_user": zhuguan, "reason": "快递公司系统故障"}
    first.exempt(**exemption)
    first.revoke_exemption(**exemption)
    send_back(ticket, noon + 10 * HOUR)
    submit(ticket, noon + 11 * HOUR)
    ticket.approve(by_user=kefu, at=noon + 12 * HOUR)
    ticket.reopen(by_user=kefu, reason=REASON, at=noon + 13 * HOUR)
    scanning.run()
    assert kept() == (9 * HOUR, 9 * HOUR)


@pytest.mark.parametrize("after", [2 * HOUR, DAY, 3 * DAY + HOUR / 7])
def test_the_page_tells_what_is_kept_whatever_becomes_of_the_calendar(after, noon, order_a):
    calendar = office_hours()  # from nine to six, with a break until half past one: due at half past five
    ticket = TicketFactory(order=order_a, at=noon)
    submit(ticket, noon + after)
    calendar.keep([[(0, 24 * 60)]] * 7)
    history = History(Ticket.objects.get(pk=ticket.pk), database_now())
    assert history.took(history.current_round) == ticket.rounds.get().took
