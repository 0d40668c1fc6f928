"""What the ticket list reads: its counts with all that stands around a page, and its rows. One statement each.

The question that everybody asks all day, a tab without a search, is prepared (``qinqin/prepared.py``); a search is
written anew each time. Both are the same query sets.
"""

from functools import cache, lru_cache

from django.http import HttpRequest

from qinqin.paging import MOST_COUNTED, Ordering, Page, Place, page, page_of
from qinqin.prepared import Prepared, Together, among, listed

from .mentions import consumer_columns
from .models import Ticket
from .models.queries import TABS
from .search import SearchForm
from .surroundings import ask, asker, with_surroundings

# What a list shows is read as plain values: objects would cost more than the page itself.
COLUMNS = [
    "id", "number", "order_number", "merchant__name", "category__name", "problem", "urgency", "status",
    "is_returned", "round_no", "warn_at", "critical_at", "due_at", "stopped_at", "was_late", "created_at", "handled_at",
    "assignee__name", "archived_at", "is_open", *consumer_columns("order__"),
]  # fmt: skip
NEWEST = Ordering("created_at", descending=True)
# Beside the tabs: how many tickets a search has to look through.
SCOPE = "scope"


def counts_of(request: HttpRequest, form: SearchForm) -> dict[str, int | str]:
    """How many tickets each tab shows; the surroundings of the request come with them.

    Up to ``MOST_COUNTED``, and one more where there are more. 全部 within a search that no index answers is counted
    among the newest of them only: in words, 37+, where there are older ones.
    """
    user = request.user
    if not form.asked:
        found = ask(request, _usual_counts(user.role))
        return {tab: found[tab] for tab in TABS}
    tickets = Ticket.objects.for_user(user)
    asked = form.found(tickets)
    counted = {
        tab: lambda slots, tab=tab: (
            asked.in_tab(tab, slots.now_at).order_by().values_list("id")[: MOST_COUNTED + 1]
        )
        for tab in TABS
    }
    scope = form.scope(tickets, by_creation=True)
    if scope is not None:
        newest = asked.filter(Place().before_edge(scope, NEWEST, MOST_COUNTED))
        counted["all"] = lambda slots: newest.order_by().values_list("id")
        counted[SCOPE] = lambda slots: scope.order_by().values_list("id")[: MOST_COUNTED + 1]
    found = ask(request, with_surroundings(user.role, counted, once=True))
    counts = {tab: found[tab] for tab in TABS}
    if found.get(SCOPE, 0) > MOST_COUNTED:
        counts["all"] = f"{counts['all']}+"
    return counts


def page_in(
    request: HttpRequest, form: SearchForm, tab: str, ordering: Ordering, total: int | str, size: int
) -> Page:
    """The page of a tab that the address asks for. One statement; in 全部 a rare combination may need a second."""
    user, now, query = request.user, request.surroundings["now"], request.GET
    named = form.search.keys if form.asked.keys() == {"q"} else None
    if not form.asked or named is not None:
        place = Place.of(query, ordering)
        has_key, has_names = place.key is not None, named is not None
        prepared = _usual_rows(user.role, tab, ordering, has_key, place.turned, size, has_names)
        at, pk = place.key or (None, None)
        rows = prepared.dicts(
            person=user.pk, merchant=user.merchant_id or 0, now_at=now, key_at=at, key=pk, names=listed(named or ())
        )  # fmt: skip
        return page_of(rows, place, ordering, query, total, size)
    tickets = Ticket.objects.for_user(user)
    scope = form.scope(tickets, ordering.column == "created_at") if tab == "all" else None
    return page(form.found(tickets).in_tab(tab, now), ordering, query, total, size, scope, _in_full)


def rows_by_key(keys: list[int]) -> dict[int, dict]:
    """What the list shows of these tickets, by key; the caller has judged who sees them. One statement."""
    return {row["id"]: row for row in _rows_of_named().dicts(names=listed(keys))}


def _in_full(keys, place: Place, ordering: Ordering):
    """What the list shows of these tickets. Whatever is sorted to find them is sorted before anything is joined."""
    fields = ordering.fields(turned=place.turned)
    return Ticket.objects.filter(pk__in=keys.values("pk")).order_by(*fields).values(*COLUMNS)


@cache
def _usual_counts(role: str) -> Together:
    def counted(tab: str):
        return lambda slots: (
            Ticket.objects.for_user(asker(role, slots))
            .in_tab(tab, slots.now_at)
            .order_by()
            .values_list("id")[: MOST_COUNTED + 1]
        )

    return with_surroundings(role, {tab: counted(tab) for tab in TABS})


@lru_cache(maxsize=512)
def _usual_rows(
    role: str, tab: str, ordering: Ordering, has_key: bool, turned: bool, size: int, has_names: bool
) -> Prepared:  # fmt: skip
    def rows(slots):
        tickets = Ticket.objects.for_user(asker(role, slots)).in_tab(tab, slots.now_at)
        if has_names:
            tickets = tickets.filter(pk__in=among(slots.text("names")))
        place = Place((slots.key_at, slots.key) if has_key else None, turned)
        return _in_full(place.narrow(tickets, ordering, size), place, ordering)

    return Prepared(rows)


@cache
def _rows_of_named() -> Prepared:
    return Prepared(
        lambda slots: Ticket.objects.filter(pk__in=among(slots.text("names"))).order_by().values(*COLUMNS)
    )
