"""What must never be is refused by the database itself, whoever writes and by whatever means."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from merchants.models import User
from tests.factories import (
    CategoryFactory,
    TicketFactory,
    cancelled_ticket,
    completed_ticket,
    returned_ticket,
    submitted_ticket,
)
from tickets.models import Calendar, Event, Policy, Result, Round, Ticket

# constraint: what the ticket is before, and the statement that must not be (a blank tells two of a name apart)
BROKEN = {
    # PostgreSQL checks in the order of the names
    "ticket_status_known|ticket_is_open_fits_status": ("waiting", "UPDATE tickets_ticket SET status = 'lost'"),
    "ticket_is_open_fits_status": ("waiting", "UPDATE tickets_ticket SET is_open = FALSE"),
    "ticket_reviewed_only_with_a_result": ("waiting", "UPDATE tickets_ticket SET status = 'waiting_review'"),
    "ticket_reviewed_only_with_a_result ": ("completed", "UPDATE tickets_ticket SET result_id = NULL"),
    "ticket_completed_has_a_time": ("completed", "UPDATE tickets_ticket SET completed_at = NULL"),
    "ticket_completed_has_a_time ": ("waiting", "UPDATE tickets_ticket SET completed_at = created_at"),
    "ticket_deadline_after_start": ("waiting", "UPDATE tickets_ticket SET due_at = created_at"),
    "ticket_has_a_problem": ("waiting", "UPDATE tickets_ticket SET problem = ''"),
    "round_deadline_after_start": (
        "waiting", "UPDATE tickets_round SET due_at = started_at, warn_at = started_at, critical_at = started_at",
    ),
    "round_deadline_after_start ": ("waiting", "UPDATE tickets_round SET started_at = due_at"),
    "round_runs_only_while_open_and_unsubmitted": (
        "waiting", "UPDATE tickets_round SET submitted_at = started_at",
    ),
    "round_runs_only_while_open_and_unsubmitted ": (
        "cancelled", "UPDATE tickets_round SET is_running = TRUE",
    ),
    "round_closed_has_a_time": ("completed", "UPDATE tickets_round SET closed_at = NULL"),
    "round_closed_has_a_time ": ("completed", "UPDATE tickets_round SET is_open = TRUE"),
    "round_submitted_after_start": ("submitted", "UPDATE tickets_round SET submitted_at = '2001-01-01'"),
    "round_late_is_recorded": ("submitted", "UPDATE tickets_round SET submitted_at = due_at"),
    "round_closed_late_is_recorded": ("cancelled", "UPDATE tickets_round SET closed_at = due_at"),
    "round_overdue_has_a_record_time": ("waiting", "UPDATE tickets_round SET overdue_at = due_at, alert_level = 3"),
    "round_overdue_has_a_record_time ": (
        "waiting", "UPDATE tickets_round SET overdue_at = due_at, alert_level = 3, overdue_recorded_at = started_at",
    ),
    "deadline_scan_one_row": (
        "waiting", "INSERT INTO tickets_deadlinescan (id, finished_at, flagged) VALUES (2, '2026-11-23', 0)",
    ),
    "policy_warns_before_the_deadline": ("waiting", "UPDATE tickets_policy SET warning_minutes = deadline_minutes"),
    "user_merchant_fits_role": ("waiting", "UPDATE merchants_user SET merchant_id = NULL"),
    "user_merchant_fits_role ": ("waiting", "UPDATE merchants_user SET role = 'support' WHERE merchant_id IS NOT NULL"),
    "user_only_admins_reach_the_admin": ("waiting", "UPDATE merchants_user SET is_staff = TRUE"),
    "order_has_a_number": ("waiting", "UPDATE orders_order SET number = ''"),
}  # fmt: skip
MAKE = {
    "waiting": TicketFactory,
    "submitted": submitted_ticket,
    "completed": completed_ticket,
    "cancelled": cancelled_ticket,
}


def refused(*names: str):
    """Refused by one of these; SQLite names the columns of a unique key instead of the key."""
    return pytest.raises(IntegrityError, match="|".join(names))


@pytest.mark.parametrize(("name", "state", "sql"), [(name.strip(), *case) for name, case in BROKEN.items()])
def test_the_database_refuses_what_must_never_be(name, state, sql, order_a, dianyuan):
    MAKE[state](order=order_a)
    with refused(name), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_ticket_has_one_open_round_at_most(order_a):
    ticket = returned_ticket(order=order_a)
    with refused("round_one_open_per_ticket", "tickets_round.ticket_id"), transaction.atomic():
        Round.objects.filter(ticket=ticket, number=1).update(is_open=True, closed_at=None)


def test_a_round_number_is_given_once_per_ticket(order_a):
    ticket = returned_ticket(order=order_a)
    with refused("round_number_once_per_ticket", "tickets_round.number"), transaction.atomic():
        Round.objects.filter(ticket=ticket, number=1).update(number=2)


def test_a_ticket_number_is_given_once(order_a):
    first, second = TicketFactory(order=order_a), TicketFactory(order=order_a)
    with refused("tickets_ticket.number", "tickets_ticket_number"), transaction.atomic():
        Ticket.objects.filter(pk=second.pk).update(number=first.number)


def test_a_round_has_one_result_at_most(order_a):
    result = submitted_ticket(order=order_a).result
    result.pk = None
    with refused("tickets_result.round_id", "tickets_result_round_id"), transaction.atomic():
        result.save(force_insert=True)


@pytest.mark.parametrize("kind", ["submitted", "overdue"])
def test_such_an_event_happens_once_per_round(kind, order_a):
    ticket = submitted_ticket(order=order_a, opened_ago=timedelta(hours=9), after=timedelta(hours=5))
    event = ticket.events.get(kind=kind)
    event.pk = None
    with refused(f"event_{kind}_once_per_round", "tickets_event.round_id"), transaction.atomic():
        event.save(force_insert=True)


def test_an_event_is_of_a_known_kind(order_a):
    event = TicketFactory(order=order_a).events.get()
    event.pk, event.kind = None, "vanished"
    with refused("event_kind_known"), transaction.atomic():
        event.save(force_insert=True)


def test_a_return_has_a_reason_and_nothing_else_but_an_answer_has(order_a):
    returned = returned_ticket(order=order_a).events.get(kind="returned")
    for kind, reason_name in [("returned", ""), ("approved", "答非所问")]:
        returned.pk, returned.kind, returned.reason_name = None, kind, reason_name
        with refused("event_returned_for_a_reason"), transaction.atomic():
            returned.save(force_insert=True)


@pytest.mark.parametrize(
    ("outcome", "text", "reason", "name"),
    [
        ("solved", "已处理", "", "result_text_long_enough"),
        ("solved", "\u3164\u200b\u2060" * 10, "", "result_text_long_enough"),
        ("solved", "哈" * 30, "", "result_text_is_not_one_character"),
        ("fine", "已联系消费者，今天补发", "", "result_outcome_known"),
        ("unsolved", "已联系消费者，今天补发", "", "result_failed_for_a_reason"),
        ("platform", "已联系消费者，今天补发", "", "result_failed_for_a_reason"),
        ("solved", "已联系消费者，今天补发", "缺货", "result_failed_for_a_reason"),
    ],
)
def test_a_result_that_goes_around_the_model_is_still_no_empty_one(
    outcome, text, reason, name, order_a, dianyuan
):
    ticket = TicketFactory(order=order_a)
    with refused(name), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tickets_result (round_id, outcome, text, reason_name, submitted_by_id, submitted_at)"
            " VALUES (%s, %s, %s, %s, %s, '2026-11-23 06:00:00')",
            [ticket.first_round.pk, outcome, text, reason, dianyuan.pk],
        )


@pytest.mark.django_db
@pytest.mark.parametrize("category", [None, "物流配送"])
def test_a_policy_is_set_once_per_urgency_and_category(category):
    category = category and CategoryFactory(name=category)
    always = Calendar.objects.get(is_always=True)
    times = {"urgency": "urgent", "warning_minutes": 1, "deadline_minutes": 2, "calendar": always}
    if category:
        Policy.objects.create(category=category, **times)
    with refused("policy_once_per_", "tickets_policy.urgency"), transaction.atomic():
        Policy.objects.create(category=category, **times)


def test_people_of_the_mall_have_no_merchant(merchant_a):
    with refused("user_merchant_fits_role"), transaction.atomic():
        User.objects.create(username="x", name="x", role="manager", merchant=merchant_a)


def test_nothing_was_left_behind_by_a_refusal(order_a):
    ticket = TicketFactory(order=order_a)
    with pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.filter(pk=ticket.pk).update(status="completed")
    assert Ticket.objects.get(pk=ticket.pk).status == "waiting_merchant"
    assert (Result.objects.count(), Event.objects.count()) == (0, 1)
