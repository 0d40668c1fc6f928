"""What a load remembers in the database it fills: the plan, the chunks that are done, what is to be built again.

A table of its own that the command makes and no migration knows: a house that nobody generated has none. Its presence
says that everything here was generated. Entries are written in the transaction of what they speak of, so that a load
that was interrupted goes on where it stood.
"""

from collections.abc import Iterable

from django.db import connection

from .plan import Plan

TABLE = "generated_load"
PLAN = "plan"


def is_there() -> bool:
    return TABLE in connection.introspection.table_names()


def begin(plan: Plan) -> None:
    """Makes the table; belongs in the transaction that writes the first rows."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {TABLE} (name varchar(200) PRIMARY KEY, value text NOT NULL)")
    note(PLAN, plan.written())


def note(name: str, value: str = "") -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {TABLE} (name, value) VALUES (%s, %s)", [name, value])  # noqa: S608


def forget(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE} WHERE name = %s", [name])  # noqa: S608


def entries(kind: str) -> dict[str, str]:
    """What is noted under ``kind:…``, by what follows the colon."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT name, value FROM {TABLE} WHERE name LIKE %s ORDER BY name", [f"{kind}:%"])  # noqa: S608
        return {name.removeprefix(f"{kind}:"): value for name, value in cursor.fetchall()}


def plan() -> Plan:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT value FROM {TABLE} WHERE name = %s", [PLAN])  # noqa: S608
        return Plan.read(cursor.fetchone()[0])


def chunks_left(plan: Plan) -> list[int]:
    done = set(map(int, entries("chunk")))
    return [chunk for chunk in range(plan.chunks) if chunk not in done]


def steps_left(names: Iterable[str]) -> list[str]:
    done = entries("step")
    return [name for name in names if name not in done]
