"""Archiving and anonymising by several processes at once, one of them killed; and two consumers' clicks at once."""

import signal
from datetime import timedelta

import pytest

from orders.models import Customer, Order, OrderStatus
from tests.factories import OrderFactory, TicketFactory, UserFactory, cancelled_ticket, completed_ticket
from tickets.clock import database_now
from tickets.models import Event, Rating, Reveal, Ticket
from tickets.models.rating import AlreadyRated
from tickets.models.reveal import TooMany

from .test_concurrency import PATIENCE_SECONDS, at_once, wait_for_the_end_of_sessions, wait_until

LONG_AGO = timedelta(days=500)


def over_for_long(how_many: int) -> None:
    """Consumers with an order and a ticket each, all of it long over."""
    person = UserFactory()
    for _ in range(how_many):
        order = OrderFactory(
            status=OrderStatus.COMPLETED, ordered_at=database_now() - LONG_AGO, consignee="诸葛晓岚"
        )
        cancelled_ticket(order=order, by_user=person, opened_ago=LONG_AGO, problem="诸葛晓岚没有收到")
    Customer.objects.update(created_at=database_now() - LONG_AGO)


@pytest.mark.usefixtures("committed")
def test_several_at_once_with_one_killed_leave_nothing_out_and_do_nothing_twice(place):
    over_for_long(60)
    archived = Event.objects.filter(kind="archived")
    victim = place.start_manage("archive_tickets", "--batch", "1")
    other = place.start_manage("archive_tickets", "--batch", "7")
    wait_until(archived.exists)
    victim.send_signal(signal.SIGKILL)
    victim.communicate()
    assert other.communicate(timeout=PATIENCE_SECONDS)[0]
    assert other.returncode == 0
    wait_for_the_end_of_sessions()
    place.manage("archive_tickets")
    assert Ticket.objects.filter(archived_at__isnull=True).count() == 0
    assert archived.count() == archived.values("ticket").distinct().count() == Ticket.objects.count()

    gone = Customer.objects.filter(anonymised_at__isnull=False)
    victim = place.start_manage("purge_consumers", "--batch", "1")
    other = place.start_manage("purge_consumers", "--batch", "7")
    wait_until(gone.exists)
    victim.send_signal(signal.SIGKILL)
    victim.communicate()
    said = other.communicate(timeout=PATIENCE_SECONDS)
    assert other.returncode == 0, said
    wait_for_the_end_of_sessions()
    place.manage("purge_consumers")
    assert Customer.objects.filter(anonymised_at__isnull=True).count() == 0
    assert Order.objects.exclude(consignee="").count() == 0
    assert not Ticket.objects.filter(problem__contains="诸葛").exists()


@pytest.mark.usefixtures("committed")
def test_of_many_clicks_at_once_one_rating_counts():
    ticket = completed_ticket()
    pages = [Ticket.objects.get(pk=ticket.pk) for _ in range(6)]
    outcomes = at_once(*(lambda page=page: page.rate(stars=1, seen_round=1) for page in pages))
    assert sum(isinstance(one, Rating) for one in outcomes) == 1
    assert sum(isinstance(one, AlreadyRated) for one in outcomes) == 5
    assert ticket.events.filter(kind="rated").count() == 1


@pytest.mark.usefixtures("committed")
def test_looks_at_once_are_counted_as_so_many(settings):
    settings.REVEALS_PER_HOUR = 3
    person = UserFactory()
    tickets = [TicketFactory() for _ in range(6)]
    outcomes = at_once(
        *(lambda each=each: each.reveal(by_user=person, field="phone", reason="核对地址") for each in tickets)
    )
    assert sum(isinstance(one, str) for one in outcomes) == 3
    assert sum(isinstance(one, TooMany) for one in outcomes) == 3
    assert Reveal.objects.filter(by=person).count() == 3
