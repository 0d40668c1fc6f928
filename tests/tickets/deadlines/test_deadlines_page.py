"""时限与节假日: what holds for all of it."""

import pytest
from django.urls import reverse

from tests.pages import read, signed_in, statements
from tests.tickets.deadlines.pages import PAGE, WEEK, at, own
from tickets.models import Calendar

pytestmark = pytest.mark.django_db


def test_more_rows_cost_no_more_statements(visitor):
    before = statements(lambda: visitor.get(PAGE, {"year": "2026"}))
    for name in ("物流配送", "发票", "其他"):
        own(name)
        visitor.post(at("calendar_new"), WEEK | {"name": name})
    visitor.post(at("holiday_library"), {"year": "2026"})
    visitor.get(PAGE)  # the messages are read and gone
    assert statements(lambda: visitor.get(PAGE, {"year": "2026"})) == before


@pytest.mark.parametrize("name", ["policy", "calendar", "holiday"])
def test_what_is_gone_is_not_found(visitor, name, office):
    for page in ("edit", "delete") if name != "holiday" else ("delete",):
        assert visitor.post(reverse(f"tickets:{name}_{page}", args=[2**70])).status_code == 404


def test_a_change_needs_its_token(zhuguan, office):
    visitor = signed_in(zhuguan, enforce_csrf_checks=True)
    assert visitor.post(at("calendar_delete", office)).status_code == 403
    assert Calendar.objects.filter(pk=office.pk).exists()


def test_managers_find_it_in_their_menu(visitor):
    link = read(visitor.get(at("policy_new"))).one("nav", class_="nav").one("a", "时限与节假日")
    assert (link["href"], link["aria-current"]) == (PAGE, "page")
