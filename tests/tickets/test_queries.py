"""What the tabs of the list show and count."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qinqin.paging import count
from tests.factories import (
    TicketFactory,
    cancelled_ticket,
    completed_ticket,
    returned_ticket,
    submitted_ticket,
    waiting_tickets,
)
from tickets.clock import database_now
from tickets.models import Ticket
from tickets.models.queries import TABS


@pytest.fixture
def tickets(order_a) -> dict[str, Ticket]:
    def hours(n: float) -> timedelta:
        return timedelta(hours=n)

    return {
        "fresh": TicketFactory(order=order_a),
        "soon": TicketFactory(order=order_a, opened_ago=hours(3)),
        "late": TicketFactory(order=order_a, opened_ago=hours(5)),
        "returned": returned_ticket(order=order_a),
        "returned and late": returned_ticket(order=order_a, opened_ago=hours(9)),
        "in review": submitted_ticket(order=order_a, opened_ago=hours(9), after=hours(5)),
        "completed": completed_ticket(order=order_a),
        "cancelled late": cancelled_ticket(order=order_a, opened_ago=hours(9), after=hours(5)),
    }


@pytest.mark.parametrize(
    ("tab", "shows"),
    [
        ("todo", {"fresh", "soon", "late", "returned", "returned and late"}),
        ("due_soon", {"soon"}),
        ("overdue", {"late", "returned and late"}),
        ("returned", {"returned", "returned and late"}),
        ("all", None),
    ],
)
def test_a_tab_shows_what_its_name_says_and_counts_what_it_shows(tab, shows, tickets):
    now = database_now()
    shown = set(Ticket.objects.in_tab(tab, now))
    assert {name for name, ticket in tickets.items() if ticket in shown} == (shows or set(tickets))
    assert Ticket.objects.tab_counts(now)[tab] == len(shown)


def test_every_tab_is_counted(tickets):
    assert list(Ticket.objects.tab_counts(database_now())) == list(TABS)


def test_counts_are_of_what_one_may_see(tickets, shangjia, shangjia2):
    now = database_now()
    assert Ticket.objects.for_user(shangjia).tab_counts(now)["all"] == len(tickets)
    assert set(Ticket.objects.for_user(shangjia2).tab_counts(now).values()) == {0}


def test_at_the_deadline_a_ticket_goes_from_nearly_late_to_late(order_a):
    ticket = TicketFactory(order=order_a)
    just_before = ticket.due_at - timedelta(microseconds=1)
    assert Ticket.objects.tab_counts(ticket.due_at) | {"todo": 0, "all": 0, "returned": 0} == {
        "todo": 0, "due_soon": 0, "overdue": 1, "returned": 0, "all": 0,
    }  # fmt: skip
    assert list(Ticket.objects.due_soon(just_before)) == [ticket]
    assert list(Ticket.objects.due_soon(ticket.warn_at)) == [ticket]
    assert not Ticket.objects.overdue(just_before).exists()


def test_review_and_open_tickets(tickets):
    names = {ticket: name for name, ticket in tickets.items()}
    assert {names[ticket] for ticket in Ticket.objects.awaiting_review()} == {"in review"}
    assert {names[ticket] for ticket in Ticket.objects.submitted_late()} == {"in review"}
    assert {names[ticket] for ticket in Ticket.objects.open()} == set(tickets) - {
        "completed",
        "cancelled late",
    }


@pytest.mark.parametrize("tab", [tab for tab in TABS if tab != "all"])
def test_what_is_over_costs_the_tabs_nothing(tab, order_a, kefu):
    now = database_now()
    waiting_tickets(1_500, order_a, kefu, now)
    Ticket.objects.exclude(pk=Ticket.objects.first().pk).update(is_open=False, status="cancelled")
    with CaptureQueriesContext(connection) as captured:
        count(Ticket.objects.in_tab(tab, now))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tickets_ticket")
        explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
        cursor.execute(f"{explain} {captured[0]['sql']}")
        assert "_open_" in "\n".join(str(row[-1]) for row in cursor.fetchall())
