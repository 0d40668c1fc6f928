"""New rows by the hundred: what ``bulk_create`` writes, by one statement, at a fraction of its price in Python."""

import json
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache, lru_cache
from itertools import batched, chain
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from qinqin.prepared import prepared_cursor

# SQLite takes so many rows of our broadest tables in one statement.
MOST = 1_000


def insert(rows: Sequence[models.Model]) -> Sequence[models.Model]:
    """Write new rows of one model and give them their keys; ``rows`` again. One statement for each ``MOST`` of them.

    What ``save()`` would fill in (``auto_now``) is not filled in.
    """
    for batch in batched(rows, MOST):
        _insert(batch)
    return rows


def _insert(rows: tuple[models.Model, ...]) -> None:
    for row in rows:
        _know_what_was_saved_meanwhile(row)
    meta = rows[0]._meta
    fields = [field for field in meta.concrete_fields if not isinstance(field, models.AutoField)]
    columns = [[convert(getattr(row, name)) for row in rows] for name, convert in _converters(meta.model)]
    source, params = SOURCES[connection.vendor](fields, columns)
    with prepared_cursor() as cursor:  # for PostgreSQL it is the same statement whatever the number of rows
        cursor.execute(
            f'INSERT INTO "{meta.db_table}" ({_names(fields)}) {source} RETURNING "{meta.pk.column}"',
            params,
        )
        keys = cursor.fetchall()
    for row, (key,) in zip(rows, keys, strict=True):
        row.pk = key
        row._state.adding, row._state.db = False, connection.alias


def _know_what_was_saved_meanwhile(row: models.Model) -> None:
    """A row made for another one that had no key yet points to it now; the object at hand stays at hand."""
    pointers = _pointers(type(row))
    for field, other in row._state.fields_cache.items():
        # Beside what the row points to lies what points to the row.
        if other is not None and (attname := pointers.get(field)) and row.__dict__.get(attname) is None:
            row.__dict__[attname] = other.pk


@cache
def _pointers(model: type[models.Model]) -> dict[str, str]:
    return {field.name: field.attname for field in model._meta.concrete_fields if field.is_relation}


def _names(fields: Sequence[models.Field]) -> str:
    return ", ".join(f'"{field.column}"' for field in fields)


def _json(fields: Sequence[models.Field], columns: list[list]) -> tuple[str, list]:
    """One text that the database takes apart. Without its length a type cuts nothing short: the column refuses it."""
    types = ", ".join(
        f'"{field.column}" {re.sub(r"\(.*\)", "", field.db_type(connection))}' for field in fields
    )
    names = [field.column for field in fields]
    rows = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    source = f"SELECT {_names(fields)} FROM json_to_recordset(%s) AS fresh({types})"  # noqa: S608
    return source, [json.dumps(rows, cls=DjangoJSONEncoder, ensure_ascii=False)]


def _values(fields: Sequence[models.Field], columns: list[list]) -> tuple[str, list]:
    row = f"({', '.join(['%s'] * len(fields))})"
    return f"VALUES {', '.join([row] * len(columns[0]))}", list(
        chain.from_iterable(zip(*columns, strict=True))
    )


SOURCES = {"postgresql": _json, "sqlite": _values}


@cache
def _converters(model: type[models.Model]) -> list[tuple[str, Callable[[Any], Any]]]:
    """How a value of each field goes to the database, by the field's name on the object."""
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    return [(field.attname, _converter(field)) for field in fields]


def _converter(field: models.Field) -> Callable[[Any], Any]:
    if isinstance(field, models.CharField | models.TextField):
        return lambda value: None if value is None else str(value)
    if isinstance(field, models.DateTimeField):
        return _moment
    if isinstance(field, models.JSONField):
        encoder = field.encoder
        if connection.vendor == "sqlite":
            return lambda value: json.dumps(value, cls=encoder)
        return lambda value: value  # it goes into the JSON of all
    if isinstance(field, models.BooleanField | models.IntegerField | models.ForeignKey):
        return lambda value: value
    return lambda value: field.get_db_prep_save(value, connection)


@lru_cache(maxsize=1_000)  # a batch has few moments, many times
def _moment(value: datetime | None) -> str | None:
    if value is None:
        return None
    if connection.vendor == "sqlite":
        return connection.ops.adapt_datetimefield_value(value)
    return value.isoformat()  # Django's own JSON cuts it to milliseconds
