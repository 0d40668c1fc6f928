"""The documents of tickets, kept with what they say: written in the same transaction, or all anew.

On PostgreSQL the tokens carry the *bucket* of their ticket in front: a search walks from bucket to bucket, the newest
first, and stops as soon as it has a page, so that a word on every other ticket costs no more than a rare one.

The documents of tickets that are opened by the hundred have their tokens in a column with an index of its own, whose
new entries wait in a list (GIN's pending list) until they are merged, sorted: a fifth of the price. Verbs on single
tickets write to the other index, which has no such list: what they cost is always the same.
"""

import json
import sys
from array import array
from collections.abc import Collection, Iterable
from itertools import batched
from struct import pack

from django.db import connection

from qinqin.prepared import prepared_cursor, typed

from ..models.search_document import SearchDocument
from .texts import Document, Opened, texts_of, texts_opened
from .tokens import SPACE

# Tickets in one bucket, and how many buckets have numbers of their own: tokens are 32 bits wide. After that the
# numbers come again, and what is found there is told apart by the ticket itself.
BUCKET = 32_768
BUCKETS = 2_000
AT_ONCE = 500
# So many documents of new tickets are worth a merge.
MANY = 100
# The list of what waits to be merged, which every search reads once for each bucket: about 250 documents. The last of
# it is merged before the transaction ends.
WAITING = "SET LOCAL gin_pending_list_limit = '1MB'"
MERGE = "SELECT gin_clean_pending_list('search_tokens_of_many')"
# What a stream of COPY's binary form begins and ends with, and the number of PostgreSQL's type ``integer``.
BEGINNING, END = b"PGCOPY\n\xff\r\n\0" + bytes(8), pack("!h", -1)
INTEGER = 23
COLUMNS = "ticket_id, merchant_id, text, internal, edition"


def bucket_base(ticket: int) -> int:
    """What stands in front of the tokens of a ticket's bucket."""
    return (ticket // BUCKET) % BUCKETS * SPACE


def keep(*tickets: int) -> None:
    """Write the documents of these tickets as they are now. The caller has locked them, or has just created them."""
    for some in batched(tickets, AT_ONCE):
        store([texts.document() for texts in texts_of(some).values()])


class OpenedDocuments:
    """The documents of tickets that are being opened: all is done beforehand that needs no keys."""

    def __init__(self, tickets: Collection[Opened]):
        self.documents = [texts.document() for texts in texts_opened(tickets)]
        self.are_many = len(tickets) >= MANY and connection.vendor == "postgresql"
        self.tokens = [document.tokens for document in self.documents] if self.are_many else []

    def keep(self, tickets: Iterable[int]) -> None:
        """Write them; ``tickets`` are the keys, which this transaction has just given."""
        documents = [
            document._replace(ticket=key) for document, key in zip(self.documents, tickets, strict=True)
        ]
        if not self.are_many:
            store(documents)
            return
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            copy(cursor, zip(documents, self.tokens, strict=True), "tokens_of_many")
            cursor.execute(MERGE)


def store(documents: Collection[Document]) -> None:
    """Write these documents in place of what was there."""
    if not documents:
        return
    # Each verb stores one document, and always by the same statement; batches are of any size.
    with prepared_cursor() if len(documents) == 1 else connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _store_postgresql(cursor, documents)
        else:
            _store_sqlite(cursor, documents)


def _store_postgresql(cursor, documents: Collection[Document]) -> None:
    rows = [(*document, tokens_text(document)) for document in documents]
    places = ", ".join(["(%s, %s, %s, %s, %s, %s::int[])"] * len(rows))
    cursor.execute(
        f"INSERT INTO tickets_searchdocument ({COLUMNS}, tokens) VALUES {places}"
        " ON CONFLICT (ticket_id) DO UPDATE SET merchant_id = EXCLUDED.merchant_id, text = EXCLUDED.text,"
        " internal = EXCLUDED.internal, edition = EXCLUDED.edition, tokens = EXCLUDED.tokens, tokens_of_many = NULL,"
        " made_at = now()",
        [typed(value) for row in rows for value in row],
    )


def copy(cursor, documents: Iterable[tuple[Document, set[int]]], column: str = "tokens") -> None:
    """PostgreSQL: write the documents of tickets that have none, their tokens into ``column``.

    In COPY's binary form: numbers as text are half the work, here and there.
    """
    stream = [BEGINNING]
    for document, tokens in documents:
        text, internal = document.text.encode(), document.internal.encode()
        stream += [
            pack("!hiqiqi", 6, 8, document.ticket, 8, document.merchant, len(text)), text,
            pack("!i", len(internal)), internal,
            pack("!ih", 2, document.edition), *_array(bucket_base(document.ticket), tokens),
        ]  # fmt: skip
    stream.append(END)
    with cursor.copy(f"COPY tickets_searchdocument ({COLUMNS}, {column}) FROM STDIN (FORMAT BINARY)") as rows:
        rows.write(b"".join(stream))


def _array(base: int, tokens: set[int]) -> tuple[bytes, bytes]:
    """An ``integer[]`` in COPY's binary form: how long it is, one dimension, no NULL, each number after its length."""
    numbers = array("i", [base + token for token in tokens])
    pairs = array("i", [numbers.itemsize]) * (2 * len(numbers))
    pairs[1::2] = numbers
    if sys.byteorder == "little":
        pairs.byteswap()
    return pack("!iiiiii", 20 + 8 * len(numbers), 1, 0, INTEGER, len(numbers), 1), pairs.tobytes()


def tokens_text(document: Document) -> str:
    """The tokens with their bucket, as PostgreSQL reads an array: psycopg would look at each number of a list."""
    base = bucket_base(document.ticket)
    return f"{{{','.join([str(base + token) for token in document.tokens])}}}"


def _store_sqlite(cursor, documents: Collection[Document]) -> None:
    """FTS5 keeps no copy of what it indexes: what is to go has to be told to it as it was."""
    wanted = json.dumps([document.ticket for document in documents])
    cursor.execute(
        f"SELECT {COLUMNS} FROM tickets_searchdocument WHERE ticket_id IN (SELECT value FROM json_each(%s))",
        [wanted],
    )
    gone = [Document(*row) for row in cursor.fetchall()]
    if gone:
        cursor.executemany(
            "INSERT INTO tickets_searchtokens (tickets_searchtokens, rowid, tokens) VALUES ('delete', %s, %s)",
            [(document.ticket, sqlite_tokens(document)) for document in gone],
        )
    cursor.executemany(
        f"INSERT OR REPLACE INTO tickets_searchdocument ({COLUMNS}) VALUES (%s, %s, %s, %s, %s)",
        [tuple(document) for document in documents],
    )
    cursor.executemany(
        "INSERT INTO tickets_searchtokens (rowid, tokens) VALUES (%s, %s)",
        [(document.ticket, sqlite_tokens(document)) for document in documents],
    )


def sqlite_tokens(document: Document) -> str:
    """As words for FTS5."""
    return " ".join(map(sqlite_token, document.tokens))


def sqlite_token(token: int) -> str:
    return f"{token:x}"


def wrong_documents(tickets: Iterable[int]) -> list[int]:
    """Of these tickets, those whose document is not what it would be if it were made now."""
    there = {
        row[0]: Document(*row)
        for row in SearchDocument.objects.filter(pk__in=tickets).values_list(
            "ticket", "merchant", "text", "internal", "edition"
        )
    }
    return [
        ticket for ticket, texts in texts_of(list(tickets)).items() if there.get(ticket) != texts.document()
    ]
