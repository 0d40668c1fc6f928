"""撤销工单: nobody has to answer any more, and lateness is not washed off by it."""

from datetime import timedelta

from tests.factories import REASON, TicketFactory, cancelled_ticket, returned_ticket, submitted_ticket
from tests.rows import kinds_of
from tickets import scanning
from tickets.clock import database_now
from tickets.lifecycle import Status
from tickets.models import Ticket


def test_a_waiting_ticket_is_closed_for_good(order_a):
    ticket = cancelled_ticket(order=order_a)
    kept = Ticket.objects.get(pk=ticket.pk)
    round_ = kept.rounds.get()
    assert (kept.status, kept.is_open, kept.completed_at) == (Status.CANCELLED, False, None)
    assert (round_.is_open, round_.is_running, round_.submitted_at) == (False, False, None)
    assert round_.closed_at == kept.stopped_at == kept.handled_at


def test_the_reason_is_told(order_a):
    ticket = cancelled_ticket(order=order_a)
    event = ticket.events.get(kind="cancelled")
    assert (event.text, event.to_status) == ("消费者撤回了投诉", Status.CANCELLED)


def test_in_time_it_is_not_late_and_never_will_be(order_a):
    ticket = cancelled_ticket(order=order_a, opened_ago=timedelta(days=9))
    assert scanning.run().flagged == 0
    kept = Ticket.objects.get(pk=ticket.pk)
    assert not kept.was_late
    assert kept.countdown(database_now()).text == "—"


def test_a_late_ticket_that_no_scan_has_seen_keeps_its_lateness(order_a):
    ticket = cancelled_ticket(order=order_a, opened_ago=timedelta(hours=9), after=timedelta(hours=5))
    kept, round_, overdue = (
        Ticket.objects.get(pk=ticket.pk),
        ticket.rounds.get(),
        ticket.events.get(kind="overdue"),
    )
    assert kept.was_late
    assert round_.overdue_at == overdue.occurred_at == round_.due_at
    assert round_.overdue_recorded_at == overdue.recorded_at == round_.closed_at
    assert kinds_of(ticket) == ["opened", "overdue", "cancelled"]
    assert kept.countdown(database_now()).text == "已超时1小时00分"


def test_a_late_ticket_that_a_scan_has_seen_keeps_that_record(order_a, kefu):
    ticket = TicketFactory(order=order_a, opened_ago=timedelta(hours=5))
    scanning.run()
    recorded = ticket.rounds.values_list("overdue_at", "overdue_recorded_at").get()
    ticket.cancel(by_user=kefu, reason=REASON)
    assert ticket.rounds.values_list("overdue_at", "overdue_recorded_at").get() == recorded
    assert Ticket.objects.get(pk=ticket.pk).was_late
    assert kinds_of(ticket) == ["opened", "overdue", "cancelled"]


def test_a_ticket_in_review_keeps_its_answer_and_the_time_the_merchant_took(order_a, kefu):
    ticket = submitted_ticket(order=order_a, opened_ago=timedelta(hours=9), after=timedelta(minutes=50))
    submitted_at = ticket.stopped_at
    ticket.cancel(by_user=kefu, reason=REASON)
    kept = Ticket.objects.get(pk=ticket.pk)
    assert (kept.status, kept.stopped_at, kept.was_late) == (Status.CANCELLED, submitted_at, False)
    assert kept.result is not None
    round_ = kept.rounds.get()
    assert round_.submitted_at == round_.started_at + timedelta(minutes=50)


def test_a_ticket_answered_late_keeps_its_lateness(order_a, kefu):
    ticket = submitted_ticket(order=order_a, opened_ago=timedelta(hours=9), after=timedelta(hours=5))
    ticket.cancel(by_user=kefu, reason=REASON)
    kept = Ticket.objects.get(pk=ticket.pk)
    assert kept.was_late
    assert kept.countdown(database_now()).label == "已超时"


def test_in_a_later_round_the_lateness_of_the_first_stays(order_a, kefu):
    ticket = returned_ticket(order=order_a, opened_ago=timedelta(hours=6), after=timedelta(hours=5))
    ticket.cancel(by_user=kefu, reason=REASON)
    kept = Ticket.objects.get(pk=ticket.pk)
    assert kept.was_late
    assert list(kept.rounds.values_list("overdue_at", flat=True)) == [
        kept.created_at + timedelta(hours=4),
        None,
    ]
