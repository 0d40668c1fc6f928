"""What the history tells about a ticket: stages, rounds, time used against time allowed."""

from datetime import timedelta

import pytest

from tests.factories import (
    ANSWER,
    REASON,
    TicketFactory,
    cancelled_ticket,
    completed_ticket,
    reason_code,
    reopened_ticket,
    returned_ticket,
    submit,
    submitted_ticket,
)
from tests.pages import statements
from tickets import scanning
from tickets.clock import database_now
from tickets.history import History
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
ANSWERED = timedelta(minutes=20)


def history(ticket: Ticket) -> History:
    return History(
        Ticket.objects.select_related("order__customer", "snapshot").get(pk=ticket.pk), database_now()
    )


def kinds(ticket: Ticket) -> list[tuple[int, str]]:
    return [(stage.round_no, stage.kind) for stage in history(ticket).stages()]


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (TicketFactory, [(1, "opened")]),
        (submitted_ticket, [(1, "opened"), (1, "submitted")]),
        (completed_ticket, [(1, "opened"), (1, "submitted"), (1, "approved")]),
        (returned_ticket, [(1, "opened"), (1, "submitted"), (2, "returned")]),
        (reopened_ticket, [(1, "opened"), (1, "submitted"), (1, "approved"), (2, "reopened")]),
        (cancelled_ticket, [(1, "opened"), (1, "cancelled")]),
    ],
)
def test_stages_come_in_the_order_in_which_they_happened(make, expected, order_a):
    assert kinds(make(order=order_a)) == expected


def test_a_deadline_that_a_scan_noticed_late_stands_where_it_was_missed(order_a):
    ticket = submitted_ticket(order=order_a, opened_ago=10 * HOUR)
    ticket.return_to_merchant(
        by_user=ticket.opened_by, reason=REASON, code=reason_code("return"), at=ticket.handled_at
    )
    scanning.run()
    submit(Ticket.objects.get(pk=ticket.pk), database_now())
    assert kinds(ticket)[2:] == [
        (2, "returned"),
        (2, "alert"),
        (2, "alert"),
        (2, "overdue"),
        (2, "submitted"),
    ]


def test_an_answer_tells_its_time_against_the_time_allowed(order_a):
    [_, stage] = history(submitted_ticket(order=order_a)).stages()
    assert (stage.took, stage.allowed, stage.late, stage.text) == (ANSWERED, 4 * HOUR, False, ANSWER)
    assert (stage.outcome, stage.outcome_label, stage.text_label) == ("solved", "已解决", "处理结果")


def test_an_answer_at_the_deadline_itself_is_late(order_a):
    *_, stage = history(submitted_ticket(order=order_a, opened_ago=9 * HOUR, after=4 * HOUR)).stages()
    assert (stage.kind, stage.late, stage.tone) == ("submitted", True, "bad")


def test_an_answer_a_moment_before_the_deadline_is_in_time(order_a):
    after = 4 * HOUR - timedelta(milliseconds=1)
    *_, stage = history(submitted_ticket(order=order_a, opened_ago=9 * HOUR, after=after)).stages()
    assert (stage.kind, stage.late) == ("submitted", False)


def test_a_review_tells_how_long_the_answer_had_waited(order_a):
    ticket = submitted_ticket(order=order_a)
    ticket.approve(by_user=ticket.opened_by, at=ticket.handled_at + HOUR)
    *_, stage = history(ticket).stages()
    assert (stage.kind, stage.took, stage.allowed) == ("approved", HOUR, None)


def test_a_second_return_is_measured_from_the_second_answer(order_a):
    ticket = returned_ticket(order=order_a, opened_ago=9 * HOUR)
    submit(ticket, ticket.handled_at + HOUR)
    ticket.return_to_merchant(
        by_user=ticket.opened_by, reason=REASON, code=reason_code("return"), at=ticket.handled_at + 2 * HOUR
    )
    took = [stage.took for stage in history(ticket).stages() if stage.kind == "returned"]
    assert took == [ANSWERED, 2 * HOUR]


def test_rounds_tell_their_own_times_and_lateness(order_a):
    ticket = returned_ticket(order=order_a, opened_ago=20 * HOUR, after=5 * HOUR)
    submit(ticket, ticket.handled_at + HOUR)
    first, second = history(ticket).round_lines()
    assert (first.number, first.took, first.allowed, first.late) == (1, 5 * HOUR, 4 * HOUR, True)
    assert (second.number, second.took, second.allowed, second.late) == (2, HOUR, 4 * HOUR, False)
    assert second.started_at == first.submitted_at + ANSWERED
    assert second.merchant == "亲贝母婴旗舰店"


def test_a_running_round_has_taken_nothing_yet(order_a):
    [line] = history(TicketFactory(order=order_a)).round_lines()
    assert (line.submitted_at, line.took, line.late) == (None, None, False)


def test_the_last_act_is_a_persons_and_not_the_scans(order_a):
    ticket = TicketFactory(order=order_a, opened_ago=9 * HOUR)
    scanning.run()
    assert history(ticket).last_act().kind == "opened"


def test_names_phones_and_streets_in_its_texts_are_masked(order_a):
    text = f"已联系{order_a.consignee} {order_a.phone}，寄到文三路90号"
    *_, stage = history(submitted_ticket(order=order_a, text=text)).stages()
    assert stage.text == f"已联系陈* {order_a.phone[:3]}****{order_a.phone[-4:]}，寄到****"


@pytest.mark.parametrize("make", [TicketFactory, completed_ticket, reopened_ticket])
def test_it_costs_one_statement_whatever_happened(make, order_a):
    ticket = Ticket.objects.select_related("order__customer", "snapshot").get(pk=make(order=order_a).pk)

    now = database_now()

    def tell():
        told = History(ticket, now)
        return told.stages(), told.round_lines(), told.last_act()

    assert statements(tell) == 1


def test_a_late_round_is_late_also_before_any_scan_has_seen_it(order_a):
    assert history(TicketFactory(order=order_a, opened_ago=timedelta(hours=5))).round_lines()[0].late
