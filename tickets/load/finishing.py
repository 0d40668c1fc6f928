"""What comes after the rows. Each step may be interrupted and run again; the ledger knows which are done."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from django.core.management.color import no_style
from django.db import connection

from tickets import scanning
from tickets.models import SearchDocument
from tickets.searching import filling

from . import rebuilding
from .crew import crew, share
from .tables import MODELS, OF_CHUNKS


class Step(NamedTuple):
    """``work`` yields as it gets on."""

    name: str
    label: str
    work: Callable[[], Iterator[object]]


def sequences() -> Iterator[str]:
    """New rows get keys after those of the load; SQLite sees to it by itself."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), MODELS):
            cursor.execute(statement)
            yield statement


def statistics() -> Iterator[str]:
    """What the planner knows about the tables; PostgreSQL tidies them, too."""
    if connection.vendor == "postgresql":
        with crew() as pool:
            yield from share(pool, tidy, ((model._meta.db_table,) for model in [*OF_CHUNKS, SearchDocument]))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        yield "ANALYZE"


def tidy(table: str) -> str:
    with connection.cursor() as cursor:
        for patience in rebuilding.PATIENTLY:
            cursor.execute(patience)
        cursor.execute(f"VACUUM (ANALYZE) {table}")
    return table


def deadlines() -> Iterator[object]:
    """What has become due while the rows came in."""
    yield scanning.run()


# In this order. Whatever keeps a table of its own beside the tickets is filled by a step between the sequences and the
# statistics; a mall that was generated before there was such a step makes up for it at the next run.
FINAL_STEPS = [
    Step("indexes", "索引和外键", rebuilding.put_back),
    Step("sequences", "序列", sequences),
    Step("search", "搜索用的文字", filling.fill),
    Step("statistics", "统计信息", statistics),
    Step("deadlines", "时限检查", deadlines),
]
