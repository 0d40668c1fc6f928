"""重新打开: a completed ticket goes back to the merchant; what it was before stays written."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from tests.factories import STEP, completed_ticket, reopened_ticket, returned_ticket, submit
from tests.rows import kinds_of, rows_of
from tickets.lifecycle import Status, Urgency
from tickets.models import Policy, Result, Ticket


def test_the_ticket_is_the_merchants_again_in_a_new_round(order_a):
    ticket = reopened_ticket(order=order_a, urgency=Urgency.IMPORTANT)
    kept = Ticket.objects.get(pk=ticket.pk)
    second = kept.rounds.get(number=2)
    assert (kept.status, kept.is_open, kept.round_no) == (Status.WAITING_MERCHANT, True, 2)
    assert (kept.completed_at, kept.stopped_at, kept.result) == (None, None, None)
    assert second.due_at - second.started_at == timedelta(hours=3)
    assert (kept.due_at, second.started_at) == (second.due_at, kept.handled_at)


def test_it_is_not_a_returned_ticket(order_a):
    ticket = returned_ticket(order=order_a, opened_ago=timedelta(hours=3))
    submit(ticket, ticket.handled_at + STEP)
    ticket.approve(by_user=ticket.opened_by, at=ticket.handled_at + STEP)
    assert ticket.is_returned
    ticket.reopen(by_user=ticket.opened_by, reason="问题又出现了", at=ticket.handled_at + STEP)
    assert not Ticket.objects.get(pk=ticket.pk).is_returned


def test_the_reason_is_told(order_a):
    event = reopened_ticket(order=order_a).events.get(kind="reopened")
    assert (event.text, event.from_status) == ("消费者反映问题又出现了", Status.COMPLETED)


def test_earlier_rounds_answers_and_lateness_stay(order_a):
    ticket = reopened_ticket(order=order_a, opened_ago=timedelta(hours=6), after=timedelta(hours=5))
    kept = Ticket.objects.get(pk=ticket.pk)
    first, second = kept.rounds.order_by("number")
    assert kept.was_late
    assert (first.overdue_at, second.overdue_at) == (first.due_at, None)
    assert Result.objects.get().round == first
    assert kinds_of(kept) == ["opened", "overdue", "submitted", "approved", "reopened"]
    assert kept.countdown(kept.handled_at).state == "normal"


def test_a_reopened_ticket_can_be_answered_and_completed_again(order_a):
    ticket = reopened_ticket(order=order_a)
    submit(ticket, ticket.handled_at + STEP)
    ticket.approve(by_user=ticket.opened_by, at=ticket.handled_at + STEP)
    kept = Ticket.objects.get(pk=ticket.pk)
    assert (kept.status, kept.completed_at) == (Status.COMPLETED, kept.handled_at)
    assert kept.result.round.number == 2


def test_without_a_policy_for_the_next_round_it_stays_completed(order_a, kefu):
    ticket = completed_ticket(order=order_a)
    Policy.objects.all().delete()
    before = rows_of(ticket)
    with pytest.raises(ValidationError, match="未设置一般工单的处理时限"):
        ticket.reopen(by_user=kefu, reason="问题又出现了")
    assert rows_of(ticket) == before
    assert (ticket.round_no, ticket.status) == (1, Status.COMPLETED)
    assert ticket.completed_at is not None
