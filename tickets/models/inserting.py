"""New rows by the hundred: what ``bulk_create`` writes, by one statement, at a fraction of its price in Python."""

import json
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache, lru_cache
from itertools import batched, chain
from typing import Any

from django.db import connection, models

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
    names = ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{meta.db_table}" ({names}) {SOURCES[connection.vendor](fields, len(rows))}'
            f' RETURNING "{meta.pk.column}"',
            columns
            if connection.vendor == "postgresql"
            else list(chain.from_iterable(zip(*columns, strict=True))),
        )
        keys = cursor.fetchall()
    for row, (key,) in zip(rows, keys, strict=True):
        row.pk = key
        row._state.adding, row._state.db = False, connection.alias


def _know_what_was_saved_meanwhile(row: models.Model) -> None:
    """A row made for another one that had no key yet points to it now; the object at hand stays at hand."""
    for field, other in row._state.fields_cache.items():
        attname = row._meta.get_field(field).attname
        if other is not None and row.__dict__.get(attname) is None:
            row.__dict__[attname] = other.pk


def _arrays(fields: Sequence[models.Field], how_many: int) -> str:
    """A list for each column. Without its length a type cuts nothing short: the column itself refuses it."""
    types = (re.sub(r"\(.*\)", "", field.db_type(connection)) for field in fields)
    return f"SELECT * FROM unnest({', '.join(f'%s::{each}[]' for each in types)})"  # noqa: S608


def _values(fields: Sequence[models.Field], how_many: int) -> str:
    row = f"({', '.join(['%s'] * len(fields))})"
    return f"VALUES {', '.join([row] * how_many)}"


SOURCES = {"postgresql": _arrays, "sqlite": _values}


@cache
def _converters(model: type[models.Model]) -> list[tuple[str, Callable[[Any], Any]]]:
    """How a value of each field goes to the database, by the field's name on the object."""
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    return [(field.attname, _converter(field)) for field in fields]


def _converter(field: models.Field) -> Callable[[Any], Any]:
    if isinstance(field, models.CharField | models.TextField):
        return lambda value: None if value is None else str(value)
    if isinstance(field, models.DateTimeField):
        return _moment if connection.vendor == "sqlite" else lambda value: value
    if isinstance(field, models.JSONField):
        return lambda value: json.dumps(value, cls=field.encoder)
    if isinstance(field, models.BooleanField | models.IntegerField | models.ForeignKey):
        return lambda value: value
    return lambda value: field.get_db_prep_save(value, connection)


@lru_cache(maxsize=1_000)  # a batch has few moments, many times
def _moment(value: datetime | None) -> str | None:
    return None if value is None else connection.ops.adapt_datetimefield_value(value)
