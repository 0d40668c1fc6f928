"""The alert ladder is told by the worker: the highest rung only, once, with its true time."""

import re
from datetime import time, timedelta
from unittest import mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from merchants.access import Role
from tests.factories import (
    REASON,
    RobotFactory,
    TicketFactory,
    UserFactory,
    submit,
    waiting_tickets,
)
from tickets import scanning
from tickets.clock import database_now
from tickets.models import Delivery, Notice, NoticeKind, NoticePreference, Round
from tickets.notifying.announcing import announce_alerts

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
MERCHANT = {"shangjia", "dianyuan"}


def scan(at) -> None:
    with mock.patch.object(scanning, "database_now", return_value=at):
        scanning.run()


def tell(at=None) -> int:
    return announce_alerts(at or database_now())


def alerts() -> list[tuple[str, set[str]]]:
    """What was told of the ladder, and to whom, in order."""
    rows = Notice.objects.filter(key__startswith="alert:").order_by("key")
    told: dict[str, set[str]] = {}
    for row in rows:
        told.setdefault(row.kind, set()).add(row.recipient.username)
    return list(told.items())


def test_each_rung_goes_to_those_it_concerns(order_a, everybody, kefu):
    ticket = TicketFactory(order=order_a, by_user=kefu, opened_ago=48 * HOUR)
    for hours in (2, 3.5, 4):
        scan(ticket.created_at + hours * HOUR)
        assert tell() == 1
    assert alerts() == [
        (NoticeKind.WARNING, {"dianyuan"}),
        (NoticeKind.CRITICAL, MERCHANT),
        (NoticeKind.URGENT, MERCHANT | {"kefu"}),
    ]


def test_without_staff_the_owner_hears_the_first_warning(order_b, kefu, shangjia2):
    ticket = TicketFactory(order=order_b, by_user=kefu, opened_ago=48 * HOUR)
    scan(ticket.created_at + 2 * HOUR)
    tell()
    assert alerts() == [(NoticeKind.WARNING, {"shangjia2"})]


def test_after_a_standstill_only_the_highest_rung_is_told_with_its_true_time(order_a, dianyuan, kefu):
    ticket = TicketFactory(order=order_a, by_user=kefu, opened_ago=48 * HOUR)
    scanning.run()
    tell()
    (notice,) = Notice.objects.filter(recipient=dianyuan, key__startswith="alert:")
    due = timezone.localtime(ticket.created_at + 4 * HOUR).strftime("%Y-%m-%d %H:%M")
    assert notice.kind == NoticeKind.URGENT
    assert notice.key == f"alert:{ticket.rounds.get().pk}:3"
    assert notice.text.endswith(f"已于 {due} 超过截止时间")


def test_it_is_told_once(order_a, dianyuan, kefu):
    TicketFactory(order=order_a, by_user=kefu, opened_ago=48 * HOUR)
    scanning.run()
    assert [tell(), tell()] == [1, 0]
    assert Round.objects.get().told_level == 3


def test_groups_hear_the_merchants_rungs_and_customer_service_the_last(order_a, kefu):
    theirs, service = RobotFactory(merchant=order_a.merchant), RobotFactory(merchant=None)
    ticket = TicketFactory(order=order_a, by_user=kefu, opened_ago=48 * HOUR)
    for hours in (2, 4):
        scan(ticket.created_at + hours * HOUR)
        tell()
    heard = [
        (row.robot, row.kind) for row in Delivery.objects.filter(key__startswith="alert:").order_by("pk")
    ]
    assert heard == [(theirs, "warning"), (theirs, "urgent"), (service, "urgent")]


def test_a_warning_of_a_clock_that_stands_is_not_told(order_a, dianyuan, kefu):
    ticket = TicketFactory(order=order_a, by_user=kefu, opened_ago=48 * HOUR)
    scan(ticket.created_at + 2 * HOUR)
    submit(ticket, ticket.created_at + 2 * HOUR)
    assert tell() == 1
    assert alerts() == []
    assert Round.objects.get().told_level == 1


def test_a_missed_deadline_is_told_to_customer_service_though_the_answer_has_come(order_a, dianyuan, kefu):
    RobotFactory(merchant=order_a.merchant)
    service = RobotFactory(merchant=None)
    ticket = TicketFactory(order=order_a, by_user=kefu, opened_ago=48 * HOUR)
    submit(ticket, ticket.created_at + 5 * HOUR)
    tell()
    assert alerts() == [(NoticeKind.URGENT, {"kefu"})]
    assert [row.robot for row in Delivery.objects.filter(key__startswith="alert:")] == [service]
    assert "才提交" in Notice.objects.get(key__startswith="alert:").text


def test_of_a_cancelled_ticket_nothing_is_told(order_a, dianyuan, kefu):
    ticket = TicketFactory(order=order_a, by_user=kefu, opened_ago=48 * HOUR)
    ticket.cancel(by_user=kefu, reason=REASON)
    assert tell() == 1
    assert alerts() == []


def test_an_urgent_alert_does_not_wait_for_the_end_of_quiet_hours(order_a, kefu):
    quiet = {"quiet_from": time(0), "quiet_to": time(23, 59)}
    person = UserFactory(staff_of=order_a.merchant, email="d@example.com")
    NoticePreference.objects.create(person=person, **quiet)
    RobotFactory(merchant=order_a.merchant, **quiet)
    day = timezone.localtime(database_now()).replace(hour=12) - 2 * HOUR * 24
    ticket = TicketFactory(order=order_a, by_user=kefu, at=day)
    moments = []
    for hours in (3.5, 4):
        at = ticket.created_at + hours * HOUR
        scan(at)
        tell(at)
        moments.append(set(Delivery.objects.filter(created_at=at).values_list("next_attempt_at", flat=True)))
    assert moments == [
        {day.replace(hour=23, minute=59, second=0, microsecond=0)},
        {ticket.created_at + 4 * HOUR},
    ]


@pytest.mark.parametrize(("batch", "taken"), [(2, [2, 2, 1, 0]), (5, [5, 0])])
def test_a_batch_at_a_time(batch, taken, order_a, kefu, dianyuan):
    waiting_tickets(5, order_a, kefu, database_now() - HOUR)
    scanning.run()
    now = database_now()
    assert [announce_alerts(now, batch=batch) for _ in taken] == taken
    assert Notice.objects.filter(recipient=dianyuan, key__startswith="alert:").count() == 5


def test_a_batch_costs_the_same_statements_for_one_and_for_fifty(order_a, order_b, everybody, kefu):
    RobotFactory(merchant=order_a.merchant)
    counts = []
    for how_many in (1, 50):
        waiting_tickets(how_many, order_a, kefu, database_now() - HOUR)
        scanning.run()
        with CaptureQueriesContext(connection) as captured:
            assert tell() == how_many
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 11  # two of them are the savepoint that stands for the transaction here


def test_the_scan_itself_writes_no_notices(order_a, dianyuan, kefu):
    waiting_tickets(3, order_a, kefu, database_now() - HOUR)
    with CaptureQueriesContext(connection) as captured:
        scanning.run()
    assert not [query for query in captured if "notice" in query["sql"] or "delivery" in query["sql"]]


def test_what_is_to_be_told_is_found_by_its_partial_index(order_a, kefu):
    waiting_tickets(1_500, order_a, kefu, database_now() + HOUR)
    with CaptureQueriesContext(connection) as captured:
        tell()
    (search,) = [query["sql"] for query in captured if "tickets_round" in query["sql"]]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tickets_round")
        cursor.execute(f"{'EXPLAIN' if connection.vendor == 'postgresql' else 'EXPLAIN QUERY PLAN'} {search}")
        plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
    assert re.search(r"round_to_be_told", plan), plan


def test_managers_hear_of_a_missed_deadline_when_the_account_that_opened_is_out_of_use(order_a, kefu):
    boss = UserFactory(role=Role.MANAGER, username="boss")
    TicketFactory(order=order_a, by_user=kefu, opened_ago=48 * HOUR)
    kefu.is_active = False
    kefu.save()
    scanning.run()
    tell()
    assert [notice.recipient for notice in Notice.objects.filter(key__startswith="alert:")] == [boss]
