"""The words and colours of the clock, second by second around its borders (product.md, The clock)."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.factories import TicketFactory, cancelled_ticket, completed_ticket, submitted_ticket
from tickets.clock import database_now
from tickets.lifecycle import Status, Urgency
from tickets.timeliness import countdown, span_words

START = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
WARN = START + timedelta(hours=2)
DUE = START + timedelta(hours=4)
SECOND = timedelta(seconds=1)


def span(days: int = 0, hours: int = 0, minutes: int = 0, seconds: float = 0) -> timedelta:
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def running(now: datetime):
    return countdown(Status.WAITING_MERCHANT, WARN, DUE, None, now)


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (span(), "不足1分"),
        (span(seconds=59.999), "不足1分"),
        (span(seconds=60), "1分"),
        (span(minutes=12, seconds=59), "12分"),
        (span(minutes=59, seconds=59), "59分"),
        (span(hours=1), "1小时00分"),
        (span(hours=1, minutes=23), "1小时23分"),
        (span(hours=2, minutes=5), "2小时05分"),
        (span(hours=23, minutes=59, seconds=59), "23小时59分"),
        (span(days=1), "1天00小时"),
        (span(days=2, hours=3, minutes=59), "2天03小时"),
        (span(days=400), "400天00小时"),
        (-span(hours=2, minutes=5), "2小时05分"),
        (7384.5, "2小时03分"),
        (None, "—"),
    ],
)
def test_a_length_of_time_in_words(length, words):
    assert span_words(length) == words


@pytest.mark.parametrize(
    ("left", "state", "text", "level"),
    [
        (span(hours=4), "normal", "剩余4小时00分", 0),
        (span(hours=3, minutes=23), "normal", "剩余3小时23分", 0),
        (span(hours=2) + SECOND, "normal", "剩余2小时00分", 0),
        (span(hours=2), "due_soon", "即将超时 剩余2小时00分", 1),
        (span(hours=1, minutes=23), "due_soon", "即将超时 剩余1小时23分", 1),
        (span(minutes=30) + SECOND, "due_soon", "即将超时 剩余30分", 1),
        (span(minutes=30), "due_soon", "即将超时 剩余30分", 2),
        (span(minutes=12), "due_soon", "即将超时 剩余12分", 2),
        (span(seconds=59), "due_soon", "即将超时 剩余不足1分", 2),
        (timedelta(microseconds=1), "due_soon", "即将超时 剩余不足1分", 2),
        (span(), "overdue", "已超时不足1分", 3),
        (-span(seconds=59), "overdue", "已超时不足1分", 3),
        (-span(minutes=1), "overdue", "已超时1分", 3),
        (-span(hours=2, minutes=5), "overdue", "已超时2小时05分", 3),
        (-span(days=2, hours=3), "overdue", "已超时2天03小时", 3),
    ],
)
def test_a_running_clock_in_words_and_level(left, state, text, level):
    shown = running(DUE - left)
    assert (shown.state, shown.text, shown.level, shown.running) == (state, text, level, True)


def test_a_warning_shorter_than_half_an_hour_is_important_from_its_beginning():
    due = START + span(minutes=40)
    shown = countdown(Status.WAITING_MERCHANT, START + span(minutes=20), due, None, due - span(minutes=20))
    assert (shown.state, shown.level) == ("due_soon", 2)


@pytest.mark.parametrize("status", [Status.WAITING_REVIEW, Status.COMPLETED])
@pytest.mark.parametrize(
    ("stopped_at", "state", "text", "level"),
    [
        (DUE - SECOND, "on_time", "按时完成", 0),
        (DUE - timedelta(microseconds=1), "on_time", "按时完成", 0),
        (DUE, "late", "超时完成 超时不足1分", 3),
        (DUE + span(hours=1, minutes=5), "late", "超时完成 超时1小时05分", 3),
    ],
)
def test_an_answered_round_stays_as_it_was_whatever_the_time(status, stopped_at, state, text, level):
    for now in (stopped_at, DUE + span(days=30)):
        shown = countdown(status, WARN, DUE, stopped_at, now)
        assert (shown.state, shown.text, shown.level, shown.running) == (state, text, level, False)


def test_a_ticket_cancelled_in_time_has_no_timeliness():
    shown = countdown(Status.CANCELLED, WARN, DUE, DUE - SECOND, DUE + span(days=1))
    assert (shown.state, shown.label, shown.text, shown.level, shown.running) == ("", "", "—", 0, False)


def test_a_ticket_cancelled_late_stays_as_late_as_it_was():
    shown = countdown(Status.CANCELLED, WARN, DUE, DUE + span(minutes=7), DUE + span(days=1))
    assert (shown.state, shown.label, shown.text, shown.running) == ("overdue", "已超时", "已超时7分", False)


def test_a_ticket_on_hold_is_paused_even_past_its_deadline():
    shown = countdown(Status.ON_HOLD, WARN, DUE, None, DUE + span(days=1))
    assert (shown.state, shown.text, shown.level, shown.running) == ("paused", "已暂停", 0, False)


@pytest.mark.parametrize(
    ("now", "label"), [(START, "正常"), (WARN, "即将超时"), (DUE, "已超时"), (DUE + SECOND, "已超时")]
)
def test_the_word_of_the_axis(now, label):
    assert running(now).label == label


@pytest.mark.parametrize(
    ("urgency", "warning", "deadline"),
    [
        (Urgency.NORMAL, span(hours=2), span(hours=4)),
        (Urgency.IMPORTANT, span(hours=1, minutes=30), span(hours=3)),
        (Urgency.URGENT, span(hours=1), span(hours=2)),
    ],
)
def test_the_agreed_warning_and_deadline_of_each_urgency(urgency, warning, deadline, order_a):
    ticket = TicketFactory(order=order_a, urgency=urgency, at=START)
    assert (ticket.warn_at - START, ticket.due_at - START) == (warning, deadline)
    assert ticket.countdown(START + warning - SECOND).state == "normal"
    assert ticket.countdown(START + warning).state == "due_soon"
    assert ticket.countdown(START + deadline - SECOND).state == "due_soon"
    assert ticket.countdown(START + deadline).state == "overdue"


@pytest.mark.parametrize(
    ("make", "state"),
    [
        (lambda order: TicketFactory(order=order), "normal"),
        (lambda order: TicketFactory(order=order, opened_ago=span(hours=3)), "due_soon"),
        (lambda order: TicketFactory(order=order, opened_ago=span(hours=5)), "overdue"),
        (lambda order: submitted_ticket(order=order), "on_time"),
        (lambda order: completed_ticket(order=order), "on_time"),
        (lambda order: submitted_ticket(order=order, opened_ago=span(hours=6), after=span(hours=5)), "late"),
        (lambda order: cancelled_ticket(order=order), ""),
    ],
)
def test_a_ticket_as_it_comes_from_the_database_knows_its_timeliness(make, state, order_a):
    ticket = make(order_a)
    assert type(ticket).objects.get(pk=ticket.pk).countdown(database_now()).state == state


@pytest.mark.django_db
def test_the_databases_clock_is_aware_and_goes_on_within_a_transaction():
    first = database_now()
    assert first.utcoffset() is not None
    assert any(database_now() > first for _ in range(10_000))
