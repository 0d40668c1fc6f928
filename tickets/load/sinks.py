"""Rows into tables as fast as each database takes them: COPY on PostgreSQL, executemany on SQLite."""

from django.db import connection

from .tables import SPANS, Rows, columns_of

NOTHING = r"\N"


def write(rows: Rows) -> None:
    """Writes all rows, table by table; belongs in a transaction."""
    to_table = _copy if connection.vendor == "postgresql" else _insert
    for model, of_model in rows.items():
        if of_model:
            to_table(model, of_model)


def _copy(model, rows: list[tuple]) -> None:
    columns = ", ".join(columns_of(model))
    text = "\n".join(["\t".join([_cell(value) for value in row]) for row in rows]) + "\n"
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {model._meta.db_table} ({columns}) FROM STDIN") as copy,
    ):
        copy.write(text.encode())


def _cell(value: object) -> str:
    """A value in COPY's text form; a plain number stands for seconds where the column is an interval."""
    if value is None:
        return NOTHING
    if type(value) is not str:
        return str(value)
    if "\\" in value or "\n" in value or "\t" in value or "\r" in value:
        value = value.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    return value


def _insert(model, rows: list[tuple]) -> None:
    columns, spans = columns_of(model), SPANS.get(model, ())
    # Django keeps a length of time in microseconds there.
    values = ", ".join("? * 1000000" if column in spans else "?" for column in columns)
    connection.ensure_connection()
    connection.connection.executemany(
        f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) VALUES ({values})",  # noqa: S608
        rows,
    )
