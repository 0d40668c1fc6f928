"""From a ticket back to the very page of the list one came from."""

import pytest

from tests.factories import TicketFactory, submitted_ticket, waiting_tickets
from tests.pages import read, signed_in
from tickets.clock import database_now
from tickets.models import Ticket
from tickets.searching import keeping

pytestmark = pytest.mark.django_db


def back(page) -> str:
    return read(page).one("a", data_back=True)["href"]


def open_first(visitor, address: str):
    """The page of the first ticket of a list."""
    return visitor.get(
        read(visitor.get(address)).one("tbody").all("a", class_="button")[0]["href"].split("#")[0]
    )


def test_from_the_list_as_it_opens_back_to_it(kefu, order_a):
    ticket = TicketFactory(order=order_a)
    assert back(open_first(signed_in(kefu), "/tickets/")) == f"/tickets/#{ticket.number}"


def test_back_to_filter_sort_and_place_in_the_list(kefu, order_a):
    waiting_tickets(60, order_a, kefu, database_now())
    keeping.keep(*Ticket.objects.values_list("pk", flat=True))
    visitor = signed_in(kefu)
    first = "/tickets/?q=%E8%BF%9E%E4%BD%93%E8%A1%A3&sort=-created&tab=all"
    second = read(visitor.get(first)).one("a", "下一页")["href"]
    # The copies of the others have no snapshot; the ticket itself is the oldest.
    page = visitor.get(
        read(visitor.get(f"/tickets/{second}")).one("tbody").all("a", class_="button")[-1]["href"]
    )
    number = read(page).one("h1").text
    address, _, row = back(page).partition("#")
    again = read(visitor.get(address))
    assert row == number == again.table()[-1]["工单号"]
    assert again.one("tr", id=row)
    assert "after=" in address


def test_the_way_back_outlives_what_one_does_there(kefu, order_a):
    submitted_ticket(order=order_a)
    visitor = signed_in(kefu)
    page = read(open_first(visitor, "/tickets/?tab=all&urgency=normal"))
    way = page.one("a", data_back=True)["href"]
    assert way.startswith("/tickets/?tab=all&urgency=normal#")
    form = next(form for form in page.all("form", method="post") if "/approve/" in form["action"])
    wrong = visitor.post(
        form["action"], {name: "9" if "seen_round" in name else value for name, value in form.sends().items()}
    )
    assert (wrong.status_code, back(wrong)) == (409, way)
    done = visitor.post(form["action"], form.sends() | {"form_key": "b" * 22})
    assert (done.status_code, back(visitor.get(done["Location"]))) == (302, way)


def test_every_form_of_the_page_hands_it_on(kefu, shangjia, order_a):
    TicketFactory(order=order_a)
    for person in (kefu, shangjia):
        page = read(open_first(signed_in(person), "/tickets/?tab=all")).one("main")
        marked = [form["action"] for form in page.all("form", method="post") if "from=" in form["action"]]
        others = {
            form["action"].rsplit("/", 2)[1]
            for form in page.all("form", method="post", action=True)
            if form["action"] not in marked
        }
        assert marked
        assert others <= {"clear", "read"}


def test_the_next_ticket_keeps_it(kefu, order_a):
    one, other = submitted_ticket(order=order_a), submitted_ticket(order=order_a)
    answer = signed_in(kefu).get(f"/tickets/next/?after={one.number}&from=/tickets/%3Ftab%3Dall")
    assert answer["Location"] == f"/tickets/{other.number}/?from=/tickets/%3Ftab%3Dall"


def test_from_the_reviews_back_to_the_reviews(kefu, order_a):
    ticket = submitted_ticket(order=order_a)
    page = open_first(signed_in(kefu), "/tickets/review/")
    assert back(page) == f"/tickets/review/#{ticket.number}"
    assert read(page).one("a", data_back=True)["aria-label"] == "返回待客服审核"


@pytest.mark.parametrize(
    "lie",
    [
        "//evil.example/tickets/", "https://evil.example/tickets/", "javascript:alert(1)",
        "/\\evil.example", "/logout/",
        "/tickets/../logout/", "/tickets/new/", "/tickets/GD1/", "tickets/", "/tickets/\x00", "/tickets/\r\nX: y",
        "/tickets/?q=" + "x" * 9_000, "//[", "/tickets", "\ud800", "",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_list_leads_to_the_list(lie, kefu, order_a):
    ticket = TicketFactory(order=order_a)
    page = signed_in(kefu).get(ticket.get_absolute_url(), {"from": lie.encode("utf-8", "replace")})
    assert back(page) == f"/tickets/#{ticket.number}"
    assert "from=" not in read(page).one("main").raw + str([form.attrs for form in read(page).all("form")])


def test_an_address_is_written_anew(kefu, order_a):
    ticket = TicketFactory(order=order_a)
    page = signed_in(kefu).get(ticket.get_absolute_url(), {"from": '/tickets/?q="><b>&tab=all#x'})
    assert back(page) == f"/tickets/?q=%22%3E%3Cb%3E&tab=all#{ticket.number}"
