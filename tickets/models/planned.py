"""``save()`` by statements that are written once and that PostgreSQL plans once for each connection.

A verb saves a ticket, its round, a result and an event: to write these four statements costs Django as much as all else
that the verb does, and to plan them costs PostgreSQL more than to run them.
"""

from collections.abc import Iterable, Sequence
from functools import cache

from django.db import DEFAULT_DB_ALIAS, connection, models

from qinqin.prepared import prepared_cursor, typed

# Fields whose values both databases give back as the model has them.
READ_AS_THEY_ARE = (models.AutoField, models.CharField, models.TextField)


class PlannedSaves(models.Model):
    """For models that verbs save. What Django alone can do (expressions, columns to read back) is left to it."""

    class Meta:
        abstract = True

    def _do_update(self, base_qs, using, pk_val, values, update_fields, forced_update, returning_fields):
        fields = [field for field, _, _ in values]
        given = [value for _, _, value in values]
        if using != DEFAULT_DB_ALIAS or returning_fields or not _is_plain(fields, given):
            return super()._do_update(
                base_qs, using, pk_val, values, update_fields, forced_update, returning_fields
            )
        meta = self._meta
        sql = _update(meta.db_table, _columns(fields), meta.pk.column)
        with prepared_cursor() as cursor:
            cursor.execute(sql, _params([*fields, meta.pk], [*given, pk_val]))
            return [()] * cursor.rowcount

    def _do_insert(self, manager, using, fields, returning_fields, raw):
        given = [getattr(self, field.attname) if raw else field.pre_save(self, True) for field in fields]
        is_read_plainly = all(isinstance(field, READ_AS_THEY_ARE) for field in returning_fields)
        is_ours = using == DEFAULT_DB_ALIAS and returning_fields and is_read_plainly
        if not is_ours or not _is_plain(fields, given):
            return super()._do_insert(manager, using, fields, returning_fields, raw)
        sql = _insert(self._meta.db_table, _columns(fields), _columns(returning_fields))
        with prepared_cursor() as cursor:
            cursor.execute(sql, _params(fields, given))
            return cursor.fetchall()


def delete(model: type[models.Model], **values) -> None:
    """Delete the rows whose fields (by ``attname``) have these values. For models that nothing points to."""
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    pairs = [(by_name[name], value) for name, value in values.items()]
    sql = _delete(model._meta.db_table, tuple((field.column, value is None) for field, value in pairs))
    known = [(field, value) for field, value in pairs if value is not None]
    with prepared_cursor() as cursor:
        cursor.execute(sql, _params(*zip(*known, strict=True)))


def _is_plain(fields: Iterable[models.Field], values: Iterable) -> bool:
    return bool(fields) and not any(hasattr(value, "resolve_expression") for value in values)


def _params(fields: Sequence[models.Field], values: Sequence) -> list:
    pairs = zip(fields, values, strict=True)
    return [typed(field.get_db_prep_save(value, connection)) for field, value in pairs]


def _columns(fields: Iterable[models.Field]) -> tuple[str, ...]:
    return tuple(field.column for field in fields)


@cache
def _update(table: str, columns: tuple[str, ...], key: str) -> str:
    changes = ", ".join(f'"{column}" = %s' for column in columns)
    return f'UPDATE "{table}" SET {changes} WHERE "{table}"."{key}" = %s'  # noqa: S608 - our own names


@cache
def _insert(table: str, columns: tuple[str, ...], returned: tuple[str, ...]) -> str:
    names, back = (", ".join(f'"{column}"' for column in some) for some in (columns, returned))
    places = ", ".join(["%s"] * len(columns))
    return f'INSERT INTO "{table}" ({names}) VALUES ({places}) RETURNING {back}'  # noqa: S608


@cache
def _delete(table: str, columns: tuple[tuple[str, bool], ...]) -> str:
    conditions = [f'"{column}" IS NULL' if is_null else f'"{column}" = %s' for column, is_null in columns]
    return f'DELETE FROM "{table}" WHERE {" AND ".join(conditions)}'  # noqa: S608
