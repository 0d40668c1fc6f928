"""The deadline scan: it records what is late, all of it, once, with the true time."""

import json
import os
import re
import subprocess
import sys
from datetime import datetime, timedelta
from io import StringIO
from unittest import mock

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from tests.factories import (
    TicketFactory,
    cancelled_ticket,
    completed_ticket,
    returned_ticket,
    submitted_ticket,
    waiting_tickets,
)
from tests.rows import kinds_of, rows_of
from tickets import scanning
from tickets.clock import database_now
from tickets.models import DeadlineScan, Event, Round, Ticket

pytestmark = pytest.mark.django_db


def flag_overdue_tickets(*options: str) -> str:
    out = StringIO()
    call_command("flag_overdue_tickets", *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def late(order_a) -> Ticket:
    return TicketFactory(order=order_a, opened_ago=timedelta(hours=5))


# ---- what it records ----


def test_it_records_the_deadline_itself_and_when_it_was_noticed(late):
    scan = scanning.run()
    round_, event = late.rounds.get(), late.events.get(kind="overdue")
    assert scan.flagged == 1
    assert round_.overdue_at == event.occurred_at == late.due_at == late.created_at + timedelta(hours=4)
    assert round_.overdue_recorded_at == event.recorded_at == scan.scanned_at
    assert (event.round, event.actor, event.actor_name, event.actor_role) == (
        round_, None, "系统", "定时检查",
    )  # fmt: skip
    assert event.from_status == event.to_status == "waiting_merchant"


def test_the_ticket_goes_on_as_it_was(late, dianyuan):
    before = rows_of(late)["ticket"]
    scanning.run()
    assert rows_of(late)["ticket"] == before
    assert late.rounds.get().is_running


def test_it_finds_exactly_the_late_ones(order_a, late):
    day = timedelta(days=1)
    soon = TicketFactory(order=order_a, opened_ago=timedelta(hours=3))
    others = [
        TicketFactory(order=order_a),
        submitted_ticket(order=order_a, opened_ago=day),
        completed_ticket(order=order_a, opened_ago=day),
        cancelled_ticket(order=order_a, opened_ago=day),
        submitted_ticket(order=order_a, opened_ago=day, after=timedelta(hours=5)),
    ]
    before = [rows_of(ticket) for ticket in others]
    assert scanning.run().flagged == 1
    assert [rows_of(ticket) for ticket in others] == before
    assert kinds_of(late) == ["opened", "overdue"]
    assert kinds_of(soon) == ["opened"]
    assert soon.rounds.get().overdue_at is None


def test_a_round_is_late_at_its_deadline_and_not_a_moment_earlier(order_a):
    now = database_now()
    at_the_deadline, just_before = (
        TicketFactory(order=order_a, at=now - timedelta(hours=4) + left)
        for left in (timedelta(), timedelta(milliseconds=1))
    )
    with mock.patch.object(scanning, "database_now", return_value=now):
        assert scanning.run().flagged == 1
    assert at_the_deadline.rounds.get().overdue_at == now
    assert just_before.rounds.get().overdue_at is None


def test_after_days_without_a_scan_the_true_times_are_written(order_a):
    tickets = [TicketFactory(order=order_a, opened_ago=timedelta(days=days)) for days in (1, 3, 9)]
    assert scanning.run().flagged == 3
    for ticket in tickets:
        assert ticket.rounds.get().overdue_at == ticket.created_at + timedelta(hours=4)


def test_each_late_round_of_a_ticket_is_recorded(order_a):
    ticket = returned_ticket(order=order_a, opened_ago=timedelta(days=1), after=timedelta(hours=5))
    assert scanning.run().flagged == 1
    assert kinds_of(ticket) == ["opened", "overdue", "submitted", "returned", "overdue"]
    assert all(ticket.rounds.values_list("overdue_at", flat=True))


def test_a_second_scan_does_nothing(late):
    scanning.run()
    before = rows_of(late)
    assert scanning.run().flagged == 0
    assert rows_of(late) == before


@pytest.mark.parametrize(("batch", "batches"), [(1, [1] * 7), (3, [3, 3, 1]), (7, [7]), (1_000, [7])])
def test_whatever_the_batch_all_are_recorded(batch, batches, order_a, kefu):
    tickets = waiting_tickets(7, order_a, kefu, database_now() - timedelta(minutes=5))
    done = []
    assert scanning.run(batch, on_batch=done.append).flagged == 7
    assert done == batches
    assert Event.objects.filter(kind="overdue", ticket__in=tickets).count() == 7
    assert not Round.objects.filter(overdue_at__isnull=True).exists()


def test_the_longest_late_come_first(order_a):
    tickets = [TicketFactory(order=order_a, opened_ago=timedelta(hours=hours)) for hours in (5, 9, 7)]
    scanning._climb_batch(database_now(), 1)
    assert [ticket.rounds.get().overdue_at is not None for ticket in tickets] == [False, True, False]


def test_what_becomes_late_meanwhile_waits_for_the_next_scan(order_a, late):
    meanwhile = []

    def another(_):
        if not meanwhile:  # its warnings are due already, which is another batch
            meanwhile.append(TicketFactory(order=order_a, at=database_now() - timedelta(hours=4)))

    assert scanning.run(on_batch=another).flagged == 1
    assert scanning.run(on_batch=another).flagged == 1


# ---- what it costs ----


@pytest.mark.parametrize("how_many", [1, 50])
def test_a_batch_costs_the_same_statements_whatever_is_in_it(
    how_many, order_a, kefu, django_assert_max_num_queries
):
    now = database_now()
    waiting_tickets(how_many, order_a, kefu, now - timedelta(minutes=5))
    with django_assert_max_num_queries(
        6
    ):  # two of them are the savepoint that stands for the transaction here
        assert scanning._climb_batch(now, 1_000).flagged == how_many


def plan(sql: str) -> str:
    """How the database would go about it, with the statistics of now."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tickets_round")
        cursor.execute(f"{'EXPLAIN' if connection.vendor == 'postgresql' else 'EXPLAIN QUERY PLAN'} {sql}")
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def statements_of(work) -> list[str]:
    """The statements about rounds that ``work`` sends to the database."""
    with CaptureQueriesContext(connection) as captured:
        work()
    return [query["sql"] for query in captured if "tickets_round" in query["sql"]]


def test_it_looks_only_into_the_partial_index_of_what_may_become_late(order_a, kefu):
    """Most rounds are over, or recorded already: a scan must not walk through them."""
    now = database_now()
    waiting_tickets(1_500, order_a, kefu, now - timedelta(hours=1))
    scanning.run()
    waiting_tickets(100, order_a, kefu, now + timedelta(hours=1))
    search = statements_of(lambda: scanning._climb_batch(now, 1_000))[0]
    index = r"(Index Scan|SEARCH tickets_round) USING (COVERING )?(INDEX )?round_next_alert"
    assert re.search(index, plan(search), re.I)


def test_the_running_late_rounds_are_found_by_an_index_in_their_order(order_a, kefu):
    now = database_now()
    waiting_tickets(1_500, order_a, kefu, now + timedelta(hours=1))
    (listing,) = statements_of(lambda: list(Round.objects.overdue(now).order_by("due_at", "id")[:50]))
    steps = plan(listing)
    assert "round_running_by_due" in steps
    assert "sort" not in steps.lower()


def test_late_submissions_are_found_by_their_own_index(order_a, kefu):
    waiting_tickets(1_500, order_a, kefu, database_now() + timedelta(hours=1))
    newest = Round.objects.submitted_late().order_by("-submitted_at", "-id")[:50]
    (listing,) = statements_of(lambda: list(newest))
    steps = plan(listing)
    assert "round_submitted_late" in steps
    assert "sort" not in steps.lower()


# ---- that it happened ----


def test_a_finished_scan_is_noted(late):
    assert DeadlineScan.age() is None
    scanning.run()
    scan = DeadlineScan.objects.get()
    assert scan.flagged == 1
    assert timedelta() <= DeadlineScan.age() < DeadlineScan.STALE_AFTER


def test_the_note_is_one_row_that_the_last_scan_owns(late):
    scanning.run()
    first = DeadlineScan.objects.get().finished_at
    scanning.run()
    assert DeadlineScan.objects.get().finished_at >= first
    assert DeadlineScan.objects.get().flagged == 0


def test_a_scan_that_broke_off_is_not_noted_and_loses_only_the_batch_in_hand(order_a, kefu):
    waiting_tickets(5, order_a, kefu, database_now() - timedelta(minutes=5))

    def power_cut(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scanning.run(2, on_batch=power_cut)
    assert DeadlineScan.age() is None
    assert Event.objects.filter(kind="overdue").count() == 2
    assert scanning.run(2).flagged == 3


# ---- the command ----


def test_it_says_what_it_did(late):
    assert "新记录超时 1 个轮次" in flag_overdue_tickets()
    assert "新记录超时 0 个轮次" in flag_overdue_tickets()


def test_json_is_one_line_for_machines(late):
    before = database_now()
    line = flag_overdue_tickets("--json")
    assert line.count("\n") == 1
    report = json.loads(line)
    assert set(report) == {"scanned_at", "flagged", "alerted", "resumed"}
    assert report["flagged"] == 1
    assert before <= datetime.fromisoformat(report["scanned_at"]) <= database_now()


def test_a_dry_run_counts_and_writes_nothing(late):
    before = rows_of(late)
    assert "1 个轮次待记录（未写入）" in flag_overdue_tickets("--dry-run")
    assert json.loads(flag_overdue_tickets("--dry-run", "--json"))["flagged"] == 1
    assert rows_of(late) == before
    assert DeadlineScan.age() is None


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--batch", "0"], "必须是大于 0 的整数"),
        (["--batch", "-5"], "必须是大于 0 的整数"),
        (["--every", "0"], "必须是大于 0 的整数"),
        (["--every", "-1"], "必须是大于 0 的整数"),
        (["--batch", "10001"], "--batch 最多 10000"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(options, sentence):
    with pytest.raises(CommandError, match=sentence):
        flag_overdue_tickets(*options)


@pytest.mark.parametrize("options", [[], ["--dry-run"], ["--json"]])
def test_a_lost_database_is_told_in_one_sentence(options):
    lost = OperationalError("server closed the connection unexpectedly\n")
    with mock.patch.object(scanning, "database_now", side_effect=lost), pytest.raises(CommandError) as told:
        flag_overdue_tickets(*options)
    assert str(told.value) == "数据库不可用，本次检查未完成：server closed the connection unexpectedly"
    assert told.value.returncode != 0


@pytest.mark.parametrize(
    "database_url",
    ["postgres://nobody@127.0.0.1:1/nowhere", "sqlite:////dev/null"],
    ids=["postgresql", "sqlite"],
)
def test_without_a_database_it_ends_with_a_status_a_sentence_and_no_traceback(database_url):
    done = subprocess.run(
        [sys.executable, "manage.py", "flag_overdue_tickets", "--json"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": database_url},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert "数据库不可用，本次检查未完成：" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
