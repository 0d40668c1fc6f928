"""PostgreSQL: indexes and foreign keys go while the rows come in, and are built again afterwards.

Only on a database that holds nothing but generated rows. What is taken away is noted in the ledger in the same
transaction, and the note goes in the transaction that builds it again: however often a load is interrupted, the next
run of the command builds what is missing. The checks of every single row stay in force.
"""

from collections.abc import Iterator

from django.db import connection, transaction

from . import ledger
from .crew import crew, share
from .tables import OF_CHUNKS

INDEX, KEY, UNPROVEN = "index", "key", "unproven"
CONSTRAINTS = """
SELECT contype::text, conname, conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid::regclass::text = ANY(%s) AND contype IN ('f', 'u') ORDER BY contype, conname
"""
INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid::regclass::text = ANY(%s) AND NOT indisprimary
AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype = 'u') ORDER BY indexrelid
"""
# Nobody waits for these, and a key of this size may take its time.
PATIENTLY = ["SET statement_timeout = 0", "SET lock_timeout = 0", "SET maintenance_work_mem = '512MB'"]


def take_away() -> None:
    """Drops all but the primary keys of the tables that chunks fill."""
    if connection.vendor != "postgresql":
        return
    tables = [model._meta.db_table for model in OF_CHUNKS]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CONSTRAINTS, [tables])
        for kind, name, table, definition in cursor.fetchall():
            statement = f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}'
            ledger.note(f"{KEY if kind == 'f' else INDEX}:{name}", statement)
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        cursor.execute(INDEXES, [tables])
        for name, definition in cursor.fetchall():
            ledger.note(f"{INDEX}:{name}", definition)
            cursor.execute(f"DROP INDEX {name}")


def put_back() -> Iterator[str]:
    """Builds everything again, two at a time; yields the name of what is done. SQLite only checks its keys."""
    if connection.vendor != "postgresql":
        connection.check_constraints()
        yield "foreign keys"
        return
    with crew() as pool:
        yield from share(pool, build, ledger.entries(INDEX).items())
        # Two keys at once would wait for each other's tables in a circle: added unproven, which takes no time, and
        # proven one by one, which hinders nobody.
        for name, statement in ledger.entries(KEY).items():
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"{statement} NOT VALID")
                table = statement.split()[2]
                ledger.note(f"{UNPROVEN}:{name}", f'ALTER TABLE {table} VALIDATE CONSTRAINT "{name}"')
                ledger.forget(f"{KEY}:{name}")
        yield from share(pool, prove, ledger.entries(UNPROVEN).items())


def build(name: str, statement: str) -> str:
    return _execute(INDEX, name, statement)


def prove(name: str, statement: str) -> str:
    return _execute(UNPROVEN, name, statement)


def _execute(kind: str, name: str, statement: str) -> str:
    with connection.cursor() as cursor:
        for patience in PATIENTLY:
            cursor.execute(patience)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        ledger.forget(f"{kind}:{name}")
    return name


def how_many() -> int:
    """How many pieces ``put_back`` has to build."""
    return sum(len(ledger.entries(kind)) for kind in (INDEX, KEY, UNPROVEN))
