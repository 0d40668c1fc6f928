"""Query sets that a busy page asks again and again: written as SQL once, planned once, and equal to the ORM's by birth.

Building the SQL of a list costs Django more than the database needs to answer it. ``Prepared`` has a query set
compiled once for each database; afterwards only the values of its slots differ. On PostgreSQL the statement is
prepared by the server (constants are literals in it, so that partial indexes serve it under a generic plan).
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from types import MappingProxyType
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from psycopg import RawCursor
from psycopg.sql import Literal
from psycopg.types.numeric import Int8

EPOCH = datetime(1900, 1, 1, tzinfo=UTC)
FIRST_NUMBER = 7_000_000_000_000_000
# A place for a value in a statement.
PLACE = re.compile(r"(?<!%)%s")
NOTHING = "SELECT NULL AS empty WHERE 1 = 0"


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


def listed(keys: Iterable[int]) -> str:
    """Keys as one text, for a slot that ``among`` takes apart."""
    text = ",".join(map(str, keys))
    return f"{{{text}}}" if connection.vendor == "postgresql" else f"[{text}]"


def among(text: str) -> RawSQL:
    """For ``pk__in``: the keys that ``listed`` has written, however many, by one and the same statement."""
    split = "unnest(%s::bigint[])" if connection.vendor == "postgresql" else "value FROM json_each(%s)"
    return RawSQL(f"SELECT {split}", [text])  # noqa: S611 - nothing of it comes from outside


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


class Sql:
    """SQL with named places for the values that change: ``stand_ins`` in the parameters, by the name of each.

    PostgreSQL prepares it and plans it once for each connection: to plan what a page asks for costs more than to run
    it. Constants are literals in it, so that partial indexes serve it under a generic plan. ``inlined`` is SQL that
    stands in the place of a value, by its name.
    """

    def __init__(
        self,
        sql: str,
        params: Iterable[Any],
        stand_ins: Mapping[Any, str],
        inlined: Mapping[str, str] = MappingProxyType({}),
    ):
        is_literal = connection.vendor == "postgresql"
        # What each place of the statement takes: a constant, or the value of a name.
        self._places: list[tuple[str | None, Any]] = []
        self.text, *pieces = PLACE.split(sql)
        for value, piece in zip(params, pieces, strict=True):
            name = stand_ins.get(value) if isinstance(value, int | str | datetime) else None
            if name in inlined:
                self.text += inlined[name]
            elif name is None and is_literal:
                self.text += literal(value)
            else:
                self._places.append((name, value))
                self.text += "%s"
            self.text += piece

    def params(self, values: Mapping[str, Any]) -> list:
        """What is given to the database for these values."""
        return [
            typed(constant if name is None else _adapted(values[name])) for name, constant in self._places
        ]

    def run(self, values: Mapping[str, Any]) -> list[tuple]:
        """The rows for these values."""
        with prepared_cursor() as cursor:
            cursor.execute(self.text, self.params(values))
            return cursor.fetchall()


# The database's time within a statement; unlike clock_timestamp() an index can be asked for it.
NOW = {"postgresql": "statement_timestamp()", "sqlite": "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')"}


class Together:
    """Several small questions in one statement, and what time it was.

    ``counts`` are query sets that are counted, ``lists`` those whose one column is collected (in their order). Where a
    slot is called ``now_at``, it is the time of the statement. ``once``: not worth a plan of its own.
    """

    def __init__(
        self,
        counts: dict[str, Callable[[Slots], QuerySet]],
        lists: dict[str, Callable[[Slots], QuerySet]],
        *,
        once: bool = False,
    ):
        self.counts, self.lists, self.once = counts, lists, once
        self.compiled: dict[str, tuple[str, list[_Statement]]] = {}

    def ask(self, **values) -> dict[str, datetime | int | list[int]]:
        """The answers by their names, and ``now``. One statement."""
        if connection.vendor not in self.compiled:
            self.compiled[connection.vendor] = self._compile()
        sql, parts = self.compiled[connection.vendor]
        params = [value for part in parts for value in part.sql.params(values)]
        with connection.cursor() if self.once else prepared_cursor() as cursor:
            cursor.execute(sql, params)
            now, *found = cursor.fetchone()
        if isinstance(now, str):
            now = datetime.fromisoformat(now).replace(tzinfo=UTC)
        answers = dict(zip([*self.counts, *self.lists], found, strict=True))
        for name in self.lists:
            ids = answers[name]
            answers[name] = (json.loads(ids) if isinstance(ids, str) else ids) or []
        return answers | {"now": now}

    def _compile(self) -> tuple[str, list["_Statement"]]:
        now = NOW[connection.vendor]
        parts = [_Statement(build, now) for build in (*self.counts.values(), *self.lists.values())]
        collected = "json_agg" if connection.vendor == "postgresql" else "json_group_array"
        chosen = ["count(*)"] * len(self.counts)
        chosen += [f'{collected}(part."{part.names[0]}")' for part in parts[len(self.counts) :]]
        pieces = [
            f"(SELECT {what} FROM ({part.sql.text}) AS part)"  # noqa: S608 - compiled by the ORM
            for what, part in zip(chosen, parts, strict=True)
        ]
        return f"SELECT {', '.join([now, *pieces])}", parts


class _Statement:
    """A compiled query set. ``now`` is the SQL that stands in place of the slot ``now_at``, if given."""

    def __init__(self, build: Callable[[Slots], QuerySet], now: str = ""):
        slots = Slots()
        query = build(slots).query
        compiler = query.get_compiler(connection=connection)
        try:
            written = compiler.as_sql()
        except EmptyResultSet:  # nothing fits, and the ORM knows it
            self.sql, self.names, self.converters = Sql(NOTHING, (), {}), ["empty"], []
            return
        self.names = [*query.extra_select, *query.values_select, *query.annotation_select]
        columns = [column for column, *_ in compiler.select[: compiler.col_count]]
        self.converters = [
            (place, converters, expression)
            for place, (converters, expression) in compiler.get_converters(columns).items()
        ]
        stand_ins = {_adapted(stand_in): name for name, stand_in in slots.taken.items()}
        self.sql = Sql(*written, stand_ins, {"now_at": now} if now else {})

    def rows(self, values: dict) -> list[tuple]:
        rows = self.sql.run(values)
        if not self.converters:
            return rows
        rows = [list(row) for row in rows]
        for place, converters, expression in self.converters:
            for row in rows:
                for convert in converters:
                    row[place] = convert(row[place], expression, connection)
        return [tuple(row) for row in rows]


class PreparingCursor(RawCursor):
    """Has the server prepare what it is given; psycopg remembers the statement with its connection."""

    def execute(self, query, params=None, **options):
        return super().execute(_numbered(query), params, prepare=True, **options)


@cache
def _numbered(query: str) -> bytes:
    """The statement as the server takes it, ``$1`` for the first ``%s``: else psycopg would read all of a long one anew
    each time. Prepared statements are written once, so that there are as few of these as of them.
    """
    first, *rest = PLACE.split(query)
    pieces = [first, *(f"${number}{piece}" for number, piece in enumerate(rest, start=1))]
    return "".join(pieces).replace("%%", "%").encode()


def prepared_cursor():
    """A cursor whose statements PostgreSQL plans once for each connection; an ordinary one on SQLite."""
    if connection.vendor != "postgresql":
        return connection.cursor()
    connection.ensure_connection()
    with connection.wrap_database_errors:
        return connection._prepare_cursor(PreparingCursor(connection.connection))


def _adapted(value):
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


def typed(value):
    """A value as PostgreSQL takes it into a prepared statement: else every size of number would be another one."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return Int8(value) if is_number and connection.vendor == "postgresql" else value


def literal(value) -> str:
    """A constant as it stands in PostgreSQL's SQL."""
    connection.ensure_connection()
    return Literal(value).as_string(connection.connection).replace("%", "%%")
