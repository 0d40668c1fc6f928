"""提交工单: the merchant's answer, and what it does to the clock."""

from datetime import timedelta

import pytest

from tests.factories import ANSWER, TicketFactory, answerer, reason_code, submit, submitted_ticket
from tests.rows import allowed, kinds_of, rows_of
from tickets import scanning
from tickets.clock import database_now
from tickets.lifecycle import AlreadyHandled, Outcome, Status
from tickets.models import Result, Ticket

LATE = timedelta(hours=4)  # exactly the deadline of an ordinary ticket
ONE_SECOND = timedelta(seconds=1)


def test_the_answer_is_kept_with_who_gave_it_and_when(order_a, dianyuan):
    ticket = TicketFactory(order=order_a)
    at = ticket.created_at + timedelta(minutes=50)
    given = ticket.submit(by_user=dianyuan, outcome=Outcome.PARTLY, text=ANSWER, at=at)
    result = Result.objects.get()
    assert given == result == Ticket.objects.get(pk=ticket.pk).result
    assert (result.outcome, result.text, result.submitted_by, result.submitted_at) == (
        Outcome.PARTLY, ANSWER, dianyuan, at,
    )  # fmt: skip


def test_it_hands_over_to_customer_service_and_completes_nothing(order_a):
    ticket = submitted_ticket(order=order_a)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.is_open, ticket.completed_at) == (Status.WAITING_REVIEW, True, None)


def test_it_stops_the_merchants_clock_and_leaves_the_round_open(order_a):
    ticket = submitted_ticket(order=order_a, after=timedelta(minutes=50))
    round_ = ticket.rounds.get()
    assert (round_.is_running, round_.is_open, round_.closed_at) == (False, True, None)
    assert round_.submitted_at == round_.started_at + timedelta(minutes=50)
    assert allowed(round_) == timedelta(hours=4)
    assert ticket.stopped_at == ticket.handled_at == round_.submitted_at


def test_the_event_carries_the_answer(order_a, dianyuan):
    ticket = TicketFactory(order=order_a)
    ticket.submit(by_user=dianyuan, outcome=Outcome.SOLVED, text=ANSWER)
    event = ticket.events.get(kind="submitted")
    assert (event.text, event.actor_name, event.actor_role) == (ANSWER, "李店员", "亲贝母婴旗舰店")


def test_a_second_answer_is_refused_and_the_first_one_stays(order_a, shangjia, dianyuan):
    ticket = TicketFactory(order=order_a)
    ticket.submit(by_user=shangjia, outcome=Outcome.SOLVED, text=ANSWER)
    before = rows_of(ticket)
    with pytest.raises(AlreadyHandled):
        ticket.submit(by_user=dianyuan, outcome=Outcome.SOLVED, text="另一位同事写的处理结果内容")
    assert rows_of(ticket) == before


def test_a_moment_before_the_deadline_is_in_time(order_a):
    ticket = submitted_ticket(order=order_a, opened_ago=timedelta(hours=5), after=LATE - ONE_SECOND)
    assert not ticket.was_late
    assert ticket.rounds.get().overdue_at is None
    assert kinds_of(ticket) == ["opened", "submitted"]


def test_at_the_deadline_itself_is_late(order_a):
    ticket = submitted_ticket(order=order_a, opened_ago=timedelta(hours=5), after=LATE)
    round_ = ticket.rounds.get()
    assert ticket.was_late
    assert round_.overdue_at == round_.due_at == round_.submitted_at


def test_lateness_that_no_scan_has_seen_is_recorded_with_its_true_time(order_a):
    ticket = submitted_ticket(order=order_a, opened_ago=timedelta(days=3), after=timedelta(days=2))
    round_, overdue = ticket.rounds.get(), ticket.events.get(kind="overdue")
    assert round_.overdue_at == overdue.occurred_at == ticket.created_at + LATE
    assert round_.overdue_recorded_at == overdue.recorded_at == round_.submitted_at
    assert (overdue.actor, overdue.actor_name, overdue.actor_role) == (None, "系统", "定时检查")
    assert overdue.from_status == overdue.to_status == Status.WAITING_MERCHANT
    assert kinds_of(ticket) == ["opened", "overdue", "submitted"]
    assert ticket.was_late


def test_lateness_that_a_scan_has_recorded_is_not_recorded_twice(order_a):
    ticket = TicketFactory(order=order_a, opened_ago=timedelta(hours=5))
    scanning.run()
    recorded = ticket.rounds.get().overdue_recorded_at
    submit(ticket, database_now())
    round_ = ticket.rounds.get()
    assert (round_.overdue_at, round_.overdue_recorded_at) == (ticket.due_at, recorded)
    assert kinds_of(ticket) == ["opened", "overdue", "submitted"]
    assert ticket.was_late


def test_no_scan_finds_anything_in_a_late_answer(order_a):
    submitted_ticket(order=order_a, opened_ago=timedelta(hours=9), after=timedelta(hours=8))
    assert scanning.run().flagged == 0


def test_an_answer_in_time_is_never_found_late(order_a):
    ticket = submitted_ticket(order=order_a, opened_ago=timedelta(days=30))
    assert scanning.run().flagged == 0
    assert not Ticket.objects.get(pk=ticket.pk).was_late


def test_whatever_the_outcome_customer_service_reviews_it(order_a):
    for outcome in Outcome:
        assert submitted_ticket(order=order_a, outcome=outcome).status == Status.WAITING_REVIEW


def test_each_round_has_an_answer_of_its_own(order_a):
    ticket = submitted_ticket(order=order_a)
    ticket.return_to_merchant(
        by_user=ticket.opened_by, reason="请写明单号", code=reason_code("return"), at=ticket.handled_at
    )
    ticket.submit(by_user=answerer(ticket), outcome=Outcome.SOLVED, text=f"{ANSWER}单号 SF001")
    texts = (
        Result.objects.filter(round__ticket=ticket).order_by("round__number").values_list("text", flat=True)
    )
    assert list(texts) == [ANSWER, f"{ANSWER}单号 SF001"]
    assert Ticket.objects.get(pk=ticket.pk).result.round.number == 2
