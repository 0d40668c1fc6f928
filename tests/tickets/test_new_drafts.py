"""What is being written in 新建工单 is there again: a sheet for each ticket."""

import pytest

from tests.pages import read, signed_in
from tests.tickets.drafting import WORDS
from tickets.models import Draft

pytestmark = pytest.mark.django_db


SHEET = "a-sheet-of-paper-1"


# ---- 新建工单 ----


def new_form(page):
    return read(page).one("main").one("form", data_draft="open")


def test_a_ticket_that_is_being_written_is_there_again(kefu, order_a):
    visitor = signed_in(kefu)
    fields = {"order_number": order_a.number, "urgency": "urgent", "problem": WORDS}
    form = new_form(visitor.get("/tickets/new/"))
    assert visitor.post(form["data-draft-url"], fields).status_code == 200
    page = signed_in(kefu).get("/tickets/new/")
    back = new_form(page)
    assert back.sends()["problem"] == WORDS
    assert back.sends()["urgency"] == "urgent"
    assert back.sends()["order_number"] == order_a.number
    assert back["data-draft-url"] == form["data-draft-url"]
    assert order_a.merchant.name in page.text


def test_another_order_is_another_sheet_and_the_draft_is_offered(kefu, order_a, order_b):
    visitor = signed_in(kefu)
    first = new_form(visitor.get("/tickets/new/"))
    visitor.post(first["data-draft-url"], {"order_number": order_a.number, "problem": WORDS})
    page = visitor.get("/tickets/new/", {"order": order_b.number})
    assert new_form(page).sends()["problem"] == ""
    assert new_form(page)["data-draft-url"] != first["data-draft-url"]
    link = read(page).one("main").one("p", class_="message").one("a")
    assert order_a.number in link.text
    assert new_form(visitor.get(f"/tickets/new/{link['href']}")).sends()["problem"] == WORDS


def test_opening_the_ticket_takes_the_draft_with_it_and_only_this_one(kefu, order_a):
    visitor = signed_in(kefu)
    form = new_form(visitor.get("/tickets/new/"))
    filled = form.sends() | {"order_number": order_a.number, "problem": WORDS, "category": "1"}
    visitor.post(form["data-draft-url"], filled)
    Draft.keep(by_user=kefu, verb="open", fields={"problem": "另一张"}, sheet=SHEET)
    assert visitor.post("/tickets/new/", filled).status_code == 302
    assert Draft.objects.get().sheet == SHEET


def test_a_form_that_was_refused_is_a_draft(kefu):
    visitor = signed_in(kefu)
    page = visitor.post("/tickets/new/", {"problem": WORDS, "sheet": SHEET})
    assert page.status_code == 422
    assert new_form(visitor.get("/tickets/new/")).sends()["problem"] == WORDS


def test_a_consumers_phone_number_is_not_kept(kefu):
    signed_in(kefu).post(
        f"/tickets/new/draft/?sheet={SHEET}", {"order_number": "139 1234 5678", "problem": WORDS}
    )
    assert Draft.objects.get().fields["order_number"].startswith("139****5678~")


def test_clearing_begins_an_empty_sheet(kefu):
    visitor = signed_in(kefu)
    Draft.keep(by_user=kefu, verb="open", fields={"problem": WORDS}, sheet=SHEET)
    button = read(visitor.get("/tickets/new/")).one("button", form="draft-clear")
    page = visitor.post(button["formaction"], follow=True)
    assert new_form(page).sends()["problem"] == ""
    assert not Draft.objects.exists()


@pytest.mark.parametrize("sheet", ["", "short", "x" * 33, "a b c d e f g h i j", "%00" * 16])
def test_a_strange_sheet_keeps_nothing(sheet, kefu):
    assert signed_in(kefu).post(f"/tickets/new/draft/?sheet={sheet}", {"problem": WORDS}).status_code == 422
