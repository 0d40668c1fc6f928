"""Documents for a house that has none yet, as fast as the machine allows: generated malls, and the first upgrade.

PostgreSQL: two processes read, fold and COPY, and the index is built once at the end. An interrupted run leaves whole
chunks, and no index: the next run makes what is missing and then the index.
"""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import django
from django.db import connection, connections, transaction
from django.db.models import Max

from ..models import SearchDocument, Ticket
from .keeping import copy, keep
from .texts import texts_of

CHUNK = 2_000
WORKERS = 2
# As migration 0026 makes it.
TOKENS_INDEX = (
    "CREATE INDEX search_tokens ON tickets_searchdocument USING gin (tokens) WITH (fastupdate = off)"
)
# Nobody waits for an index of this size.
PATIENTLY = [
    "SET LOCAL statement_timeout = 0", "SET LOCAL lock_timeout = 0", "SET LOCAL maintenance_work_mem = '512MB'",
    "SET LOCAL max_parallel_maintenance_workers = 2",
]  # fmt: skip


def fill() -> Iterator[int]:
    """Make the missing documents of a house that nobody works in; yields how many as they are done.

    Takes the index away while the documents come in, so searches are slow until the end.
    """
    last = Ticket.objects.aggregate(last=Max("pk"))["last"] or 0
    chunks = [(first, first + CHUNK) for first in range(0, last + 1, CHUNK)]
    if connection.vendor != "postgresql":
        for chunk in chunks:
            yield fill_chunk(*chunk)
        return
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX IF EXISTS search_tokens")
    connections.close_all()  # a connection serves one process
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(WORKERS, mp_context=context, initializer=django.setup) as pool:
        yield from pool.map(_fill_chunk, chunks)
    build_index()


def build_index() -> None:
    """The index, if it is not there; SQLite's is filled with the documents."""
    if connection.vendor != "postgresql":
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('search_tokens')")
        if cursor.fetchone()[0]:
            return
        for patience in PATIENTLY:
            cursor.execute(patience)
        cursor.execute(TOKENS_INDEX)


def _fill_chunk(chunk: tuple[int, int]) -> int:
    return fill_chunk(*chunk)


def fill_chunk(first: int, end: int) -> int:
    """Make the missing documents of the tickets from ``first`` to before ``end``; returns how many."""
    with transaction.atomic():
        missing = list(
            Ticket.objects.filter(pk__gte=first, pk__lt=end)
            .exclude(pk__in=SearchDocument.objects.filter(pk__gte=first, pk__lt=end).values("pk"))
            .values_list("pk", flat=True)
        )
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                documents = (texts.document() for texts in texts_of(missing).values())
                copy(cursor, ((document, document.tokens) for document in documents))
        else:
            keep(*missing)
    return len(missing)
