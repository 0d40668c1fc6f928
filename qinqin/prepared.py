"""Query sets that a busy page asks again and again: written as SQL once, planned once, and equal to the ORM's by birth.

Building the SQL of a list costs Django more than the database needs to answer it. ``Prepared`` has a query set
compiled once for each database; afterwards only the values of its slots differ. On PostgreSQL the statement is
prepared by the server (constants are literals in it, so that partial indexes serve it under a generic plan).
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import QuerySet
from psycopg import Cursor
from psycopg.sql import Literal
from psycopg.types.numeric import Int8

EPOCH = datetime(1900, 1, 1, tzinfo=UTC)
FIRST_NUMBER = 7_000_000_000_000_000


class Slots:
    """Where the values will be: attributes named ``NAME_at`` are moments, all others numbers; ``text`` is for texts."""

    def __init__(self):
        self.taken: dict[str, datetime | int | str] = {}

    def text(self, name: str) -> str:
        return self.taken.setdefault(name, f"\x01{name}")

    def __getattr__(self, name: str) -> datetime | int:
        number = len(self.taken) + 1
        stand_in = EPOCH + timedelta(microseconds=number) if name.endswith("_at") else FIRST_NUMBER + number
        return self.taken.setdefault(name, stand_in)


class Prepared:
    """``build`` makes the ``values()`` or ``values_list()`` query set from ``Slots``; it is called once."""

    def __init__(self, build: Callable[[Slots], QuerySet]):
        self.build = build
        self.compiled: dict[str, _Statement] = {}

    def rows(self, **values) -> list[tuple]:
        """The rows as tuples, in the order of the query set's columns. One statement."""
        return self._statement().rows(values)

    def dicts(self, **values) -> list[dict]:
        """The rows as ``values()`` gives them. One statement."""
        statement = self._statement()
        names = statement.names
        return [dict(zip(names, row, strict=True)) for row in statement.rows(values)]

    def _statement(self) -> "_Statement":
        statement = self.compiled.get(connection.vendor)
        if statement is None:
            statement = self.compiled[connection.vendor] = _Statement(self.build)
        return statement


class _Statement:
    def __init__(self, build: Callable[[Slots], QuerySet]):
        slots = Slots()
        query = build(slots).query
        compiler = query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        self.names = [*query.extra_select, *query.values_select, *query.annotation_select]
        columns = [column for column, *_ in compiler.select[: compiler.col_count]]
        self.converters = [
            (place, converters, expression)
            for place, (converters, expression) in compiler.get_converters(columns).items()
        ]
        stand_ins = {_adapted(stand_in): name for name, stand_in in slots.taken.items()}
        self.order = [stand_ins[value] for value in params if _is_slot(value, stand_ins)]
        self.sql = sql if connection.vendor != "postgresql" else _with_constants(sql, params, stand_ins)
        self.constants = params
        self.slots = [stand_ins.get(value) if _is_slot(value, stand_ins) else None for value in params]

    def rows(self, values: dict) -> list[tuple]:
        if connection.vendor == "postgresql":
            params = [_typed(values[name]) for name in self.order]
        else:
            params = [
                constant if name is None else _adapted(values[name])
                for constant, name in zip(self.constants, self.slots, strict=True)
            ]
        with prepared_cursor() as cursor:
            cursor.execute(self.sql, params)
            rows = cursor.fetchall()
        if not self.converters:
            return rows
        rows = [list(row) for row in rows]
        for place, converters, expression in self.converters:
            for row in rows:
                for convert in converters:
                    row[place] = convert(row[place], expression, connection)
        return [tuple(row) for row in rows]


class PreparingCursor(Cursor):
    """Has the server prepare what it is given; psycopg remembers the statement with its connection."""

    def execute(self, query, params=None, **options):
        return super().execute(query, params, prepare=True, **options)


def prepared_cursor():
    """A cursor whose statements PostgreSQL plans once for each connection; an ordinary one on SQLite."""
    if connection.vendor != "postgresql":
        return connection.cursor()
    connection.ensure_connection()
    with connection.wrap_database_errors:
        return connection._prepare_cursor(PreparingCursor(connection.connection))


def _is_slot(value, stand_ins: dict) -> bool:
    return isinstance(value, (int, str, datetime)) and not isinstance(value, bool) and value in stand_ins


def _adapted(value):
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


def _typed(value):
    # Else every size of number would be another statement.
    return Int8(value) if isinstance(value, int) else value


def _with_constants(sql: str, params: tuple, stand_ins: dict) -> str:
    connection.ensure_connection()
    text, *pieces = re.split(r"(?<!%)%s", sql)
    for value, piece in zip(params, pieces, strict=True):
        constant = Literal(value).as_string(connection.connection).replace("%", "%%")
        text += ("%s" if _is_slot(value, stand_ins) else constant) + piece
    return text
