"""The deadline scan: records which running rounds have passed their deadline.

It costs what is newly late, whatever the number of tickets: a partial index holds exactly the rounds that could
still become late. Each batch is one transaction; killing the scan loses nothing but the batch in hand, which the
next run takes up again. Several scans at once share the work: on PostgreSQL they skip each other's rows, on SQLite
they wait for each other.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F

from .clock import database_now
from .lifecycle import EventKind
from .models import DeadlineScan, Round
from .models.event import SYSTEM_NAME, SYSTEM_ROLE

BATCH = 1_000
# SQLite takes 32,766 parameters in a statement, and a longer transaction would keep others waiting.
BATCH_LIMIT = 10_000

# What both databases write for a round that became late, given a set of rounds called ``flagged``.
EVENTS = """
INSERT INTO tickets_event (ticket_id, round_id, kind, actor_id, actor_name, actor_role,
                           from_status, to_status, text, occurred_at, recorded_at)
SELECT ticket_id, id, %(kind)s, NULL, %(name)s, %(role)s,
       'waiting_merchant', 'waiting_merchant', '', overdue_at, overdue_recorded_at
FROM flagged
"""

POSTGRESQL = f"""
WITH due AS MATERIALIZED (
    SELECT id FROM tickets_round
    WHERE is_running AND overdue_at IS NULL AND due_at <= %(now)s
    ORDER BY due_at LIMIT %(batch)s FOR NO KEY UPDATE SKIP LOCKED
), flagged AS (
    UPDATE tickets_round AS late SET overdue_at = late.due_at, overdue_recorded_at = %(now)s
    FROM due WHERE late.id = due.id
    RETURNING late.id, late.ticket_id, late.overdue_at, late.overdue_recorded_at
)
{EVENTS}
"""  # noqa: S608 (constants only)

# SQLite has no data-modifying WITH; the transaction holds the write lock, so three steps are as good as one.
SQLITE = f"""
WITH flagged AS (
    SELECT id, ticket_id, overdue_at, overdue_recorded_at FROM tickets_round
    WHERE id IN (SELECT value FROM json_each(%(ids)s))
)
{EVENTS}
"""  # noqa: S608 (constants only)


@dataclass(frozen=True)
class Scan:
    """What one scan did. ``scanned_at`` is the database's time at its start; ``flagged`` the rounds it recorded."""

    scanned_at: datetime
    flagged: int


def count_newly_overdue() -> Scan:
    """What a scan would record now; nothing is written."""
    now = database_now()
    return Scan(now, Round.objects.newly_overdue(now).count())


def run(batch: int = BATCH, on_batch: Callable[[int], None] = lambda done: None) -> Scan:
    """Record every round that is late by now, ``batch`` rounds a transaction; ``on_batch`` hears of each.

    Rounds whose deadline passes while it runs wait for the next scan, so that it always ends.
    """
    now = database_now()
    flagged = 0
    while done := _flag_batch(now, batch):
        flagged += done
        on_batch(done)
    DeadlineScan.note(database_now(), flagged)
    return Scan(now, flagged)


def _flag_batch(now: datetime, batch: int) -> int:
    """Record the ``batch`` rounds that have been late for longest; returns how many there were."""
    record = {"kind": EventKind.OVERDUE.value, "name": SYSTEM_NAME, "role": SYSTEM_ROLE}
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL, {**record, "now": now, "batch": batch})
            return cursor.rowcount
        due = Round.objects.newly_overdue(now).order_by("due_at").values_list("pk", flat=True)
        ids = list(due[:batch])
        Round.objects.filter(pk__in=ids).update(overdue_at=F("due_at"), overdue_recorded_at=now)
        cursor.execute(SQLITE, {**record, "ids": json.dumps(ids)})
        return len(ids)
