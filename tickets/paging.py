"""Pages by key: as quick at the end of a list as at its beginning, and steady while rows come in above."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict

SIZE = 50
CURSORS = ("after", "before")
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Ordering:
    """By one moment that is never NULL, then by ``id``; ``descending`` turns both. ``spans``: by a length of time."""

    column: str
    descending: bool = False
    spans: bool = False

    def fields(self, *, turned: bool = False) -> list[str]:
        sign = "-" if self.descending != turned else ""
        return [f"{sign}{self.column}", f"{sign}id"]

    def beyond(self, value, pk: int, *, turned: bool = False) -> Q:
        """The rows that come after the row with these keys."""
        side = "lt" if self.descending != turned else "gt"
        return Q(**{f"{self.column}__{side}e": value}) & (
            Q(**{f"{self.column}__{side}": value}) | Q(**{f"id__{side}": pk})
        )


@dataclass(frozen=True)
class Page:
    """One page of rows (dicts with at least ``id`` and the ordering's column) and the addresses around it."""

    rows: list[dict]
    total: int | None
    first_url: str | None
    prev_url: str | None
    next_url: str | None


def page(
    queryset: QuerySet, ordering: Ordering, query: QueryDict, total: int | None, size: int = SIZE
) -> Page:
    """The page that ``query`` asks for (``after=KEY`` or ``before=KEY``; a key that is none means the first page).

    ``queryset`` must be a ``values()`` query that has the ordering's column and ``id``. Costs one statement.
    """
    turned = "before" in query
    key = _read_key(query.get("before" if turned else "after", ""), ordering)
    if key is None:
        turned = False
    rows = queryset.order_by(*ordering.fields(turned=turned))
    if key is not None:
        rows = rows.filter(ordering.beyond(*key, turned=turned))
    rows = list(rows[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if turned:
        rows.reverse()
    has_before = more if turned else key is not None
    has_after = bool(turned) or more
    return Page(
        rows=rows,
        total=total,
        first_url=_url(query) if key is not None else None,
        prev_url=_url(query, before=_key(rows[0], ordering)) if has_before and rows else None,
        next_url=_url(query, after=_key(rows[-1], ordering)) if has_after and rows else None,
    )


def query_without(query: QueryDict, *names: str) -> dict[str, str]:
    """The filled parameters of an address, the named ones and the place in the list left out."""
    return {
        name: value for name, value in query.items() if value and name not in names and name not in CURSORS
    }


def _url(query: QueryDict, **cursor: str) -> str:
    return "?" + urlencode(query_without(query) | cursor)


def _key(row: dict, ordering: Ordering) -> str:
    value = row[ordering.column]
    return f"{value // MICROSECOND if ordering.spans else value.isoformat()}~{row['id']}"


def _read_key(text: str, ordering: Ordering) -> tuple[datetime | timedelta, int] | None:
    """The moment or span and the id that a key says; ``None`` for a key that nobody here has made."""
    value, _, pk = text.rpartition("~")
    if not _is_number(pk):
        return None
    if ordering.spans:
        return (int(value) * MICROSECOND, int(pk)) if _is_number(value) else None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return (moment, int(pk)) if moment.tzinfo and 1970 < moment.year < 9000 else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18
