"""The deadline scan: climbs the alert ladder of running rounds, and wakes tickets whose hold has ended.

It costs what newly happened, whatever the number of tickets: a partial index holds the next alert of each running
round, and nothing else. Each batch is one transaction; killing the scan loses nothing but the batch in hand, which
the next run takes up again. Several scans at once share the work: on PostgreSQL they skip each other's rows, on
SQLite they wait for each other. After a standstill every rung is recorded with its true time, in one go.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from .clock import database_now
from .lifecycle import AlreadyHandled, EventKind
from .models import DeadlineScan, Pause, Round, Ticket
from .models.event import SYSTEM_NAME, SYSTEM_ROLE
from .worktime import NoServiceTime

logger = logging.getLogger(__name__)

BATCH = 2_000
# SQLite takes 32,766 parameters in a statement, and a longer transaction would keep others waiting.
BATCH_LIMIT = 10_000

# The rungs of a round called r, as rows (level, moment).
LADDER = "(VALUES (1), (2), (3)) AS rung(level)"
MOMENT = "CASE rung.level WHEN 1 THEN r.warn_at WHEN 2 THEN r.critical_at ELSE r.due_at END"

# A row's place holds from its locking to the end of the statement. Where a verb has moved it in between it is passed
# by, and the next scan looks at it again.
POSTGRESQL = f"""
WITH due AS MATERIALIZED (
    SELECT ctid AS place, alert_level AS was FROM tickets_round
    WHERE next_alert_at IS NOT NULL AND next_alert_at <= %(now)s
    ORDER BY next_alert_at LIMIT %(batch)s FOR NO KEY UPDATE SKIP LOCKED
), climbed AS (
    UPDATE tickets_round AS r SET
        alert_level = CASE WHEN r.due_at <= %(now)s THEN 3 WHEN r.critical_at <= %(now)s THEN 2 ELSE 1 END,
        next_alert_at = CASE WHEN r.due_at <= %(now)s THEN NULL
                             WHEN r.critical_at <= %(now)s THEN r.due_at ELSE r.critical_at END,
        overdue_at = CASE WHEN r.due_at <= %(now)s THEN r.due_at END,
        overdue_recorded_at = CASE WHEN r.due_at <= %(now)s THEN %(now)s::timestamptz END
    FROM due WHERE r.ctid = due.place
    RETURNING r.id, r.ticket_id, due.was, r.alert_level, r.warn_at, r.critical_at, r.due_at
), alerts AS (
    INSERT INTO tickets_alert (ticket_id, round_id, level, occurred_at, recorded_at)
    SELECT r.ticket_id, r.id, rung.level, {MOMENT}, %(now)s
    FROM climbed AS r JOIN {LADDER} ON rung.level > r.was AND rung.level <= r.alert_level
), events AS (
    INSERT INTO tickets_event (ticket_id, round_id, kind, actor_id, actor_name, actor_role,
                               from_status, to_status, text, occurred_at, recorded_at)
    SELECT ticket_id, id, %(kind)s, NULL, %(name)s, %(role)s,
           'waiting_merchant', 'waiting_merchant', '', due_at, %(now)s
    FROM climbed WHERE alert_level = 3
)
SELECT count(*), count(*) FILTER (WHERE alert_level = 3) FROM climbed
"""  # noqa: S608 (constants only)

# SQLite has no data-modifying WITH; the transaction holds the write lock, so three steps are as good as one.
SQLITE_ALERTS = f"""
INSERT INTO tickets_alert (ticket_id, round_id, level, occurred_at, recorded_at)
SELECT r.ticket_id, r.id, rung.level, {MOMENT}, %(now)s
FROM tickets_round AS r
JOIN (SELECT 1 AS level UNION ALL SELECT 2 UNION ALL SELECT 3) AS rung
WHERE r.id IN (SELECT value FROM json_each(%(ids)s)) AND rung.level > r.alert_level AND {MOMENT} <= %(now)s
"""  # noqa: S608 (constants only)
SQLITE_EVENTS = """
INSERT INTO tickets_event (ticket_id, round_id, kind, actor_id, actor_name, actor_role,
                           from_status, to_status, text, occurred_at, recorded_at)
SELECT ticket_id, id, %(kind)s, NULL, %(name)s, %(role)s,
       'waiting_merchant', 'waiting_merchant', '', due_at, %(now)s
FROM tickets_round WHERE id IN (SELECT value FROM json_each(%(ids)s)) AND due_at <= %(now)s
"""
SQLITE_ROUNDS = """
UPDATE tickets_round SET
    alert_level = CASE WHEN due_at <= %(now)s THEN 3 WHEN critical_at <= %(now)s THEN 2 ELSE 1 END,
    next_alert_at = CASE WHEN due_at <= %(now)s THEN NULL WHEN critical_at <= %(now)s THEN due_at ELSE critical_at END,
    overdue_at = CASE WHEN due_at <= %(now)s THEN due_at END,
    overdue_recorded_at = CASE WHEN due_at <= %(now)s THEN %(now)s END
WHERE id IN (SELECT value FROM json_each(%(ids)s))
"""


@dataclass(frozen=True)
class Scan:
    """What one scan did. ``scanned_at`` is the database's time at its start.

    ``flagged`` counts rounds newly recorded as overdue, ``alerted`` all rounds that climbed (those included), and
    ``resumed`` tickets whose hold had ended.
    """

    scanned_at: datetime
    flagged: int = 0
    alerted: int = 0
    resumed: int = 0

    def __add__(self, other: "Scan") -> "Scan":
        return Scan(
            self.scanned_at,
            self.flagged + other.flagged,
            self.alerted + other.alerted,
            self.resumed + other.resumed,
        )


def count_newly_overdue() -> Scan:
    """What a scan would record now; nothing is written."""
    now = database_now()
    return Scan(
        now,
        flagged=Round.objects.newly_overdue(now).count(),
        alerted=Round.objects.alert_due(now).count(),
        resumed=_pauses_over(now).count(),
    )


def run(batch: int = BATCH, on_batch: Callable[[int], None] = lambda done: None) -> Scan:
    """Resume what was held until now, then record every rung reached by now, ``batch`` rounds a transaction.

    ``on_batch`` hears how many rounds each transaction took. Rounds that reach a rung while it runs wait for the next
    scan, so that it always ends.
    """
    now = database_now()
    total = Scan(now, resumed=_resume_all(now))
    while (done := _climb_batch(now, batch)).alerted:
        total += done
        on_batch(done.alerted)
        if done.alerted < batch:
            break
    DeadlineScan.note(database_now(), total.flagged)
    return total


def _pauses_over(now: datetime):
    return Pause.objects.filter(ended_at__isnull=True, until__lte=now)


def _resume_all(now: datetime) -> int:
    """Resume each ticket whose next contact time has come, at exactly that time; few at once, so through the verb."""
    resumed = 0
    for ticket_id in list(_pauses_over(now).values_list("round__ticket", flat=True)):
        try:
            Ticket.objects.get(pk=ticket_id).resume(at=now)
        except AlreadyHandled:  # somebody resumed it a moment ago, or cancelled it, or held it anew
            continue
        except (NoServiceTime, OverflowError):
            # Its calendar has no hours left. It stays held and is said; the scan goes on for all the others.
            logger.exception("ticket %s cannot be resumed", ticket_id)
            continue
        resumed += 1
    return resumed


def _climb_batch(now: datetime, batch: int) -> Scan:
    """The ``batch`` rounds whose next rung has been due for longest."""
    record = {"kind": EventKind.OVERDUE.value, "name": SYSTEM_NAME, "role": SYSTEM_ROLE}
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL, {**record, "now": now, "batch": batch})
            alerted, flagged = cursor.fetchone()
            return Scan(now, flagged, alerted)
        due = Round.objects.alert_due(now).order_by("next_alert_at").values_list("pk", flat=True)
        ids = list(due[:batch])
        values = {"ids": json.dumps(ids), "now": connection.ops.adapt_datetimefield_value(now)}
        cursor.execute(SQLITE_ALERTS, values)
        cursor.execute(SQLITE_EVENTS, {**record, **values})
        flagged = cursor.rowcount
        cursor.execute(SQLITE_ROUNDS, values)
        return Scan(now, flagged, len(ids))
