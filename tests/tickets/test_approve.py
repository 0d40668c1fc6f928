"""审核通过: customer service accepts the result."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from tests.factories import completed_ticket, submitted_ticket
from tests.rows import kinds_of, rows_of
from tickets.lifecycle import Status
from tickets.models import Ticket


def test_the_ticket_is_completed_with_its_result(order_a, kefu):
    ticket = submitted_ticket(order=order_a)
    at = ticket.handled_at + timedelta(minutes=10)
    ticket.approve(by_user=kefu, at=at)
    kept = Ticket.objects.get(pk=ticket.pk)
    assert (kept.status, kept.is_open, kept.completed_at, kept.handled_at) == (
        Status.COMPLETED, False, at, at,
    )  # fmt: skip
    assert kept.result_id == ticket.result_id


def test_the_round_ends_with_the_review_and_the_merchants_time_does_not_grow(order_a):
    ticket = completed_ticket(order=order_a, after=timedelta(minutes=50))
    round_ = ticket.rounds.get()
    assert (round_.is_open, round_.closed_at) == (False, ticket.completed_at)
    assert round_.submitted_at == round_.started_at + timedelta(minutes=50)
    assert ticket.stopped_at == round_.submitted_at


def test_a_late_answer_stays_late(order_a):
    ticket = completed_ticket(order=order_a, opened_ago=timedelta(hours=9), after=timedelta(hours=5))
    kept = Ticket.objects.get(pk=ticket.pk)
    assert kept.was_late
    assert kept.countdown(kept.completed_at).text == "超时完成 超时1小时00分"
    assert kinds_of(kept) == ["opened", "overdue", "submitted", "approved"]


def test_a_note_is_kept_tidily_and_none_is_needed(order_a, kefu):
    for note, kept in [("", ""), ("  处理得很好\x00\r\n谢谢 ", "处理得很好\n谢谢")]:
        ticket = submitted_ticket(order=order_a)
        ticket.approve(by_user=kefu, note=note)
        assert ticket.events.get(kind="approved").text == kept


def test_a_note_without_end_is_refused(order_a, kefu):
    ticket = submitted_ticket(order=order_a)
    before = rows_of(ticket)
    with pytest.raises(ValidationError, match="审核意见最多10000字"):
        ticket.approve(by_user=kefu, note="好" * 10_001)
    assert rows_of(ticket) == before
