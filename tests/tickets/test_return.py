"""退回商家: the next round begins; nothing of the earlier one is lost."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from tests.factories import REASON, STEP, reason_code, returned_ticket, submit, submitted_ticket
from tests.rows import kinds_of, rows_of
from tickets import scanning
from tickets.clock import database_now
from tickets.lifecycle import Status, Urgency
from tickets.models import Policy, Result, Ticket


def test_the_ticket_is_the_merchants_again_in_a_new_round(order_a):
    ticket = returned_ticket(order=order_a)
    kept = Ticket.objects.get(pk=ticket.pk)
    assert (kept.status, kept.round_no, kept.is_returned, kept.is_open) == (
        Status.WAITING_MERCHANT, 2, True, True,
    )  # fmt: skip
    assert (kept.result, kept.stopped_at) == (None, None)


def test_the_new_round_has_a_whole_deadline_of_its_own(order_a):
    ticket = returned_ticket(order=order_a, urgency=Urgency.URGENT)
    first, second = ticket.rounds.order_by("number")
    assert (first.is_open, first.is_running, first.closed_at) == (False, False, second.started_at)
    assert (second.is_open, second.is_running, second.submitted_at) == (True, True, None)
    assert second.started_at == ticket.handled_at
    assert second.due_at - second.started_at == timedelta(hours=2)
    assert (ticket.warn_at, ticket.due_at) == (second.warn_at, second.due_at)


def test_the_answer_of_the_earlier_round_stays(order_a):
    ticket = returned_ticket(order=order_a)
    assert Result.objects.get().round == ticket.rounds.get(number=1)


def test_the_reason_is_told(order_a):
    ticket = returned_ticket(order=order_a)
    event = ticket.events.get(kind="returned")
    assert (event.text, event.actor, event.from_status) == (REASON, ticket.opened_by, Status.WAITING_REVIEW)


def test_a_late_round_stays_late_and_the_new_one_starts_clean(order_a):
    ticket = returned_ticket(order=order_a, opened_ago=timedelta(hours=6), after=timedelta(hours=5))
    first, second = ticket.rounds.order_by("number")
    kept = Ticket.objects.get(pk=ticket.pk)
    assert first.overdue_at == first.due_at
    assert second.overdue_at is None
    assert kept.was_late
    assert kept.countdown(kept.handled_at).state == "normal"


def test_a_round_in_time_after_a_late_one_does_not_wash_it_off(order_a):
    ticket = returned_ticket(order=order_a, opened_ago=timedelta(hours=6), after=timedelta(hours=5))
    submit(ticket, ticket.handled_at + STEP)
    ticket.approve(by_user=ticket.opened_by)
    assert Ticket.objects.get(pk=ticket.pk).was_late
    assert ticket.rounds.get(number=1).overdue_at is not None
    assert kinds_of(ticket).count("overdue") == 1


def test_the_new_round_can_become_late_by_itself(order_a):
    ticket = returned_ticket(order=order_a, opened_ago=timedelta(hours=9))
    assert scanning.run().flagged == 1
    assert ticket.rounds.get(number=1).overdue_at is None
    assert ticket.rounds.get(number=2).overdue_at == ticket.due_at
    assert ticket.countdown(database_now()).state == "overdue"


def test_it_can_be_returned_again_and_again(order_a):
    ticket = submitted_ticket(order=order_a, opened_ago=timedelta(days=1))
    for _ in range(4):
        ticket.return_to_merchant(
            by_user=ticket.opened_by, reason=REASON, code=reason_code("return"), at=ticket.handled_at + STEP
        )
        submit(ticket, ticket.handled_at + STEP)
    assert list(ticket.rounds.values_list("number", flat=True)) == [1, 2, 3, 4, 5]
    assert ticket.rounds.filter(is_open=True).get().number == ticket.round_no == 5
    assert ticket.is_returned


def test_without_a_policy_for_the_next_round_everything_stays(order_a, kefu):
    ticket = submitted_ticket(order=order_a)
    Policy.objects.all().delete()
    before = rows_of(ticket)
    with pytest.raises(ValidationError, match="未设置一般工单的处理时限"):
        ticket.return_to_merchant(by_user=kefu, reason=REASON, code=reason_code("return"))
    assert rows_of(ticket) == before
    assert (ticket.round_no, ticket.status) == (1, Status.WAITING_REVIEW)
    assert ticket.result_id is not None
