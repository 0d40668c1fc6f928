"""Every list asks by an index in its own order, and costs the same few statements at any size.

The planner is told that reading a whole table and sorting are dear, so that what is left of both could not be avoided.
"""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.models import Order
from qinqin.paging import Ordering, Place
from qinqin.prepared import listed
from tests.factories import TicketFactory, submitted_ticket, waiting_tickets
from tests.pages import numbers, read, signed_in, statements
from tickets import list_page
from tickets.clock import database_now
from tickets.models import Delivery, Incident, Notice, Reveal, Round, Ticket
from tickets.models.queries import TABS

pytestmark = pytest.mark.django_db

MOMENTS = ["created_at", "handled_at", "due_at"]
ROLES = {"service": "kefu", "merchant": "dianyuan"}
PLACES = {
    "first": (False, False), "after": (True, False), "before": (True, True), "last": (False, True),
}  # fmt: skip


def plan_of(sql: str, params=()) -> str:
    """What the database would do, with whole tables and sorts as dear as on a table of millions."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
            cursor.execute("SET LOCAL enable_incremental_sort = off")
            cursor.execute(f"EXPLAIN {sql}", params)
        else:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def assert_read_in_order(plan: str, table: str) -> None:
    if connection.vendor == "postgresql":
        assert f"Seq Scan on {table}" not in plan, plan
        assert "Sort" not in plan, plan
    else:
        assert not re.search(rf"SCAN {table}(?! USING)", plan), plan
        assert "USE TEMP B-TREE FOR ORDER BY" not in plan, plan


@pytest.fixture
def some(order_a, order_b, kefu) -> None:
    now = database_now()
    waiting_tickets(60, order_a, kefu, now)
    waiting_tickets(60, order_b, kefu, now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("moment", MOMENTS)
def test_every_order_of_everything_and_of_what_waits_has_its_index(role, moment, some, request, subtests):
    user = request.getfixturevalue(ROLES[role])
    now = database_now()
    for tab in ("all", "todo", "returned"):
        for descending in (False, True):
            for place, (has_key, turned) in PLACES.items():
                with subtests.test(tab=tab, descending=descending, place=place):
                    ordering = Ordering(moment, descending)
                    tickets = Ticket.objects.for_user(user).in_tab(tab, now)
                    key = (now, 10**9) if has_key else None
                    keys = Place(key, turned).narrow(tickets, ordering, 50).values("pk")
                    assert_read_in_order(plan_of(*keys.query.sql_with_params()), "tickets_ticket")


NEWEST = {
    "reviews": (lambda _: Ticket.objects.awaiting_review(), Ordering("stopped_at")),
    "orders": (lambda _: Order.objects.all(), Ordering("imported_at", descending=True)),
    "overdue rounds": (lambda now: Round.objects.overdue(now), Ordering("due_at")),
    "rounds due soon": (lambda now: Round.objects.due_soon(now), Ordering("due_at")),
    "open incidents": (lambda _: Incident.objects.open(), Ordering("opened_at", descending=True)),
    "closed incidents": (lambda _: Incident.objects.closed(), Ordering("opened_at", descending=True)),
    "log of looks": (lambda _: Reveal.objects.all(), Ordering("at", descending=True)),
    "looks of one": (lambda _: Reveal.objects.filter(by=1), Ordering("at", descending=True)),
    "inbox": (lambda _: Notice.objects.filter(recipient=1), Ordering("created_at", descending=True)),
    "undelivered": (lambda _: Delivery.objects.given_up(), Ordering("created_at", descending=True)),
    "unread": (lambda _: Notice.objects.filter(recipient=1).unread(), Ordering("created_at", descending=True)),
}  # fmt: skip


@pytest.mark.parametrize("name", NEWEST)
@pytest.mark.parametrize("turned", [False, True], ids=["first page", "last page"])
def test_every_other_list_is_read_in_order_from_both_ends(name, turned, some):
    rows, ordering = NEWEST[name][0](database_now()), NEWEST[name][1]
    keys = Place(turned=turned).narrow(rows, ordering, 50).values("pk")
    assert_read_in_order(plan_of(*keys.query.sql_with_params()), rows.model._meta.db_table)


@pytest.mark.parametrize("who", ["kefu", "zhuguan", "dianyuan"])
@pytest.mark.parametrize("tab", TABS)
def test_the_prepared_question_is_the_query_set(who, tab, order_a, kefu, request, subtests):
    """What everybody sees all day is asked by prepared statements: the same rows, columns and order, page by page."""
    user = request.getfixturevalue(who)
    submitted_ticket(order=order_a, problem="换货 100% 没有回音")
    waiting_tickets(7, order_a, kefu, database_now())
    visitor = signed_in(user)
    for column in MOMENTS:
        for descending in (False, True):
            with subtests.test(column=column, descending=descending):
                ordering, now = Ordering(column, descending), database_now()
                expected = Ticket.objects.for_user(user).in_tab(tab, now).order_by(*ordering.fields())
                prepared = list_page._usual_rows(user.role, tab, ordering, False, False, 50, False)
                found = prepared.dicts(person=user.pk, merchant=user.merchant_id or 0, now_at=now)
                assert found == list(expected.values(*list_page.COLUMNS))
                assert some_of_them(user, tab, ordering, now, found) == found[::2]
                sort = f"{'-' if descending else ''}{column.removesuffix('_at')}"
                shown = numbers(visitor.get(f"/tickets/?tab={tab}&sort={sort}"))
                assert shown == [row["number"] for row in found]


def some_of_them(user, tab: str, ordering: Ordering, now, found: list[dict]) -> list[dict]:
    """Every second row, asked for by name; the names of all tickets that the tab does not show stand beside them."""
    others = Ticket.objects.exclude(pk__in=[row["id"] for row in found]).values_list("pk", flat=True)
    names = listed([*(row["id"] for row in found[::2]), *others])
    prepared = list_page._usual_rows(user.role, tab, ordering, False, False, 50, True)
    return prepared.dicts(person=user.pk, merchant=user.merchant_id or 0, now_at=now, names=names)


def test_the_counts_are_those_of_the_query_sets(zhuguan, order_a, kefu, rf):
    waiting_tickets(3, order_a, kefu, database_now())
    submitted_ticket(order=order_a)
    request = rf.get("/tickets/")
    request.user = zhuguan
    form = list_page.SearchForm(request.GET, user=zhuguan)
    assert form.is_valid()
    counts = list_page.counts_of(request, form)
    assert counts == Ticket.objects.tab_counts(request.surroundings["now"])


LISTS = [
    "/tickets/", "/tickets/?tab=all", "/tickets/?tab=all&last=1", "/tickets/?tab=all&at=2026-01-01",
    "/tickets/?urgency=normal&tab=all&sort=due", "/tickets/?number=GD1",
]  # fmt: skip


@pytest.mark.parametrize("who", ["kefu", "zhuguan", "dianyuan"])
@pytest.mark.parametrize("path", LISTS)
def test_a_ticket_list_costs_four_statements_at_most(who, path, some, request):
    visitor = signed_in(request.getfixturevalue(who))
    visitor.get(path)
    with CaptureQueriesContext(connection) as queries:
        visitor.get(path)
    assert len(queries) <= 4


@pytest.mark.parametrize(
    "path",
    [
        "/orders/", "/tickets/review/", "/tickets/incidents/", "/tickets/sensitive/", "/notices/",
        "/notices/undelivered/",
    ],
)  # fmt: skip
def test_other_lists_cost_the_same_with_one_row_and_with_fifty(path, zhuguan, order_a, kefu):
    visitor = signed_in(zhuguan)
    submitted_ticket(order=order_a)
    visitor.get(path)
    one = statements(lambda: visitor.get(path))
    for _ in range(5):
        submitted_ticket(order=order_a)
    assert statements(lambda: visitor.get(path)) == one


def test_a_list_that_is_too_long_to_count_says_so(kefu, some, monkeypatch):
    monkeypatch.setattr("qinqin.paging.MOST_COUNTED", 100)
    monkeypatch.setattr("tickets.list_page.MOST_COUNTED", 100)
    list_page._usual_counts.cache_clear()
    page = signed_in(kefu).get("/tickets/?tab=all").text
    list_page._usual_counts.cache_clear()
    assert "共 100+ 条" in page


def test_a_rare_combination_is_looked_for_in_steps_and_missed_nowhere(kefu, some, order_a, monkeypatch):
    """Filters that no index serves in this order look through a bounded stretch for each page; the way on goes on."""
    monkeypatch.setattr("qinqin.paging.MOST_LOOKED_THROUGH", 30)
    for place in ("edge", "before_edge"):
        method = getattr(Place, place)
        monkeypatch.setattr(method, "__defaults__", (30,))
    rare = TicketFactory(
        order=order_a, urgency="urgent", opened_ago=database_now() - database_now().replace(year=2025)
    )
    visitor = signed_in(kefu)
    here, found, steps = "?tab=all&urgency=urgent", [], 0
    while here:
        page = visitor.get(f"/tickets/{here}")
        found += numbers(page)
        links = read(page).one("nav", class_="pager").all("a", "下一页")
        here = links[0]["href"] if links else ""
        steps += 1
        assert steps < 10
    assert found == [rare.number]
    assert steps > 1


def test_a_searched_page_is_found_before_anything_is_joined_to_it(some, kefu):
    """However wrong the planner guesses how many fit: at worst it sorts keys, never the joined rows of thousands."""
    pages = signed_in(kefu)
    with CaptureQueriesContext(connection) as asked:
        assert len(numbers(pages.get("/tickets/", {"tab": "waiting", "urgency": "normal"}))) == 50
    rows = next(each["sql"] for each in asked if "consignee" in each["sql"])
    found = rows[rows.index("IN (SELECT") :]
    assert "JOIN" not in found
    assert "LIMIT 51" in found
