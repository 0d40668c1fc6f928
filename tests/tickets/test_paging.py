"""Pages by key: every ticket exactly once, forwards and backwards, whatever comes in meanwhile."""

from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest
from django.utils import timezone

from tests.factories import TicketFactory, waiting_tickets
from tests.pages import numbers, read, signed_in
from tickets.clock import database_now
from tickets.models import Ticket
from tickets.searching import keeping

pytestmark = pytest.mark.django_db

SORTS = ["created", "-created", "handled", "-handled", "due", "-due"]


@pytest.fixture
def many(order_a, kefu) -> list[str]:
    """120 waiting tickets, always three with the same times: three pages."""
    now = database_now()
    for hour in range(40):
        waiting_tickets(3, order_a, kefu, due_at=now + timedelta(hours=hour))
    return sorted(Ticket.objects.values_list("number", flat=True))


def address(page, label: str) -> str | None:
    """Where a button of the pager leads; ``None`` where it is none."""
    [button] = read(page).one("nav", class_="pager").all(class_="button", text=label)
    return f"/tickets/{button['href']}" if button.tag == "a" else None


def walk(visitor, start: str, label: str) -> list[list[str]]:
    """The numbers of each page, from ``start`` on as far as the button leads."""
    pages, here = [], start
    while here:
        page = visitor.get(here)
        pages.append(numbers(page))
        assert len(pages) <= 10
        here = address(page, label)
    return pages


def together(pages: list[list[str]]) -> list[str]:
    return list(chain.from_iterable(pages))


def last_page(visitor, start: str) -> str:
    here = start
    while there := address(visitor.get(here), "下一页"):
        here = there
    return here


def test_walking_forwards_shows_every_ticket_once_in_every_sort(dianyuan, many, subtests):
    visitor = signed_in(dianyuan)
    for sort in SORTS:
        with subtests.test(sort=sort):
            pages = walk(visitor, f"/tickets/?sort={sort}", "下一页")
            column = {"created": "created_at", "handled": "handled_at", "due": "due_at"}[sort.strip("-")]
            sign = "-" if sort.startswith("-") else ""
            in_order = Ticket.objects.order_by(f"{sign}{column}", f"{sign}pk")
            assert together(pages) == list(in_order.values_list("number", flat=True))
            assert [len(page) for page in pages] == [50, 50, 20]


def test_walking_backwards_shows_the_same_pages(dianyuan, many, subtests):
    visitor = signed_in(dianyuan)
    for sort in ["-created", "due"]:
        with subtests.test(sort=sort):
            forwards = walk(visitor, f"/tickets/?sort={sort}", "下一页")
            backwards = walk(visitor, last_page(visitor, f"/tickets/?sort={sort}"), "上一页")
            assert backwards == forwards[::-1]


def test_tickets_of_one_and_the_same_moment_come_once_each(dianyuan, order_a, kefu):
    waiting_tickets(120, order_a, kefu, due_at=database_now())
    visitor = signed_in(dianyuan)
    everything = sorted(Ticket.objects.values_list("number", flat=True))
    assert sorted(together(walk(visitor, "/tickets/?tab=all", "下一页"))) == everything
    assert sorted(together(walk(visitor, last_page(visitor, "/tickets/?tab=all"), "上一页"))) == everything


def test_tickets_that_come_in_above_shift_nothing(dianyuan, many, order_a):
    visitor = signed_in(dianyuan)
    first = visitor.get("/tickets/?tab=all")
    TicketFactory.create_batch(3, order=order_a, opened_ago=timedelta(days=-3))
    rest = walk(visitor, address(first, "下一页"), "下一页")
    assert sorted(numbers(first) + together(rest)) == many


def test_going_back_to_the_top_shows_what_came_in_above(dianyuan, many, order_a):
    visitor = signed_in(dianyuan)
    second = visitor.get(address(visitor.get("/tickets/?tab=all"), "下一页"))
    new = TicketFactory(order=order_a, opened_ago=timedelta(days=-3))
    top = visitor.get(address(second, "首页"))
    assert numbers(top)[0] == new.number
    before = visitor.get(address(second, "上一页"))
    assert new.number not in numbers(before)
    assert numbers(visitor.get(address(before, "上一页"))) == [new.number]


def test_a_ticket_that_left_the_list_leaves_no_gap(dianyuan, many, kefu):
    visitor = signed_in(dianyuan)
    first = visitor.get("/tickets/")
    last_of_the_page = Ticket.objects.get(number=numbers(first)[-1])
    last_of_the_page.cancel(by_user=kefu, reason="消费者撤回了投诉")
    rest = walk(visitor, address(first, "下一页"), "下一页")
    assert sorted(numbers(first) + together(rest)) == many


def test_a_page_that_has_emptied_meanwhile_leads_back_to_the_first(dianyuan, order_a, kefu):
    waiting_tickets(51, order_a, kefu, due_at=database_now())
    visitor = signed_in(dianyuan)
    second = address(visitor.get("/tickets/"), "下一页")
    Ticket.objects.get(number=numbers(visitor.get(second))[0]).cancel(by_user=kefu, reason="消费者撤回了投诉")
    page = visitor.get(second)
    assert numbers(page) == []
    assert len(numbers(visitor.get(address(page, "首页")))) == 50


def test_a_single_page_has_no_way_on(dianyuan, order_a):
    TicketFactory(order=order_a)
    page = signed_in(dianyuan).get("/tickets/")
    assert [address(page, label) for label in ("首页", "上一页", "下一页")] == [None, None, None]


def test_exactly_one_page_has_no_second(dianyuan, order_a, kefu):
    waiting_tickets(50, order_a, kefu, due_at=database_now())
    assert address(signed_in(dianyuan).get("/tickets/"), "下一页") is None


def test_paging_keeps_search_tab_and_sort(dianyuan, many):
    visitor = signed_in(dianyuan)
    question = {"tab": "all", "sort": "-due", "urgency": "normal", "q": "开线 & 换货"}
    waiting = Ticket.objects.filter(number__in=many)
    waiting.update(problem="开线 & 换货")
    keeping.keep(*waiting.values_list("pk", flat=True))  # what a verb does for the search
    pages = walk(visitor, visitor.get("/tickets/", question).wsgi_request.get_full_path(), "下一页")
    in_order = Ticket.objects.order_by("-due_at", "-pk")
    assert together(pages) == list(in_order.values_list("number", flat=True))


def test_the_last_page_is_the_last_and_leads_back_the_same_way(dianyuan, many):
    visitor = signed_in(dianyuan)
    for sort in SORTS:
        first = visitor.get(f"/tickets/?sort={sort}")
        forwards = walk(visitor, f"/tickets/?sort={sort}", "下一页")
        last = visitor.get(address(first, "末页"))
        assert numbers(last) == together(forwards)[-50:]
        assert (address(last, "下一页"), address(last, "末页")) == (None, None)
        before = visitor.get(address(last, "上一页"))
        assert numbers(before) == together(forwards)[-100:-50]
        assert numbers(visitor.get(address(last, "首页"))) == forwards[0]


def test_a_list_of_one_page_is_its_own_last_page(dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    page = signed_in(dianyuan).get("/tickets/?last=1")
    assert numbers(page) == [ticket.number]
    assert [address(page, label) for label in ("首页", "上一页", "下一页", "末页")] == [None] * 4


@pytest.mark.parametrize("sort", ["created", "-created"])
def test_a_day_is_where_the_list_goes_on_from(sort, dianyuan, order_a, kefu):
    """Days are those of Shanghai; the field keeps what was chosen, and what else was asked stays."""
    days = [database_now().replace(month=3, day=day, hour=15, minute=59) for day in (1, 2, 3)]
    for at in days:
        TicketFactory(order=order_a, at=at)
        TicketFactory(order=order_a, at=at + timedelta(minutes=1))  # the next day in Shanghai
    visitor = signed_in(dianyuan)
    page = visitor.get(f"/tickets/?tab=all&sort={sort}&at={days[0].year}-03-03")
    everything = Ticket.objects.order_by("created_at", "pk").values_list("number", flat=True)
    expected = everything[3:] if sort == "created" else list(everything[:5])[::-1]
    assert numbers(page) == list(expected)
    assert address(page, "首页") == f"/tickets/?tab=all&sort={sort}"
    form = read(page).one("form", class_="jump")
    assert form.sends() == {"tab": "all", "sort": sort, "at": f"{days[0].year}-03-03"}


def test_a_day_can_be_left_backwards(dianyuan, order_a):
    tickets = [TicketFactory(order=order_a, opened_ago=timedelta(days=days)) for days in (5, 3, 1)]
    visitor = signed_in(dianyuan)
    day = f"{timezone.localdate(tickets[0].created_at)}"
    page = visitor.get(f"/tickets/?tab=all&at={day}")
    assert tickets[2].number not in numbers(page)
    assert tickets[2].number in numbers(visitor.get(address(page, "上一页")))


@pytest.mark.parametrize(
    "day", ["", "x", "2026-02-30", "0001-01-01", "9999-12-31", "2026-1-1\x00", "２０２６-01-01"]
)
def test_a_day_that_is_none_is_the_first_page(day, dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    assert numbers(signed_in(dianyuan).get("/tickets/", {"tab": "all", "at": day})) == [ticket.number]


STRANGE = [
    "x", "~", "~1", "2026-01-01~1", "2026-01-01T00:00:00~1", "2026-01-01T00:00:00+00:00~",
    "0001-01-01T00:00:00+23:59~1", "9999-12-31T23:59:59-23:59~1", "2026-13-45T99:00:00+00:00~1",
    "2026-01-01T00:00:00+00:00~-1", "2026-01-01T00:00:00+00:00~１", "2026-01-01T00:00:00+00:00~" + "9" * 19,
    "2026-01-01T00:00:00+00:00~" + "9" * 5000, "2026-01-01T00:00:00+00:00~1\x00", "\x00", "' OR 1=1 --", "🙂~1",
    "2026-W01-1~1", "１９９９-01-01T00:00:00+00:00~1",
]  # fmt: skip


def test_a_key_that_nobody_made_is_the_first_page(dianyuan, order_a, subtests):
    TicketFactory.create_batch(2, order=order_a)
    visitor = signed_in(dianyuan)
    first = numbers(visitor.get("/tickets/"))
    for name in ("after", "before"):
        for key in STRANGE:
            with subtests.test(name=name, key=key[:60]):
                page = visitor.get("/tickets/", {name: key})
                assert (page.status_code, numbers(page)) == (200, first)


@pytest.mark.parametrize("name", ["after", "before"])
def test_a_key_of_the_far_past_or_future_is_answered(name, dianyuan, order_a, subtests):
    visitor = signed_in(dianyuan)
    for moment in [datetime(1971, 1, 1, tzinfo=UTC), datetime(8999, 12, 31, tzinfo=UTC)]:
        with subtests.test(moment=moment):
            page = visitor.get("/tickets/", {name: f"{moment.isoformat()}~{'9' * 18}"})
            assert page.status_code == 200


def test_two_keys_at_once_are_answered(dianyuan, order_a):
    visitor = signed_in(dianyuan)
    key = f"{database_now().isoformat()}~1"
    assert visitor.get("/tickets/", {"after": key, "before": key}).status_code == 200
    assert visitor.get("/tickets/", {"after": key, "before": "x"}).status_code == 200
