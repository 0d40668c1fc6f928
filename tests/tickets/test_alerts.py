"""The alert ladder: 一般, 重要, 紧急, each once per round, with its true time, whatever happens afterwards."""

from datetime import timedelta
from unittest import mock

import pytest

from tests.factories import REASON, PolicyFactory, TicketFactory, ask_extension, completed_ticket, submit
from tickets import scanning
from tickets.models import Alert, Policy, Ticket

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db


def scan(at) -> scanning.Scan:
    with mock.patch.object(scanning, "database_now", return_value=at):
        return scanning.run()


def rungs(ticket: Ticket) -> list[tuple[int, timedelta]]:
    """The levels with how long after the opening they were reached."""
    return [
        (alert.level, alert.occurred_at - ticket.created_at)
        for alert in Alert.objects.filter(ticket=ticket).order_by("round__number", "level")
    ]


LADDER = [(1, 2 * HOUR), (2, 3.5 * HOUR), (3, 4 * HOUR)]


def test_each_rung_is_recorded_when_it_is_reached(order_a):
    ticket = TicketFactory(order=order_a)
    seen = []
    for hours in (1.9, 2, 3.4, 3.5, 3.9, 4, 9):
        scan(ticket.created_at + hours * HOUR)
        seen.append(len(rungs(ticket)))
    assert seen == [0, 1, 1, 2, 2, 3, 3]
    assert rungs(ticket) == LADDER


def test_after_a_standstill_one_scan_records_every_rung_with_its_true_time(order_a):
    ticket = TicketFactory(order=order_a, opened_ago=48 * HOUR)
    done = scanning.run()
    assert (done.alerted, done.flagged) == (1, 1)
    assert rungs(ticket) == LADDER
    assert set(ticket.alerts.values_list("recorded_at", flat=True)) == {done.scanned_at}


@pytest.mark.parametrize(("after", "expected"), [(1, 0), (2, 1), (3.5, 2), (5, 3)])
def test_an_answer_before_any_scan_records_the_rungs_that_had_passed(after, expected, order_a):
    ticket = TicketFactory(order=order_a, opened_ago=48 * HOUR)
    submit(ticket, ticket.created_at + after * HOUR)
    assert rungs(ticket) == LADDER[:expected]
    assert scanning.run().alerted == 0


def test_they_survive_closing_reopening_and_a_changed_policy(order_a, kefu):
    ticket = completed_ticket(order=order_a, opened_ago=48 * HOUR, after=5 * HOUR)
    Policy.objects.update(warning_minutes=1, deadline_minutes=2)
    ticket.reopen(by_user=kefu, reason=REASON)
    scanning.run()
    assert rungs(ticket) == LADDER


def test_every_round_has_a_ladder_of_its_own(order_a, kefu):
    ticket = completed_ticket(order=order_a, opened_ago=48 * HOUR, after=5 * HOUR)
    ticket.reopen(by_user=kefu, reason=REASON, at=ticket.created_at + 6 * HOUR)
    scanning.run()
    assert rungs(ticket) == [*LADDER, (1, 8 * HOUR), (2, 9.5 * HOUR), (3, 10 * HOUR)]


def test_a_short_deadline_warns_the_second_time_not_before_the_first(order_a):
    policy = PolicyFactory()
    ticket = TicketFactory(order=order_a, category=policy.category, opened_ago=HOUR)
    scanning.run()
    minutes = [(level, span / timedelta(minutes=1)) for level, span in rungs(ticket)]
    assert minutes == [(1, 20), (2, 20), (3, 45)]


def test_a_granted_extension_repeats_no_rung(order_a, kefu):
    ticket = TicketFactory(order=order_a, opened_ago=48 * HOUR)
    scan(ticket.created_at + 3.6 * HOUR)
    ask_extension(ticket, by=2 * HOUR, at=ticket.created_at + 3.6 * HOUR)
    ticket.grant_extension(by_user=kefu, at=ticket.created_at + 3.7 * HOUR)
    scanning.run()
    assert rungs(ticket) == [(1, 2 * HOUR), (2, 3.5 * HOUR), (3, 6 * HOUR)]
