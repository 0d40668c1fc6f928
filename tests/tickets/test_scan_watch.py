"""A stopped scheduler is seen: on every page of a manager, and only there."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.pages import read, signed_in, statements
from tickets.clock import database_now
from tickets.models import DeadlineScan, DeliveryRun

pytestmark = pytest.mark.django_db

PAGES = [
    "/tickets/",
    "/tickets/new/",
    "/tickets/review/",
    "/tickets/overdue/",
    "/tickets/deadlines/",
    "/orders/",
]


def scanned(ago: timedelta) -> str:
    moment = database_now() - ago
    DeadlineScan.note(moment, flagged=0)
    return timezone.localtime(moment).strftime("%H:%M:%S")


@pytest.mark.parametrize("path", PAGES)
def test_a_manager_reads_when_the_last_scan_was(zhuguan, path):
    at = scanned(timedelta(minutes=4))
    page = read(signed_in(zhuguan).get(path))
    assert f"时限检查 {at}" in page.one("nav", class_="nav").text
    assert "时限检查" not in page.one("main").text


@pytest.mark.parametrize("path", PAGES)
def test_a_scan_that_stopped_is_told_once_on_every_page(zhuguan, path):
    scanned(timedelta(minutes=12, seconds=30))
    page = read(signed_in(zhuguan).get(path))
    assert page.one("body").text.count("时限检查已停止 12分") == 1
    assert "时限检查" not in page.one("nav", class_="nav").text


@pytest.mark.parametrize("path", PAGES)
def test_a_scan_that_has_never_been_is_told_once_on_every_page(zhuguan, path):
    assert read(signed_in(zhuguan).get(path)).one("body").text.count("时限检查还没有运行过") == 1


@pytest.mark.parametrize("who", ["kefu", "shangjia", "dianyuan"])
def test_nobody_else_is_bothered(who, request):
    assert "时限检查" not in signed_in(request.getfixturevalue(who)).get("/tickets/").text


def test_it_costs_no_statement_of_its_own(zhuguan, kefu):
    scanned(timedelta())
    managers, supports = signed_in(zhuguan), signed_in(kefu)
    supports.get("/tickets/")  # the filters' choices are known from now on
    assert statements(lambda: managers.get("/tickets/")) == statements(lambda: supports.get("/tickets/"))


def test_readyz_tells_of_the_delivery_worker_without_depending_on_it(client):
    scanned(timedelta())
    assert client.get("/readyz").json()["delivery_age_seconds"] is None
    DeliveryRun.note(database_now() - timedelta(hours=1))
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["delivery_age_seconds"] >= 3_600
