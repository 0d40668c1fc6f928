"""The deadline scan at a million open rounds, side by side with the bare statements: ``make bench-scan``.

A PostgreSQL server of its own with its usual durability is started, filled, measured and removed. Bare statement and
scan take turns on rounds that have just become late; these climbed their second rung a while ago, as in the steady
state. docs/performance.md says how to read the table.
"""

import argparse
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import django
import psycopg
from django.db import connection, transaction
from tqdm import tqdm

from tests.databases import database_url, start_server

# What anybody gives PostgreSQL on such a machine; a commit is as durable as ever.
CONF = "shared_buffers = 1GB\nmax_wal_size = 8GB\njit = off\n"
MERCHANTS = 100

# Due in some hours, the first two rungs behind them and recorded.
SECOND_RUNG = [
    "UPDATE tickets_round SET alert_level = 2, told_level = 2, warn_at = now() - interval '1 hour',"
    " critical_at = now() - interval '10 minutes', due_at = now() + interval '5 hours',"
    " next_alert_at = now() + interval '5 hours', started_at = now() - interval '3 hours'",
    "INSERT INTO tickets_alert (ticket_id, round_id, level, occurred_at, recorded_at)"
    " SELECT ticket_id, id, level, now(), now() FROM tickets_round, generate_series(1, 2) AS level",
    "INSERT INTO tickets_event (ticket_id, round_id, kind, actor_name, actor_role, from_status, to_status, text,"
    " occurred_at, recorded_at) SELECT ticket_id, id, 'opened', '系统', '', '', 'waiting_merchant', '',"
    " started_at, started_at FROM tickets_round",
]
NEWLY_LATE = (
    "UPDATE tickets_round SET due_at = now() - interval '5 seconds', next_alert_at = now() - interval '5 seconds'"
    " WHERE id %% %(sets)s = %(number)s"
)
AS_BEFORE = [
    "DELETE FROM tickets_event WHERE kind = 'overdue'",
    "DELETE FROM tickets_alert WHERE level = 3",
    "UPDATE tickets_round SET alert_level = 2, overdue_at = NULL, overdue_recorded_at = NULL,"
    " due_at = now() + interval '5 hours', next_alert_at = now() + interval '5 hours' WHERE alert_level = 3",
]
VACUUM = "VACUUM (ANALYZE) tickets_round, tickets_alert, tickets_event"

BARE_UPDATE = (
    "UPDATE tickets_round SET alert_level = 3, next_alert_at = NULL, overdue_at = due_at,"
    " overdue_recorded_at = now() WHERE next_alert_at IS NOT NULL AND next_alert_at <= now()"
    " RETURNING id, ticket_id, due_at"
)
BARE_ALERTS = (
    "INSERT INTO tickets_alert (ticket_id, round_id, level, occurred_at, recorded_at)"
    " SELECT ticket_id, id, 3, due_at, now() FROM tickets_round WHERE overdue_recorded_at = now()"
)
BARE_EVENTS = (
    "INSERT INTO tickets_event (ticket_id, round_id, kind, actor_name, actor_role, from_status, to_status, text,"
    " occurred_at, recorded_at) SELECT ticket_id, id, 'overdue', '系统', '定时检查', 'waiting_merchant',"
    " 'waiting_merchant', '', due_at, now() FROM tickets_round WHERE overdue_recorded_at = now()"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1_000_000, help="open rounds (default %(default)s)")
    parser.add_argument("--repeat", type=int, default=7, help="measurements of each (default %(default)s)")
    options = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="qinqin-bench-"))
    server = start_server(directory / "postgresql", CONF)
    try:
        with psycopg.connect(
            database_url(server).replace("/qinqin?", "/postgres?"), autocommit=True
        ) as session:
            session.execute("CREATE DATABASE qinqin")
        prepare(database_url(server), options.rounds)
        show(measure(options.rounds, options.repeat))
    finally:
        connection.close()
        server.cleanup()
        shutil.rmtree(directory, ignore_errors=True)


def prepare(url: str, rounds: int) -> None:
    """A migrated database with so many open rounds on their second rung."""
    os.environ.update(
        DJANGO_SETTINGS_MODULE="qinqin.settings",
        DATABASE_URL=url,
        DATABASE_STATEMENT_TIMEOUT="3600",
        SECRET_KEY="a fixed key for a database that is thrown away",
        SITE_URL="http://localhost",
    )
    django.setup()
    from django.core.management import call_command

    from tests.factories import MerchantFactory, OrderFactory, UserFactory, waiting_tickets
    from tickets.clock import database_now

    call_command("migrate", verbosity=0)
    person, due_at = UserFactory(), database_now() + timedelta(hours=3)
    execute("SET session_replication_role = replica")  # no foreign-key checks while it is filled
    for _ in tqdm(range(MERCHANTS), desc="填入工单", unit="商户"):
        order = OrderFactory(merchant=MerchantFactory())
        waiting_tickets(rounds // MERCHANTS, order, person, due_at)
    execute("DELETE FROM tickets_event")
    for statement in tqdm([*SECOND_RUNG, VACUUM, "CHECKPOINT"], desc="到第二级", unit="步"):
        execute(statement)
    execute("SET session_replication_role = origin")


def measure(rounds: int, repeat: int) -> list[tuple]:
    """Lines of the table: what, how many rounds, seconds bare, seconds of the scan."""
    from tickets import scanning

    scanning.run()
    lines = [("没有到期的", 0, None, seconds(scanning.run, repeat))]
    for late in (1_000, rounds // 10):
        took: dict[str, list[float]] = {"bare": [], "scan": []}
        for number in tqdm(range(2 * repeat), desc=f"{late} 个新超时", unit="次"):
            make_late(number, rounds // late)
            which = ("bare", "scan")[(number + number // 2) % 2]
            work = {"scan": scanning.run, "bare": bare_update if late == 1_000 else bare_all}[which]
            took[which].append(one(work))
            assert as_many_late(late, with_history=which == "scan" or late > 1_000)
            as_before()
        lines.append(
            ("UPDATE" if late == 1_000 else "三条语句", late, *map(statistics.median, took.values()))
        )
    return lines


def bare_update() -> None:
    with connection.cursor() as cursor:
        cursor.execute(BARE_UPDATE)
        cursor.fetchall()


def bare_all() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BARE_UPDATE)
        cursor.fetchall()
        cursor.execute(BARE_ALERTS)
        cursor.execute(BARE_EVENTS)


def one(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def seconds(work: Callable[[], object], repeat: int) -> float:
    return statistics.median(one(work) for _ in range(repeat))


def make_late(number: int, sets: int) -> None:
    """One of ``sets`` equal parts of all rounds, spread over the whole table."""
    execute("SET session_replication_role = replica")
    execute(NEWLY_LATE, {"sets": sets, "number": number % sets})
    execute(VACUUM)
    execute("SET session_replication_role = origin")


def as_before() -> None:
    execute("SET session_replication_role = replica")
    for statement in AS_BEFORE:
        execute(statement)
    execute(VACUUM)
    execute("SET session_replication_role = origin")


def as_many_late(late: int, with_history: bool) -> bool:
    from tickets.models import Alert, Event, Round

    history = late if with_history else 0
    return (
        Round.objects.filter(overdue_at__isnull=False).count() == late
        and Event.objects.filter(kind="overdue").count() == history
        and Alert.objects.filter(level=3).count() == history
    )


def execute(statement: str, values: dict | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def show(lines: list[tuple]) -> None:
    print(f"{'新超时':>8}  {'裸语句':>10}  {'检查':>10}  {'倍数':>6}")
    for what, late, bare, scan in lines:
        print(
            f"{late:>8}  {f'{bare * 1000:.1f} ms' if bare else '—':>10}  {scan * 1000:>7.1f} ms"
            f"  {f'{scan / bare:.2f}' if bare else '—':>6}  {what}"
        )


if __name__ == "__main__":
    main()
