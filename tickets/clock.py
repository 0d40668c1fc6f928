"""The one clock: the database's. Pages, verbs and the scan never disagree about what time it is."""

from datetime import UTC, datetime

from django.db import connection, models

SQL = {
    "postgresql": "SELECT clock_timestamp()",
    "sqlite": "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')",
}


class ClockNow(models.Func):
    """The database's clock as a column of a query that is asked anyway; as ``database_now``."""

    output_field = models.DateTimeField()

    def as_sqlite(self, compiler, connection, **extra):
        return "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')", ()

    def as_postgresql(self, compiler, connection, **extra):
        return "clock_timestamp()", ()


def database_now() -> datetime:
    """The database's time, aware, in UTC. Costs one statement."""
    with connection.cursor() as cursor:
        cursor.execute(SQL[connection.vendor])
        (now,) = cursor.fetchone()
    return datetime.fromisoformat(now).replace(tzinfo=UTC) if isinstance(now, str) else now
