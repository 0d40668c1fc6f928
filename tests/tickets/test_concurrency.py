"""Several people, and several scans, at the same moment: real commits by threads and processes."""

import json
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.db.models import F

from orders.models import Order
from tests.factories import (
    ANSWER,
    REASON,
    CategoryFactory,
    OrderFactory,
    TicketFactory,
    UserFactory,
    reason_code,
    submitted_ticket,
    waiting_tickets,
)
from tests.processes import PATIENCE_SECONDS, wait_for_the_end_of_sessions, wait_until
from tests.rows import kinds_of
from tickets import scanning
from tickets.clock import database_now
from tickets.lifecycle import AlreadyHandled, Outcome, Status, Urgency
from tickets.models import Event, Result, Round, Ticket, TicketDraft

pytestmark = pytest.mark.processes


def at_once(*works: Callable[[], object]) -> list[object]:
    """Do all of this at the same moment, each with a connection of its own; what each returned or raised."""
    ready = threading.Barrier(len(works))

    def one(work: Callable[[], object]) -> object:
        try:
            database_now()  # connected before the start
            ready.wait(PATIENCE_SECONDS)
            return work()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def submission(ticket: Ticket, by_user, text: str) -> Callable[[], Result]:
    """What one person does with a page of their own."""
    page = Ticket.objects.get(pk=ticket.pk)
    return lambda: page.submit(by_user=by_user, outcome=Outcome.SOLVED, text=text, seen_round=ticket.round_no)


def review(ticket: Ticket, verb: Callable, **words: str) -> Callable[[], None]:
    """What one of customer service does with a page of their own."""
    page, person = Ticket.objects.get(pk=ticket.pk), UserFactory()
    return lambda: verb(page, by_user=person, seen_round=ticket.round_no, **words)


def refusals(outcomes: list[object]) -> list[str]:
    return [str(one) for one in outcomes if isinstance(one, AlreadyHandled)]


@pytest.mark.usefixtures("committed")
def test_of_ten_people_who_submit_at_once_exactly_one_is_heard():
    for _ in range(5):
        ticket = TicketFactory()
        people = [UserFactory(staff_of=ticket.merchant) for _ in range(10)]
        outcomes = at_once(*(submission(ticket, person, f"{ANSWER}（{person.name}）") for person in people))
        assert refusals(outcomes) == ["该工单已处理，请刷新后查看"] * 9
        (result,) = [one for one in outcomes if isinstance(one, Result)]
        ticket.refresh_from_db()
        assert Result.objects.get(round__ticket=ticket) == ticket.result == result
        assert result.text == f"{ANSWER}（{result.submitted_by.name}）"
        assert ticket.events.get(kind="submitted").actor == result.submitted_by
        assert ticket.status == Status.WAITING_REVIEW


@pytest.mark.usefixtures("committed")
def test_a_double_click_is_one_answer():
    ticket = TicketFactory()
    person = UserFactory(staff_of=ticket.merchant)
    outcomes = at_once(submission(ticket, person, ANSWER), submission(ticket, person, ANSWER))
    assert len(refusals(outcomes)) == 1
    assert kinds_of(ticket) == ["opened", "submitted"]


@pytest.mark.usefixtures("committed")
def test_of_five_reviews_at_once_exactly_one_counts():
    code = reason_code("return")
    for _ in range(5):
        ticket = submitted_ticket()
        outcomes = at_once(
            review(ticket, Ticket.approve),
            review(ticket, Ticket.approve),
            review(ticket, Ticket.return_to_merchant, reason=REASON, code=code),
            review(ticket, Ticket.return_to_merchant, reason=REASON, code=code),
            review(ticket, Ticket.cancel, reason=REASON),
        )
        assert len(refusals(outcomes)) == 4
        assert outcomes.count(None) == 1
        done = kinds_of(ticket)
        assert done[:2] == ["opened", "submitted"]
        assert len(done) == 3
        assert ticket.rounds.count() == (2 if done[2] == "returned" else 1)


@pytest.mark.usefixtures("committed")
def test_an_answer_and_a_cancelling_at_once_leave_one_true_story():
    for _ in range(5):
        ticket = TicketFactory()
        person = UserFactory(staff_of=ticket.merchant)
        outcomes = at_once(submission(ticket, person, ANSWER), review(ticket, Ticket.cancel, reason=REASON))
        ticket.refresh_from_db()
        stories = [["opened", "cancelled"], ["opened", "submitted", "cancelled"]]
        story = [event.kind for event in ticket.events.order_by("pk")]
        assert story == stories[0 if refusals(outcomes) else 1]
        assert ticket.status == Status.CANCELLED
        assert Result.objects.filter(round__ticket=ticket).count() == len(story) - 2


@pytest.mark.usefixtures("committed")
def test_numbers_taken_at_once_are_all_different():
    order, person, category = OrderFactory(), UserFactory(), CategoryFactory()
    order = Order.objects.select_related("merchant").prefetch_related("lines", "shipments").get(pk=order.pk)
    drafts = [TicketDraft(order, category, Urgency.NORMAL, "收到的连体衣开线")] * 5

    def open_some() -> list[str]:
        return [ticket.number for _ in range(5) for ticket in Ticket.open_many(drafts, by_user=person)]

    outcomes = at_once(*[open_some] * 8)
    numbers = [number for some in outcomes for number in some]
    assert len(set(numbers)) == len(numbers) == 200
    assert order.tickets.count() == 200


@pytest.mark.usefixtures("committed")
def test_a_late_answer_and_a_scan_at_once_record_the_lateness_once():
    order, person = OrderFactory(), UserFactory()
    answerer = UserFactory(staff_of=order.merchant)
    due_at = database_now() - timedelta(minutes=5)
    tickets = list(waiting_tickets(60, order, person, due_at))

    def answer(some: list[Ticket]) -> None:
        for ticket in some:
            ticket.submit(by_user=answerer, outcome=Outcome.SOLVED, text=ANSWER)

    outcomes = at_once(
        lambda: answer(tickets[0::2]),
        lambda: answer(tickets[1::2]),
        lambda: scanning.run(batch=7).flagged,
        lambda: scanning.run(batch=5).flagged,
    )
    assert outcomes[:2] == [None, None], outcomes
    scanning.run()
    overdue = Event.objects.filter(ticket__order=order, kind="overdue")
    assert overdue.count() == overdue.values("round").distinct().count() == 60
    assert overdue.filter(occurred_at=due_at).count() == 60
    assert Round.objects.filter(ticket__order=order, overdue_at=F("due_at"), is_running=False).count() == 60
    assert Ticket.objects.filter(order=order, was_late=True, status=Status.WAITING_REVIEW).count() == 60


@pytest.mark.usefixtures("committed")
def test_four_scans_at_once_with_one_killed_flag_ten_thousand_rounds_exactly_once(place):
    scanning.run()
    order, person = OrderFactory(), UserFactory()
    due_at = database_now() - timedelta(minutes=5)
    waiting_tickets(10_000, order, person, due_at)
    overdue = Event.objects.filter(ticket__order=order, kind="overdue")

    victim = place.start_manage("flag_overdue_tickets", "--batch", "5")
    others = [place.start_manage("flag_overdue_tickets", "--json", "--batch", "200") for _ in range(3)]
    wait_until(overdue.exists)
    assert victim.poll() is None
    victim.send_signal(signal.SIGKILL)
    victim.communicate()
    reports = [other.communicate(timeout=PATIENCE_SECONDS) for other in others]

    assert victim.returncode == -signal.SIGKILL
    assert [other.returncode for other in others] == [0, 0, 0], reports
    wait_for_the_end_of_sessions()
    flagged = [json.loads(out)["flagged"] for out, _ in reports]
    left = scanning.run().flagged
    assert left <= 5  # what the killed one held when it died and the others had passed by
    assert sum(flagged) + left <= 10_000
    assert overdue.count() == overdue.values("round").distinct().count() == 10_000
    rounds = Round.objects.filter(ticket__order=order)
    assert rounds.filter(overdue_at=F("due_at"), overdue_recorded_at__gte=F("due_at")).count() == 10_000
    assert scanning.run().flagged == 0


@pytest.mark.usefixtures("committed")
def test_a_scan_killed_midway_loses_nothing(place):
    scanning.run()
    order, person = OrderFactory(), UserFactory()
    waiting_tickets(2_000, order, person, database_now() - timedelta(minutes=5))
    overdue = Event.objects.filter(ticket__order=order, kind="overdue")
    scan = place.start_manage("flag_overdue_tickets", "--batch", "3")
    wait_until(overdue.exists)
    scan.send_signal(signal.SIGKILL)
    scan.communicate()
    assert scan.returncode == -signal.SIGKILL
    wait_for_the_end_of_sessions()
    done = overdue.count()
    recorded = Round.objects.filter(ticket__order=order, overdue_at__isnull=False)
    assert recorded.count() == done < 2_000
    assert done % 3 == 0
    assert scanning.run().flagged == 2_000 - done
    assert overdue.count() == overdue.values("round").distinct().count() == recorded.count() == 2_000
