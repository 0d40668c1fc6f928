"""Query sets that Django puts into SQL once and that are then asked again and again with other values.

Building the SQL of a query set costs several times what running it costs. A query set that is built with stand-ins in
the place of the values (``TICKET``, ``PERSON``) is compiled once per process; what it asks for, and who sees what,
stays with the query sets and their ``for_user()``.
"""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.query import get_related_populators
from django.db.transaction import TransactionManagementError
from django.utils.dateparse import parse_duration

from qinqin.prepared import Sql

# Values that no row has, by which the places of the real ones are found again in the parameters.
TICKET, ORDER, CUSTOMER, SHOP, PERSON, OWN_SHOP, CATEGORY = (-(2**53) - place for place in range(7))
NUMBER = "\ue000number"
NAMES = {
    TICKET: "ticket",
    ORDER: "order",
    CUSTOMER: "customer",
    SHOP: "shop",
    PERSON: "person",
    OWN_SHOP: "own_shop",
    CATEGORY: "category",
    NUMBER: "number",
}


class Question:
    """Objects, with what ``select_related`` and ``annotate`` say, by one statement.

    ``also`` are stand-ins of this question only, by the names of their values: ``round_no=32_767``.
    """

    def __init__(self, rows: models.QuerySet, **also: int):
        self._compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        self._locks = rows.query.select_for_update
        try:
            written = self._compiler.as_sql()
        except EmptyResultSet:  # nothing can fit: no statement is needed to know it
            self._sql = None
            return
        self._sql = Sql(*written, NAMES | {value: name for name, value in also.items()})
        select, klass = self._compiler.select, self._compiler.klass_info
        first, *_, last = klass["select_fields"]
        self._model, self._columns = klass["model"], slice(first, last + 1)
        self._names = [expression.target.attname for expression, *_ in select[self._columns]]
        self._related = get_related_populators(klass, select, DEFAULT_DB_ALIAS, rows._fetch_mode)
        self._annotations = self._compiler.annotation_col_map
        self._converters = self._compiler.get_converters([expression for expression, *_ in select])

    def ask(self, **values) -> list[models.Model]:
        """The objects for these values: ``number="GD…"``."""
        if self._sql is None:
            return []
        if self._locks and not connections[DEFAULT_DB_ALIAS].in_atomic_block:
            raise TransactionManagementError("A lock lasts as long as its transaction; there is none.")
        rows = self._compiler.apply_converters(self._sql.run(values), self._converters)
        return [self._object(row) for row in rows]

    def _object(self, row) -> models.Model:
        found = self._model.from_db(DEFAULT_DB_ALIAS, self._names, row[self._columns])
        for related in self._related:
            related.populate(row, found)
        for name, place in self._annotations.items():
            setattr(found, name, row[place])
        return found


class Found:
    """Stands in for the query set of ``refresh_from_db`` where the row has been read already."""

    def __init__(self, row: models.Model):
        self._row = row

    def filter(self, **which) -> "Found":
        return self

    def get(self) -> models.Model:
        return self._row


class Rows:
    """Part of a ``Bundle``: the rows of a query set's ``columns``, each given to ``make``."""

    def __init__(self, rows: models.QuerySet, columns: Iterable[str], make: Callable[[list], Any]):
        self.make = make
        compiler = rows.values_list(*columns).query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql, self.params = compiler.as_sql(with_col_aliases=True)
        self.names = [alias for *_, alias in compiler.select]
        decoders = [decoder(expression.output_field) for expression, *_ in compiler.select]
        self._decoders = [(place, decode) for place, decode in enumerate(decoders) if decode]

    def read(self, rows: list[list]) -> list:
        """The rows as the database wrote them into JSON, as they were meant."""
        for row in rows:
            for place, decode in self._decoders:
                if row[place] is not None:
                    row[place] = decode(row[place])
        return [self.make(row) for row in rows]


class Bundle:
    """Rows of many kinds by one statement: the database writes each kind into one JSON text."""

    def __init__(self, **kinds: Rows):
        self.kinds = kinds
        write = WRITERS[connections[DEFAULT_DB_ALIAS].vendor]
        self._sql = Sql(
            f"SELECT {', '.join(write(kind) for kind in kinds.values())}",
            chain.from_iterable(kind.params for kind in kinds.values()),
            NAMES,
        )

    def ask(self, **values) -> dict[str, list]:
        """The rows of every kind for these values."""
        [texts] = self._sql.run(values)
        return {
            name: kind.read(json.loads(text)) if text else []
            for (name, kind), text in zip(self.kinds.items(), texts, strict=True)
        }


def _quoted(kind: Rows) -> str:
    return ", ".join(f'"{name}"' for name in kind.names)


WRITERS = {
    # As text, because psycopg would read JSON itself.
    "postgresql": lambda kind: (
        f"(SELECT json_agg(json_build_array({_quoted(kind)}))::text FROM ({kind.sql}) AS kind)"  # noqa: S608
    ),
    "sqlite": lambda kind: f"(SELECT json_group_array(json_array({_quoted(kind)})) FROM ({kind.sql}))",  # noqa: S608
}


def decoder(field: models.Field) -> Callable[[Any], Any] | None:
    """How to read a value of this field back from JSON; ``None`` where JSON has the value itself."""
    if isinstance(field, models.DateTimeField):
        return _moment
    if isinstance(field, models.DurationField):
        return _span
    if isinstance(field, models.DecimalField):
        unit = Decimal(1).scaleb(-field.decimal_places)
        return lambda value: Decimal(str(value)).quantize(unit)
    if isinstance(field, models.BooleanField):
        return bool
    if isinstance(field, models.UUIDField):
        return UUID
    if isinstance(field, models.JSONField):
        return lambda value: json.loads(value) if isinstance(value, str) else value
    return None


def _moment(text: str) -> datetime:
    """SQLite keeps UTC without saying so."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _span(value: int | str) -> timedelta:
    """SQLite keeps microseconds; PostgreSQL writes days and a time of day."""
    return timedelta(microseconds=value) if isinstance(value, int) else parse_duration(value)
