"""Pages by key: as quick at the end of a list as at its beginning, and steady while rows come in above."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from django.db.models import DateTimeField, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils import timezone

SIZE = 50
# A place in a list: after or before a row, its end, or the first row of a day.
CURSORS = ("after", "before", "last", "at")
FAR_PAST, FAR_FUTURE = datetime(1970, 1, 2, tzinfo=UTC), datetime(8999, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
ONE_DAY = timedelta(days=1)
# Counting ends here: nobody reads on, and a million would have to be walked through for the last digit.
MOST_COUNTED = 10_000
# So many rows a page looks through for those that fit filters which no index serves in the order of the list.
MOST_LOOKED_THROUGH = 20_000

Key = tuple[datetime | timedelta, int]


@dataclass(frozen=True)
class Ordering:
    """By one column that is never NULL, then by ``id``; ``descending`` turns both. ``spans``: by a length of time."""

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

    def start_of(self, day: date) -> Key:
        """The key before the first row of a day, in the direction of the list."""
        if self.descending:
            return _midnight(day + ONE_DAY), 0
        return _midnight(day) - MICROSECOND, 10**18


@dataclass(frozen=True)
class Place:
    """Where in a list an address is. ``turned`` reads against the order; ``key`` is the row it reads on from."""

    key: Key | None = None
    turned: bool = False
    day: date | None = None

    @classmethod
    def of(cls, query: QueryDict, ordering: Ordering) -> "Place":
        """What ``after=KEY``, ``before=KEY``, ``last=1`` or ``at=DAY`` say; what cannot be read is the first page."""
        if "last" in query:
            return cls(turned=True)
        turned = "before" in query
        if key := _read_key(query.get("before" if turned else "after", ""), ordering):
            return cls(key, turned)
        day = None if ordering.spans else _read_day(query.get("at", ""))
        return cls(ordering.start_of(day), day=day) if day else cls()

    def narrow(self, rows: QuerySet, ordering: Ordering, size: int) -> QuerySet:
        """The rows of the page, in reading order, and one more where there are more."""
        return self._onwards(rows, ordering)[: size + 1]

    def edge(self, scope: QuerySet, ordering: Ordering, most: int = MOST_LOOKED_THROUGH) -> QuerySet:
        """The row of ``scope`` at which looking through it for one page ends; empty where its end comes before."""
        return self._onwards(scope, ordering)[most : most + 1]

    def before_edge(self, scope: QuerySet, ordering: Ordering, most: int = MOST_LOOKED_THROUGH) -> Q:
        """The condition of the rows up to the edge of ``scope``."""
        falls = ordering.descending != self.turned
        column = ordering.column
        edge = Subquery(self.edge(scope, ordering, most).values(column))
        end = Value(FAR_PAST if falls else FAR_FUTURE, output_field=DateTimeField())
        return Q(**{f"{column}__{'gte' if falls else 'lte'}": Coalesce(edge, end)})

    def _onwards(self, rows: QuerySet, ordering: Ordering) -> QuerySet:
        if self.key is not None:
            rows = rows.filter(ordering.beyond(*self.key, turned=self.turned))
        return rows.order_by(*ordering.fields(turned=self.turned))


@dataclass(frozen=True)
class Page:
    """One page of rows (dicts with at least ``id`` and the ordering's column) and the addresses around it.

    ``total`` counts up to ``MOST_COUNTED``; one more means that there are more. ``jump`` is the form that leads to a
    day: ``value`` and the ``kept`` parameters; ``None`` where the order is by no moment. ``looked_through``: the rows
    end where looking ended, and the way on looks further.
    """

    rows: list[dict]
    total: int | str | None
    first_url: str | None
    prev_url: str | None
    next_url: str | None
    last_url: str | None = None
    jump: dict | None = field(default=None, compare=False)
    looked_through: bool = False


def page(
    queryset: QuerySet, ordering: Ordering, query: QueryDict, total: int | str | None, size: int = SIZE,
    scope: QuerySet | None = None, in_full: Callable[[QuerySet, Place, Ordering], QuerySet] | None = None,
) -> Page:  # fmt: skip
    """The page that ``query`` asks for (see ``Place``).

    ``queryset`` must be a ``values()`` query that has the ordering's column and ``id``, or ``in_full`` must make such a
    one of its page: then nothing is joined before the page is found, whatever has to be sorted for it. Costs one
    statement. With a
    ``scope``, of which an index in this order serves any part, no more than ``MOST_LOOKED_THROUGH`` rows of it are
    looked through for rows of ``queryset``; where they do not fill the page, a second statement finds the way on.
    """
    place = Place.of(query, ordering)
    if scope is not None:
        queryset = queryset.filter(place.before_edge(scope, ordering))
    narrowed = place.narrow(queryset, ordering, size)
    rows = list(in_full(narrowed, place, ordering) if in_full else narrowed)
    edge = None
    if scope is not None and len(rows) <= size:
        edge = place.edge(scope, ordering).values(ordering.column, "id").first()
    return page_of(rows, place, ordering, query, total, size, edge)


def page_of(
    rows: list[dict], place: Place, ordering: Ordering, query: QueryDict, total: int | str | None, size: int = SIZE,
    edge: dict | None = None,
) -> Page:  # fmt: skip
    """The page from the rows that were read at its place: at most one more than ``size``, in reading order.

    ``edge`` is the row at which reading ended before the page was full.
    """
    more = len(rows) > size
    rows = rows[:size]
    if place.turned:
        rows.reverse()
    is_inside = place.key is not None
    before, after = (rows[0], rows[-1]) if rows else (None, None)
    if edge is not None:
        # Everything with the edge's moment has been looked at: go on behind the last of them.
        falls = ordering.descending != place.turned
        edge = edge | {"id": 0 if falls else 10**17}
        before, after = (edge, after) if place.turned else (before, edge)
        more = True
    has_before = more if place.turned else is_inside
    has_after = is_inside if place.turned else more
    kept = query_without(query)
    return Page(
        rows=rows,
        total=total,
        first_url=_url(kept) if is_inside or (place.turned and has_before) else None,
        prev_url=_url(kept, before=_key(before, ordering)) if has_before and before else None,
        next_url=_url(kept, after=_key(after, ordering)) if has_after and after else None,
        last_url=_url(kept, last="1") if has_after else None,
        jump=None if ordering.spans else {"value": f"{place.day or ''}", "kept": kept},
        looked_through=edge is not None,
    )


def count(rows: QuerySet) -> int:
    """How many rows there are, up to one more than ``MOST_COUNTED``. One statement, which never reads on."""
    return rows.order_by()[: MOST_COUNTED + 1].count()


def count_words(number: int) -> str:
    """A number that ``count`` found, honestly: 10000+ where it stopped."""
    return f"{MOST_COUNTED}+" if number > MOST_COUNTED else str(number)


def query_without(query: QueryDict, *names: str) -> dict[str, str]:
    """The filled parameters of an address, the named ones and the place in the list left out."""
    return {
        name: value for name, value in query.items() if value and name not in names and name not in CURSORS
    }


def _url(kept: dict[str, str], **cursor: str) -> str:
    return "?" + urlencode(kept | cursor)


def _key(row: dict, ordering: Ordering) -> str:
    value = row[ordering.column]
    return f"{value // MICROSECOND if ordering.spans else value.isoformat()}~{row['id']}"


def _read_key(text: str, ordering: Ordering) -> Key | None:
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


def _read_day(text: str) -> date | None:
    """The day that a date field sends; ``None`` for anything else, and for days that no list reaches."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18
