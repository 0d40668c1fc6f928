"""The box of the list: what a text means, which tickets it finds, and the page of them.

Few hits are known by their keys, and the list treats them as any other choice: ``condition``. Of many hits only the
newest are looked for, page by page, and counts say how many there are at least.
"""

from collections.abc import Callable, Iterator
from functools import cached_property
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict

from qinqin.paging import Page, query_without

from .asking import Question
from .finding import Finder
from .numbers import Meant, meant_by

# As many hits are known by their keys: at least the longest page.
KNOWN = 200
CHUNK = 1_000


class AtLeast(int):
    """A number that is only known to be reached: ``200+``."""

    def __str__(self) -> str:
        return f"{int(self)}+"

    def __html__(self) -> str:
        return str(self)


class Search:
    """A text and who asks. ``merchant`` is the one to which customer service has narrowed the list; ``alone`` says that
    nothing else narrows it.
    """

    def __init__(self, user, text: str, merchant=None, *, alone: bool = False):
        self.user, self.text, self.merchant = user, text, merchant.pk if merchant else None
        self.alone = alone
        self.meant: Meant | None = meant_by(user, text)
        self.question = None if self.meant else Question.read(text)

    def __bool__(self) -> bool:
        """Whether anything was asked."""
        return bool(self.meant or self.question)

    @property
    def texts_url(self) -> str:
        """The same text, looked for in what people wrote and not among the numbers."""
        return "?" + urlencode({"tab": "all", "q": f'"{self.text.strip()}"'})

    @cached_property
    def _newest(self) -> list[int]:
        return self._finder().older(KNOWN + 1)

    @cached_property
    def keys(self) -> list[int] | None:
        """The tickets that are found, where they are known one by one."""
        if self.meant:
            return self.meant.keys
        return self._newest if self.question and len(self._newest) <= KNOWN else None

    @cached_property
    def condition(self) -> Q | None:
        """The condition of the tickets that are found; ``None`` where there are too many to name them all."""
        if self.meant:
            return self.meant.condition
        if self.question is None:
            return Q()
        return None if self.keys is None else Q(pk__in=self.keys)

    def counts(self, tickets: QuerySet, now) -> dict[str, int | None]:
        """The tabs' counts of many hits among ``tickets``: exact, the least that it is, or ``None`` for not known."""
        newest = self._newest if self.alone else self._finder(tickets).older(KNOWN + 1)
        if len(newest) <= KNOWN:
            return tickets.model.objects.filter(pk__in=newest).tab_counts(now)
        # What is open is new, mostly: there is no need to look for it further back than it lies.
        waiting = self._finder(tickets.filter(is_open=True), since=tickets.model.objects.oldest_open())
        waiting = waiting.older(KNOWN + 1)
        counts = tickets.model.objects.filter(pk__in=waiting).tab_counts(now)
        if len(waiting) > KNOWN:
            counts = {tab: AtLeast(min(count, KNOWN)) if count else None for tab, count in counts.items()}
        return counts | {"all": AtLeast(KNOWN)}

    def page(
        self,
        tickets: QuerySet,
        tab: str,
        now,
        rows_of: Callable[[list[int]], dict[int, dict]],
        query: QueryDict,
        total: int | None,
        size: int,
    ) -> Page:
        """One page of many hits in a tab, the newest first; its key in an address is the ticket's. ``rows_of`` reads
        what the page shows of some tickets, by their keys.
        """
        after, before = _key(query.get("after")), _key(query.get("before"))
        is_all = self.alone and tab == "all"
        finder = self._finder(None if is_all else tickets.in_tab(tab, now))
        if before is not None:
            keys = finder.newer(size + 1, before)
            more, keys = len(keys) > size, keys[-size:]
        else:
            known = is_all and after is None and size <= KNOWN
            keys = self._newest if known else finder.older(size + 1, after)
            more, keys = len(keys) > size, keys[:size]
        rows = rows_of(keys)
        placed = after is not None or before is not None
        has_before = more if before is not None else after is not None
        has_after = before is not None or more
        return Page(
            rows=[rows[key] for key in keys if key in rows],
            total=total,
            first_url=_url(query) if placed else None,
            prev_url=_url(query, before=keys[0]) if has_before and keys else None,
            next_url=_url(query, after=keys[-1]) if has_after and keys else None,
        )

    def every(self, tickets: QuerySet) -> Iterator[list[int]]:
        """The keys of all hits among ``tickets``, the newest first, chunk by chunk (for a download)."""
        finder, last = self._finder(tickets), None
        while keys := finder.older(CHUNK, last):
            yield keys
            last = keys[-1]

    def _finder(self, tickets: QuerySet | None = None, since: int | None = None) -> Finder:
        return Finder(self.user, self.question, tickets, merchant=self.merchant, since=since)


def _key(text: str | None) -> int | None:
    """The ticket's key at the end of a place in a list; ``None`` for a place that nobody here has made."""
    key = (text or "").rpartition("~")[2]
    return int(key) if key.isascii() and key.isdigit() and len(key) <= 18 else None


def _url(query: QueryDict, **cursor: int) -> str:
    return "?" + urlencode(query_without(query) | cursor)
