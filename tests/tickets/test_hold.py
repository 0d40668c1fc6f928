"""挂起 and 恢复: the clock stands, and goes on with what was left."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from tests.factories import (
    REASON,
    TicketFactory,
    ask_extension,
    office_hours,
    submitted_ticket,
    ticket_on_hold,
)
from tests.rows import kinds_of, rows_of
from tickets import scanning
from tickets.clock import database_now
from tickets.history import History
from tickets.lifecycle import AlreadyHandled, Status
from tickets.models import Policy, Ticket

HOUR = timedelta(hours=1)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


def hold(ticket: Ticket, at: datetime, until: datetime, **also) -> None:
    ticket.hold(by_user=ticket.opened_by, reason="等消费者寄回商品", until=until, at=at, **also)


def held_for(order, after: timedelta, lasting: timedelta, **about) -> Ticket:
    ticket = TicketFactory(order=order, **{"opened_ago": timedelta(days=5)} | about)
    at = ticket.created_at + after
    hold(ticket, at, at + 24 * HOUR)
    ticket.resume(by_user=ticket.opened_by, at=at + lasting)
    return ticket


def test_a_held_ticket_stands_still(order_a):
    ticket = ticket_on_hold(order=order_a)
    round_ = ticket.rounds.get()
    assert ticket.status == Status.ON_HOLD
    assert (round_.is_running, round_.next_alert_at, round_.paused_at) == (False, None, ticket.handled_at)
    assert ticket.countdown(ticket.handled_at + 9 * HOUR).text == "已暂停"


def test_no_scan_finds_a_held_ticket_late(order_a):
    ticket = ticket_on_hold(order=order_a, opened_ago=20 * HOUR, lasting=30 * HOUR)
    assert scanning.run().alerted == 0
    assert kinds_of(ticket) == ["opened", "held"]


def test_every_moment_ahead_moves_by_the_time_it_stood(order_a):
    ticket = held_for(order_a, after=HOUR, lasting=5 * HOUR)
    round_, start = ticket.rounds.get(), ticket.created_at
    assert (round_.warn_at, round_.critical_at, round_.due_at) == (
        start + 7 * HOUR,
        start + 8.5 * HOUR,
        start + 9 * HOUR,
    )
    assert (ticket.warn_at, ticket.critical_at, ticket.due_at) == (
        round_.warn_at,
        round_.critical_at,
        round_.due_at,
    )


def test_a_warning_that_had_passed_stays_where_it_was(order_a):
    ticket = held_for(order_a, after=3 * HOUR, lasting=5 * HOUR)
    assert ticket.warn_at == ticket.created_at + 2 * HOUR
    assert ticket.due_at == ticket.created_at + 9 * HOUR
    assert list(ticket.alerts.values_list("level", "occurred_at")) == [(1, ticket.warn_at)]


def test_a_pause_over_a_weekend_costs_service_time_only(order_a):
    office_hours()
    ticket = TicketFactory(order=order_a, at=wall("2026-11-20 16:00"))  # Friday; due on Monday at 11:00
    assert ticket.due_at == wall("2026-11-23 11:00")
    hold(ticket, wall("2026-11-20 17:00"), wall("2026-11-22 17:00"))
    ticket.resume(at=wall("2026-11-22 17:00"))
    assert ticket.due_at == wall("2026-11-23 12:00")


def test_a_late_ticket_stays_late(order_a):
    ticket = held_for(order_a, after=5 * HOUR, lasting=5 * HOUR)
    round_ = ticket.rounds.get()
    assert ticket.due_at == round_.overdue_at == ticket.created_at + 4 * HOUR
    assert ticket.was_late


def test_a_pause_never_brings_an_agreed_deadline_forward(order_a, kefu):
    office_hours()
    ticket = TicketFactory(order=order_a, at=wall("2026-11-20 09:00"))
    ask_extension(ticket, by=wall("2026-11-21 12:00") - ticket.due_at)  # a Saturday
    ticket.grant_extension(by_user=kefu, at=wall("2026-11-20 10:00"))
    hold(ticket, wall("2026-11-20 20:00"), wall("2026-11-20 21:00"))
    ticket.resume(at=wall("2026-11-20 21:00"))
    assert ticket.due_at == wall("2026-11-21 12:00")


def test_the_time_limit_is_told_the_same_before_during_and_after_a_pause(order_a):
    ticket = ticket_on_hold(order=order_a)
    assert History(ticket, database_now()).allowed(ticket.rounds.get()) == 4 * HOUR
    ticket.resume(by_user=ticket.opened_by, at=ticket.handled_at + HOUR)
    assert History(ticket, database_now()).allowed(ticket.rounds.get()) == 4 * HOUR


@pytest.mark.parametrize(
    ("reason", "until", "field", "sentence"),
    [
        ("", HOUR, "reason", "请填写挂起原因和下次联系时间"),
        ("……", HOUR, "reason", "请填写挂起原因"),
        (REASON, None, "until", "请填写挂起原因和下次联系时间"),
        (REASON, timedelta(), "until", "下次联系时间必须晚于现在"),
        (REASON, 48 * HOUR + timedelta(seconds=1), "until", "每轮累计最多挂起2天00小时"),
    ],
)
def test_what_is_missing_or_too_much_is_told(reason, until, field, sentence, order_a, kefu):
    ticket = TicketFactory(order=order_a)
    before, now = rows_of(ticket), ticket.created_at
    with pytest.raises(ValidationError) as wrong:
        ticket.hold(by_user=kefu, reason=reason, until=until if until is None else now + until, at=now)
    assert sentence in wrong.value.message_dict[field][0]
    assert rows_of(ticket) == before


def test_exactly_the_hours_of_the_policy_are_allowed(order_a):
    Policy.objects.update(hold_hours=3)
    ticket = TicketFactory(order=order_a)
    hold(ticket, ticket.created_at, ticket.created_at + 3 * HOUR)
    assert ticket.status == Status.ON_HOLD


def test_the_hours_of_a_round_are_counted_together(order_a):
    ticket = held_for(order_a, after=HOUR, lasting=20 * HOUR)
    now = ticket.handled_at
    with pytest.raises(ValidationError, match="最晚可到"):
        hold(ticket, now, now + 28 * HOUR + timedelta(seconds=1))
    hold(ticket, now, now + 28 * HOUR)


# ---- going on ----


def test_the_scan_resumes_at_the_agreed_time_however_late_it_comes(order_a):
    ticket = ticket_on_hold(order=order_a, opened_ago=24 * HOUR, after=HOUR, lasting=2 * HOUR)
    scan = scanning.run()
    agreed, start = ticket.created_at + 3 * HOUR, ticket.created_at
    ticket.refresh_from_db()
    event, pause = ticket.events.get(kind="resumed"), ticket.rounds.get().pauses.get()
    assert (scan.resumed, scan.flagged) == (1, 1)
    assert pause.ended_at == event.occurred_at == agreed
    assert event.recorded_at == scan.scanned_at
    assert (event.actor, event.text) == (None, "到了下次联系时间，自动恢复计时")
    assert ticket.due_at == ticket.rounds.get().overdue_at == start + 6 * HOUR


def test_a_clock_that_cannot_go_on_keeps_no_other_from_it(order_a, order_b):
    stuck = ticket_on_hold(order=order_a, opened_ago=24 * HOUR, after=HOUR, lasting=2 * HOUR)
    other = ticket_on_hold(order=order_b, opened_ago=24 * HOUR, after=HOUR, lasting=2 * HOUR)
    round_ = stuck.rounds.get()
    round_.due_at = datetime.max.replace(tzinfo=UTC)
    round_.save()
    assert scanning.run().resumed == 1
    stuck.refresh_from_db()
    other.refresh_from_db()
    assert (stuck.status, other.status) == ("on_hold", "waiting_merchant")


def test_a_person_who_comes_after_the_agreed_time_finds_the_clock_going_since_then(order_a, kefu):
    ticket = ticket_on_hold(order=order_a, opened_ago=24 * HOUR, after=HOUR, lasting=2 * HOUR)
    ticket.resume(by_user=kefu)
    assert ticket.due_at == ticket.created_at + 6 * HOUR
    assert ticket.events.get(kind="resumed").actor is None


def test_nobody_but_a_person_resumes_before_the_agreed_time(order_a):
    ticket = ticket_on_hold(order=order_a)
    before = rows_of(ticket)
    with pytest.raises(AlreadyHandled):
        ticket.resume(at=ticket.handled_at + HOUR)
    assert rows_of(ticket) == before


def test_a_second_resume_is_refused(order_a, kefu):
    ticket = held_for(order_a, after=HOUR, lasting=HOUR)
    with pytest.raises(AlreadyHandled):
        ticket.resume(by_user=kefu)


# ---- cancelled while on hold ----


def test_cancelling_while_on_hold_ends_the_pause_and_is_not_late(order_a, kefu):
    ticket = ticket_on_hold(order=order_a)
    at = ticket.handled_at + HOUR
    ticket.cancel(by_user=kefu, reason=REASON, at=at)
    round_ = ticket.rounds.get()
    assert (ticket.status, round_.overdue_at, round_.pauses.get().ended_at) == ("cancelled", None, at)
    assert ticket.stopped_at == round_.paused_at


def test_cancelling_long_after_the_agreed_time_does_not_lose_that_it_was_late(order_a, kefu):
    ticket = ticket_on_hold(order=order_a, opened_ago=24 * HOUR, after=HOUR, lasting=2 * HOUR)
    ticket.cancel(by_user=kefu, reason=REASON)
    assert ticket.rounds.get().overdue_at == ticket.created_at + 6 * HOUR
    assert ticket.was_late
    assert kinds_of(ticket) == ["opened", "held", "resumed", "overdue", "cancelled"]


def test_cancelling_while_on_hold_lets_a_pending_request_lapse(order_a, kefu):
    ticket = TicketFactory(order=order_a, opened_ago=HOUR)
    extension = ask_extension(ticket)
    hold(ticket, ticket.created_at + HOUR / 2, ticket.created_at + 5 * HOUR)
    ticket.cancel(by_user=kefu, reason=REASON)
    extension.refresh_from_db()
    assert extension.answer == "lapsed"


def test_an_answered_ticket_cannot_be_held(order_a, kefu):
    ticket = submitted_ticket(order=order_a)
    with pytest.raises(AlreadyHandled):
        hold(ticket, ticket.handled_at, ticket.handled_at + HOUR)
