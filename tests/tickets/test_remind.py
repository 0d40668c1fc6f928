"""催办: at most once in 15 minutes, and visible in the stages."""

from datetime import timedelta

import pytest

from tests.factories import TicketFactory, returned_ticket
from tests.rows import rows_of
from tickets.lifecycle import Refused

MINUTE = timedelta(minutes=1)


def test_it_changes_nothing_but_the_history(order_a, kefu):
    ticket = TicketFactory(order=order_a)
    before = rows_of(ticket)
    ticket.remind(by_user=kefu, note="消费者又来电话", at=ticket.created_at + MINUTE)
    after = rows_of(ticket)
    event = ticket.events.get(kind="reminded")
    assert (event.actor, event.text, event.from_status, event.to_status) == (
        kefu,
        "消费者又来电话",
        "waiting_merchant",
        "waiting_merchant",
    )
    assert {name: rows for name, rows in after.items() if name != "events"} == {
        name: rows for name, rows in before.items() if name != "events"
    }


def test_within_15_minutes_a_second_is_refused(order_a, kefu, zhuguan):
    ticket = TicketFactory(order=order_a)
    ticket.remind(by_user=kefu, at=ticket.created_at)
    before = rows_of(ticket)
    with pytest.raises(Refused, match="15分钟内只能催办一次，请10分后再试"):
        ticket.remind(by_user=zhuguan, at=ticket.created_at + 5 * MINUTE)
    assert rows_of(ticket) == before


def test_after_15_minutes_it_is_the_second_of_the_round(order_a, kefu):
    ticket = TicketFactory(order=order_a)
    times = [ticket.remind(by_user=kefu, at=ticket.created_at + minutes * MINUTE) for minutes in (0, 15, 30)]
    assert times == [1, 2, 3]


def test_the_next_round_counts_anew(order_a, kefu):
    ticket = returned_ticket(order=order_a)
    assert ticket.remind(by_user=kefu) == 1
