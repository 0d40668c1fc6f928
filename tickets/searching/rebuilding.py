"""Documents for tickets that have none or an old one: batch by batch, while the house goes on.

Old is one of an earlier edition, and one from before its order was last changed: an import may have brought the
consumer's right name, and what names the consumer is masked by it.
"""

from collections.abc import Callable

from django.db import connection, reset_queries, transaction
from django.db.models import Exists, OuterRef

from ..models import Ticket
from ..models.search_document import SearchDocument
from .folding import EDITION
from .keeping import keep

BATCH = 500


def waiting(everything: bool = False, after: int = 0):
    """The tickets whose document has to be made, the oldest first; with ``everything`` all of them."""
    tickets = Ticket.objects.filter(pk__gt=after).order_by("pk")
    if everything:
        return tickets
    current = SearchDocument.objects.filter(
        pk=OuterRef("pk"), edition=EDITION, made_at__gte=OuterRef("order__updated_at")
    )
    return tickets.exclude(Exists(current))


def rebuild(
    *,
    everything: bool = False,
    after: int = 0,
    batch: int = BATCH,
    on_batch: Callable[[int, int], object] = lambda done, last: None,
) -> int:
    """Make documents; returns how many. Killed anywhere, the next run goes on with those that are missing.

    Each batch is one transaction with its tickets locked, as every verb locks its own: nobody's words are lost to a
    document that was begun before them. ``on_batch`` hears how many were made and the key of the last.
    """
    done = 0
    while True:
        with transaction.atomic():
            locked = waiting(everything, after).select_for_update(no_key=True, of=("self",))
            tickets = list(locked.values_list("pk", flat=True)[:batch])
            keep(*tickets)
        reset_queries()  # with DEBUG Django would keep every statement
        if not tickets:
            return done
        done, after = done + len(tickets), tickets[-1]
        on_batch(len(tickets), after)


def forget() -> None:
    """Take all documents away, for a rebuild from nothing."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.execute("INSERT INTO tickets_searchtokens (tickets_searchtokens) VALUES ('delete-all')")
        cursor.execute("DELETE FROM tickets_searchdocument")
