"""Looking through the documents: the newest tickets whose texts answer a question, within what a person may see.

Every statement is bounded. A look at the newest documents answers what stands on many tickets. What is left is looked
up by its tokens, bucket by bucket from the newest (PostgreSQL), or streamed by FTS5 from the newest (SQLite), until
there are enough. What an index offers is always compared with the texts themselves.
"""

from dataclasses import dataclass, replace

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from .asking import Question, Word
from .keeping import BUCKET, BUCKETS, sqlite_token
from .tokens import SPACE, token_of_merchant

# How many of the newest documents are looked at before an index is asked. Those of everybody lie side by side, those
# of one merchant far apart.
PROBED, PROBED_OF_MERCHANT = 1_000, 200
# A word that stands on more than this share of them is found sooner by reading on than by its tokens.
OFTEN, OFTEN_OF_MERCHANT = 0.08, 0.25
# As few documents of a merchant are read sooner than looked up in bucket after bucket.
FEW_LEFT = 1_500
# So few tickets are looked at one by one, whatever stands on them.
FEW = 3_000
LAST = 2**62


class Sight:
    """Whose documents, and which of their texts: all for customer service, a merchant's own for its people."""

    def __init__(self, user, merchant: int | None = None):
        self.reads_notes = user.is_service
        self.merchant = merchant if user.is_service else user.merchant_id
        self.nothing = not (user.is_service or (user.is_merchant and self.merchant))

    def scope(self, params: list) -> str:
        if self.merchant is None:
            return ""
        params.append(self.merchant)
        return " AND d.merchant_id = %s"

    def texts(self, question: Question, params: list) -> str:
        """The condition that the texts this person may read have every word."""
        columns = ["d.text", "d.internal"] if self.reads_notes else ["d.text"]
        conditions = []
        for word in question.words:
            conditions.append(" OR ".join(_has(column, word, params) for column in columns))
        return " AND ".join(f"({condition})" for condition in conditions)


def _has(column: str, word: Word, params: list) -> str:
    postgresql = connection.vendor == "postgresql"
    if word.parts:
        params.append(word.as_automaton if postgresql else word.as_walk)
        return f"{column} ~ %s" if postgresql else f"{column} REGEXP %s"
    params.append(word.literals[0])
    return f"strpos({column}, %s) > 0" if postgresql else f"instr({column}, %s) > 0"


class Finder:
    """One question of one person, within a narrower choice of tickets if there is one.

    ``tickets`` is a query set of tickets; ``merchant`` is one merchant's key: customer service asks about its tickets.
    ``since`` is a ticket before which none of ``tickets`` is.
    """

    def __init__(
        self,
        user,
        question: Question,
        tickets: QuerySet | None = None,
        *,
        merchant: int | None = None,
        probed: int | None = None,
        since: int | None = None,
    ):
        self.sight, self.question = Sight(user, merchant), question
        usual = PROBED if self.sight.merchant is None else PROBED_OF_MERCHANT
        self.probed = usual if probed is None else probed
        self.tickets, self.since = tickets, since or 0
        self.narrowed: tuple[str, list] = ("", [])
        if tickets is not None:
            try:
                sql, params = tickets.order_by().values("id").query.sql_with_params()
            except EmptyResultSet:
                self.sight.nothing = True
            else:
                self.narrowed = (sql, list(params))

    def older(self, limit: int, than: int | None = None) -> list[int]:
        """The keys of the newest tickets that fit, at most ``limit``, all older than the ticket ``than``."""
        return self._near(limit, Way(older=True, start=LAST if than is None else than))

    def newer(self, limit: int, than: int) -> list[int]:
        """The keys of the tickets that fit and follow upon the ticket ``than``, the newest first."""
        return self._near(limit, Way(older=False, start=than))

    @property
    def _tokens(self) -> list[int]:
        """What an index has to be asked for; the merchant is one of the tokens of its tickets."""
        merchant = self.sight.merchant
        return [*([token_of_merchant(merchant)] if merchant else []), *self.question.tokens]

    def _near(self, limit: int, way: "Way") -> list[int]:
        if self.sight.nothing:
            return []
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                found = self._near_postgresql(cursor, limit, way)
            else:
                found = self._run(cursor, *self._streamed(limit, way))
        return sorted(found, reverse=True)

    # ---- PostgreSQL ----

    def _near_postgresql(self, cursor, limit: int, way: "Way") -> list[int]:
        if (few := self._few()) is not None:
            return self._run(cursor, *self._among(few, limit, way))
        found, looked_at = self._probe(cursor, limit, way)
        if len(looked_at) < self.probed or len(found) >= limit:
            return found
        rest, further = limit - len(found), replace(way, start=looked_at[-1] if looked_at else way.start)
        frequent = len(found) > len(looked_at) * (OFTEN if self.sight.merchant is None else OFTEN_OF_MERCHANT)
        if looked_at and (frequent or (way.older and _left(looked_at) < FEW_LEFT)):
            return found + self._run(cursor, *self._walked(rest, further))
        return found + self._run(cursor, *self._looked_up(cursor, rest, further))

    def _few(self) -> list[int] | None:
        """The tickets asked for where they are so few that each can be looked at."""
        if self.tickets is None:
            return None
        few = list(self.tickets.order_by().values_list("pk", flat=True)[: FEW + 1])
        return few if len(few) <= FEW else None

    def _among(self, tickets: list[int], limit: int, way: "Way") -> tuple[str, list]:
        params = [tickets, way.start]
        scope = self.sight.scope(params)
        fits = self.sight.texts(self.question, params)
        return (
            f"SELECT d.ticket_id FROM (SELECT id FROM unnest(%s::bigint[]) t(id) WHERE id {way.beyond} %s"
            f" ORDER BY id {way.direction}) t CROSS JOIN LATERAL (SELECT d.ticket_id FROM"
            f" tickets_searchdocument d WHERE d.ticket_id = t.id{scope} AND {fits} OFFSET 0) d LIMIT {limit}",
            params,
        )

    def _probe(self, cursor, limit: int, way: "Way") -> tuple[list[int], list[int]]:
        """What fits among the nearest documents, and all that were looked at, in order."""
        params = []
        fits = self.sight.texts(self.question, params) + self._fits_ticket(params)
        params.append(way.start)
        scope = self.sight.scope(params)
        cursor.execute(
            f"SELECT ticket_id, {fits} FROM"
            " (SELECT d.ticket_id, d.text, d.internal FROM tickets_searchdocument d"
            f" WHERE d.ticket_id {way.beyond} %s{scope}"
            f" ORDER BY d.ticket_id {way.direction} LIMIT {self.probed}) d",
            params,
        )
        rows = cursor.fetchall()
        looked_at = sorted((ticket for ticket, _ in rows), reverse=way.older)
        found = {ticket for ticket, fits in rows if fits}
        return [ticket for ticket in looked_at if ticket in found][:limit], looked_at

    def _walked(self, limit: int, way: "Way") -> tuple[str, list]:
        params = [way.start]
        scope = self.sight.scope(params)
        fits = self.sight.texts(self.question, params) + self._fits_ticket(params)
        return (
            f"SELECT d.ticket_id FROM tickets_searchdocument d WHERE d.ticket_id {way.beyond} %s{scope}"
            f" AND {fits} ORDER BY d.ticket_id {way.direction} LIMIT {limit}",
            params,
        )

    def _looked_up(self, cursor, limit: int, way: "Way") -> tuple[str, list]:
        """``OFFSET 0``: only the tokens may lead, however few documents a merchant or a bucket seems to have.

        The tokens of a document are in either column (``keeping``).
        """
        wanted = f"ARRAY[{', '.join(f'b.base + {token}' for token in self._tokens)}]"
        params = [*self._buckets(cursor, way), -1 if way.older else 1, way.start]
        scope = self.sight.scope(params)
        fits = self.sight.texts(self.question, params) + self._fits_ticket(params)
        return (
            "SELECT h.ticket_id FROM"
            f" (SELECT n, (mod(n, {BUCKETS}) * {SPACE})::int AS base FROM generate_series(%s, %s, %s) n) b"
            " CROSS JOIN LATERAL (SELECT d.ticket_id FROM"
            " (SELECT d.ticket_id, d.merchant_id, d.text, d.internal FROM tickets_searchdocument d"
            f" WHERE d.tokens @> {wanted} OR d.tokens_of_many @> {wanted} OFFSET 0) d"
            f" WHERE d.ticket_id / {BUCKET} = b.n AND d.ticket_id {way.beyond} %s{scope} AND {fits}"
            f" ORDER BY d.ticket_id {way.direction} LIMIT {limit}) h LIMIT {limit}",
            params,
        )

    def _buckets(self, cursor, way: "Way") -> list[int]:
        """The first and the last bucket in which this person has anything that way."""
        params = []
        scope = self.sight.scope(params)
        params.append(way.start)
        cursor.execute(
            "SELECT max(d.ticket_id), min(d.ticket_id) FROM tickets_searchdocument d"
            f" WHERE true{scope} AND d.ticket_id {way.beyond} %s",
            params,
        )
        newest, oldest = (max(bound or 0, self.since) // BUCKET for bound in cursor.fetchone())
        return [newest, oldest] if way.older else [oldest, newest]

    # ---- SQLite ----

    def _streamed(self, limit: int, way: "Way") -> tuple[str, list]:
        wanted = " AND ".join(f'"{sqlite_token(token)}"' for token in self._tokens)
        params = [wanted, way.start]
        scope = self.sight.scope(params)
        fits = self.sight.texts(self.question, params) + self._fits_ticket(params)
        # CROSS JOIN: the stream leads, and what it offers is looked at in its order.
        return (
            "SELECT d.ticket_id FROM tickets_searchtokens CROSS JOIN tickets_searchdocument d"
            " ON d.ticket_id = tickets_searchtokens.rowid WHERE tickets_searchtokens MATCH %s"
            f" AND tickets_searchtokens.rowid {way.beyond} %s{scope} AND {fits}"
            f" ORDER BY tickets_searchtokens.rowid {way.direction} LIMIT {limit}",
            params,
        )

    # ---- both ----

    def _fits_ticket(self, params: list) -> str:
        """The condition that the ticket of document ``d`` is among those asked for; looked up one by one."""
        sql, values = self.narrowed
        if not sql:
            return ""
        params += values
        fence = " OFFSET 0" if connection.vendor == "postgresql" else ""
        return f" AND EXISTS (SELECT 1 FROM ({sql}) t WHERE t.id = d.ticket_id{fence})"

    def _run(self, cursor, sql: str, params: list) -> list[int]:
        cursor.execute(sql, params)
        return [row[0] for row in cursor.fetchall()]


def _left(looked_at: list[int]) -> float:
    """About how many documents there are beyond these, if they lie as close as these do."""
    return len(looked_at) * looked_at[-1] / max(1, looked_at[0] - looked_at[-1])


@dataclass(frozen=True, slots=True)
class Way:
    """From which ticket on, and whether to the older ones."""

    older: bool
    start: int

    @property
    def beyond(self) -> str:
        return "<" if self.older else ">"

    @property
    def direction(self) -> str:
        return "DESC" if self.older else "ASC"
