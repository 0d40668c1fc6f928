"""The lists that can be taken away: exactly the rows that the page with the same address lists, in its order.

The keys are read at one moment, a few bytes for each row; the rows follow in pieces by their keys. So an export holds
neither the rows in memory nor a transaction open, and none of them comes twice or not at all while it runs, however
the tickets move meanwhile.
"""

from array import array
from collections.abc import Iterator
from datetime import datetime
from itertools import batched, chain, islice

from django.db import connection, transaction
from django.http import QueryDict

from orders import phones
from orders.masking import mask_text
from orders.models import Order

from ..models import JobKind, Ticket
from ..models.job import LEASE
from ..models.queries import TABS
from ..ordering import LABELS, ordering_for
from ..search import SearchForm
from .columns import ORDER_COLUMNS, Column, ticket_columns

# How many rows are read at a time.
PIECE = 1_000
# The one look at all keys of a huge list may take longer than a page may, being work in the background, but not longer
# than the job is its worker's without a word: it would be begun again while it still runs.
KEYS_WITHIN_SECONDS = int(LEASE.total_seconds()) - 10


class Listed:
    """What an address lists for a person. An heir says which rows (``found``), their order and their columns."""

    kind: JobKind
    noun: str
    counted: str
    columns: list[Column]
    ordering: list[str]
    # The words of what was asked, without anything that must not be shown.
    conditions: list[str]

    def __init__(self, query: QueryDict, user, now: datetime):
        self.query, self.user, self.now = query, user, now

    def everything(self):
        """All that this person may see."""
        raise NotImplementedError

    def found(self):
        """The rows that were asked for."""
        raise NotImplementedError

    def keys(self, most: int | None = None) -> array:
        """The keys of the rows, in order, ``most`` at most; one statement."""
        keys = self.found().order_by(*self.ordering).values_list("pk", flat=True)
        if most is not None:
            return array("q", keys[:most])
        if connection.vendor == "sqlite":
            # A transaction would take SQLite's one write lock; a single statement sees one moment anyway.
            return array("q", keys.iterator(chunk_size=10_000))
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = '{KEYS_WITHIN_SECONDS}s'")
            return array("q", keys.iterator(chunk_size=10_000))

    def rows(self, keys: array, columns: list[Column]) -> Iterator[list]:
        """The cells of these rows, in this order. One that the person may not see any more is left out."""
        needs = ["pk", *dict.fromkeys(name for column in columns for name in column.needs)]
        for piece in batched(keys, PIECE):
            rows = {row["pk"]: row for row in self.everything().filter(pk__in=piece).values(*needs)}
            for key in piece:
                if row := rows.get(key):
                    yield [column.cell(row, self.now) for column in columns]

    def chosen(self, keys: list[str]) -> list[Column]:
        """The columns with these keys, in the list's own order; those chosen at first when there are none."""
        chosen = [column for column in self.columns if column.key in keys]
        return chosen or [column for column in self.columns if column.first]


class TicketList(Listed):
    """工单管理."""

    kind, noun, counted = JobKind.EXPORT_TICKETS, "工单", "张工单"

    def __init__(self, query: QueryDict, user, now: datetime):
        super().__init__(query, user, now)
        self.form = SearchForm(query, user=user)
        self.form.is_valid()
        self.tab = query.get("tab") if query.get("tab") in TABS else "todo"
        self.sort, ordering = ordering_for(query.get("sort", ""), self.tab)
        self.ordering = ordering.fields()
        self.columns = ticket_columns(user)
        self.conditions = self._conditions()

    def everything(self):
        return Ticket.objects.for_user(self.user)

    def found(self):
        return self.form.found(self.everything()).in_tab(self.tab, self.now)

    def keys(self, most: int | None = None) -> array:
        """Those of a text that many tickets hold come as the page lists them: the newest first."""
        if self._are_few:
            return super().keys(most)
        return array("q", islice(chain.from_iterable(self.form.search.every(self.found())), most))

    @property
    def _are_few(self) -> bool:
        """Whether the hits of a text, if one was asked for, are so few that a condition names them."""
        return self.form.search.condition is not None

    def _conditions(self) -> list[str]:
        asked = [
            f"{self.form.fields[name].label}：{self._word(name, value)}"
            for name, value in self.form.asked.items()
        ]
        way = "从晚到早" if self.sort.startswith("-") else "从早到晚"
        order = f"按{LABELS[self.sort.removeprefix('-')]}{way}"
        return [f"分类：{TABS[self.tab]}", *asked, order]

    def _word(self, name: str, value) -> str:
        choices = getattr(self.form.fields[name], "choices", None)
        if isinstance(value, str) and choices:
            return str(dict(choices).get(value, value))
        return mask_text(str(value).partition("~")[0] if name == "phone" else str(value))


class OrderList(Listed):
    """订单查询."""

    kind, noun, counted = JobKind.EXPORT_ORDERS, "订单", "个订单"
    columns = ORDER_COLUMNS
    ordering = ["-pk"]

    def __init__(self, query: QueryDict, user, now: datetime):
        super().__init__(query, user, now)
        self.text = query.get("q", "").replace("\x00", "").strip()
        if phones.looks_like_mobile(self.text):
            self.text = phones.phone_mark(self.text)
        self.conditions = [f"订单号或手机号：{mask_text(self.text.partition('~')[0])}"] if self.text else []

    def everything(self):
        return Order.objects.for_user(self.user)

    def found(self):
        return self.everything().matching(self.text)


LISTS: dict[str, type[Listed]] = {each.kind: each for each in (TicketList, OrderList)}
