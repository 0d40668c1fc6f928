"""The one clock: the database's. Pages, verbs and the scan never disagree about what time it is."""

from datetime import UTC, datetime

from django.db import connection

SQL = {
    "postgresql": "SELECT clock_timestamp()",
    "sqlite": "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')",
}


def database_now() -> datetime:
    """The database's time, aware, in UTC. Costs one statement."""
    with connection.cursor() as cursor:
        cursor.execute(SQL[connection.vendor])
        (now,) = cursor.fetchone()
    return datetime.fromisoformat(now).replace(tzinfo=UTC) if isinstance(now, str) else now
