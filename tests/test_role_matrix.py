"""Every address of the product, asked by every role, for its own and for others' things, by GET and by POST.

A route that is missing from the table fails the suite: who may use a new page has to be decided, not assumed.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.db.models import Model

from merchants.access import Role
from qinqin.checks import our_routes
from tests.evidence import shelved
from tests.factories import (
    DeliveryFactory,
    MerchantFactory,
    NoticeFactory,
    OrderFactory,
    RobotFactory,
    TicketFactory,
    UserFactory,
    completed_ticket,
    reason_code,
    submitted_ticket,
)
from tests.role_table import ELSEWHERE, PEOPLE, PUBLIC, ROUTES, STATUS
from tickets.models import Calendar, Job, JobKind, Phrase, Policy, SavedView, SpecialDay

pytestmark = pytest.mark.django_db

# What merchants hear of in these tests; of a note there is no notice.
MERCHANTS_HEAR = {"opened", "cancelled", "reminded", "held"}

# One's own colleagues mention one, too: the page of settings names that kind whatever was said.
NAMED_ANYWAY = {"notices/settings/": {"提到了您"}}


@pytest.fixture(scope="module")
def standing(django_db_setup, django_db_blocker) -> Iterator[dict]:
    """The cast and what belongs to it, made once: each test works in a savepoint within this transaction."""
    with django_db_blocker.unblock(), transaction.atomic():
        merchant_a, merchant_b = MerchantFactory(name="亲贝母婴旗舰店"), MerchantFactory()
        people = {
            "kefu": UserFactory(role=Role.SUPPORT),
            "zhuguan": UserFactory(role=Role.MANAGER, name="赵主管"),
            "shangjia": UserFactory(owner_of=merchant_a),
            "dianyuan": UserFactory(staff_of=merchant_a, name="李店员"),
            "shangjia2": UserFactory(owner_of=merchant_b),
            "sysadmin": UserFactory(role=Role.ADMIN),
        }
        order_a = OrderFactory(merchant=merchant_a)
        yield {
            "everybody": people,
            "merchant_a": merchant_a,
            "order_a": order_a,
            "order_b": OrderFactory(merchant=merchant_b),
            "ticket": TicketFactory(order=order_a),
            "kept": kept_by_route(people, merchant_a, order_a),
        }
        transaction.set_rollback(True)


def kept_by_route(people, merchant_a, order_a) -> dict[str, Model]:
    """What an address with a key is about, by how its route begins."""
    calendar = Calendar.objects.get(is_always=False)
    dianyuan, ticket = people["dianyuan"], TicketFactory(order=order_a)
    late = TicketFactory(order=order_a, opened_ago=timedelta(hours=9)).rounds.get()
    return {
        "tickets/overdue/": ticket.rounds.get(),
        "tickets/incidents/": late.open_incident(by_user=people["zhuguan"]),
        "staff/": dianyuan,
        "tickets/deadlines/policies/": Policy.objects.create(
            category=ticket.category,
            urgency="urgent",
            warning_minutes=5,
            deadline_minutes=9,
            calendar=calendar,
        ),
        "tickets/deadlines/calendars/": calendar,
        "notices/robots/": RobotFactory(merchant=merchant_a, is_active=False),
        "notices/undelivered/": DeliveryFactory(person=dianyuan),
        "notices/<int:pk>/": NoticeFactory(recipient=dianyuan, ticket=ticket),
        "tickets/categories/": ticket.category,
        "tickets/reasons/": reason_code("return"),
        "tickets/phrases/": Phrase.objects.create(merchant=merchant_a, title="补发", text="今天补发"),
        "tickets/views/": SavedView.objects.create(merchant=merchant_a, name="急件", query="tab=overdue"),
        "jobs/": Job.ask(JobKind.EXPORT_TICKETS, by_user=dianyuan, asked={"query": ""}, digest="x")[0],
        "tickets/deadlines/holidays/": SpecialDay.objects.create(day=date(2030, 1, 1), name="元旦"),
    }


@pytest.fixture
def world(db, standing) -> dict:
    """The cast and its things as this test's own objects."""
    return deepcopy(standing)


@pytest.fixture
def everybody(world):
    return world["everybody"]


@pytest.fixture
def kefu(everybody):
    return everybody["kefu"]


@pytest.fixture
def dianyuan(everybody):
    return everybody["dianyuan"]


@pytest.fixture
def shangjia2(everybody):
    return everybody["shangjia2"]


@pytest.fixture
def merchant_a(world):
    return world["merchant_a"]


@pytest.fixture
def order_a(world):
    return world["order_a"]


@pytest.fixture
def order_b(world):
    return world["order_b"]


@pytest.fixture
def address(world, kefu, order_a, media):
    """From a route to an address about merchant A's things, or about what managers set."""
    ticket = world["ticket"]

    def address(route: str, number: str = "", pk: int = 0) -> str:
        mine = order_a.number if route.startswith("orders/") else ticket.number
        path = "/" + route.replace("<str:number>", number or mine).replace("<str:file_format>", "xlsx")
        if "<uuid:key>" in path:
            attachment = shelved(kefu, ticket)
            ticket.add_evidence(by_user=kefu, attachments=[attachment.key])
            path = path.replace("<uuid:key>", str(attachment.key))
        if "<int:pk>" in path:
            mine = next(row for prefix, row in world["kept"].items() if route.startswith(prefix))
            path = path.replace("<int:pk>", str(pk or mine.pk))
        return path

    return address


def test_no_route_is_missing_from_the_table():
    assert {route for route, _, _ in our_routes()} == set(ROUTES) | ELSEWHERE


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("route", ROUTES)
def test_who_may_use_it(client, everybody, address, route, name):
    client.force_login(everybody[name], backend="merchants.backends.ActivePeopleBackend")
    get, post = ROUTES[route][name]
    found = client.get(address(route)).status_code
    client.force_login(everybody[name], backend="merchants.backends.ActivePeopleBackend")
    sent = client.post(address(route)).status_code
    assert (found, sent) == (STATUS[get], STATUS[post])


@pytest.mark.parametrize("route", sorted(set(ROUTES) - PUBLIC))
def test_without_a_login_there_is_only_the_way_to_it(client, address, route):
    page = client.get(address(route))
    assert page.status_code == 302
    assert page["Location"].startswith("/login/")
    assert client.post(address(route)).status_code == 401


@pytest.mark.parametrize(
    ("route", "sentence"),
    [
        ("tickets/<str:number>/", "工单不存在或无权查看"),
        ("tickets/<str:number>/submit/", "工单不存在或无权查看"),
        ("orders/<str:number>/", "订单不存在或无权查看"),
        ("tickets/phrases/<int:pk>/", "短语不存在或无权修改"),
        ("tickets/views/<int:pk>/", "常用筛选不存在或无权修改"),
        ("staff/<int:pk>/", "员工账号不存在或无权查看"),
        ("notices/robots/<int:pk>/", "群机器人不存在或无权查看"),
        ("jobs/<int:pk>/", "任务不存在或无权查看"),
    ],
)
def test_what_is_anothers_answers_like_what_does_not_exist(client, shangjia2, address, route, sentence):
    client.force_login(shangjia2, backend="merchants.backends.ActivePeopleBackend")
    anothers = client.get(address(route))
    missing = client.get(address(route, number="GD20990101-000001", pk=987_654))
    assert (anothers.status_code, missing.status_code) == (404, 404)
    assert sentence in anothers.text
    assert anothers.text == missing.text


@pytest.mark.parametrize("path", ["/tickets/", "/tickets/?tab=all", "/tickets/?tab=all&q=连体衣", "/staff/"])
def test_no_page_of_another_merchant_shows_a_trace(client, shangjia2, order_a, merchant_a, dianyuan, path):
    tickets = [TicketFactory(order=order_a), submitted_ticket(order=order_a), completed_ticket(order=order_a)]
    client.force_login(shangjia2, backend="merchants.backends.ActivePeopleBackend")
    page = client.get(path).text
    traces = [order_a.number, merchant_a.name, dianyuan.name, *(ticket.number for ticket in tickets)]
    assert [trace for trace in traces if trace in page] == []


def content_of(page) -> str:
    """What an answer holds, a file's bytes as far as they are letters."""
    return b"".join(page).decode(errors="replace") if page.streaming else page.text


@pytest.mark.parametrize("name", ["shangjia", "dianyuan", "shangjia2"])
@pytest.mark.parametrize("route", sorted(set(ROUTES) - {"logout/", "password/"}))
def test_no_address_tells_a_merchant_that_customer_service_has_noted_something(
    client, everybody, address, order_a, route, name
):
    path = address(route)
    for ticket in order_a.tickets.all():
        ticket.add_note(by_user=everybody["kefu"], text="@赵主管 商家可能在隐瞒，先不要告诉他们")
    client.force_login(everybody[name], backend="merchants.backends.ActivePeopleBackend")
    pages = [client.get(path), client.post(path), client.get(path, headers={"HX-Request": "true"})]
    traces = {"隐瞒", "内部备注", "仅客服可见", "提到了您", "赵主管"} - NAMED_ANYWAY.get(route, set())
    contents = [content_of(page) for page in pages]
    assert [trace for trace in traces for content in contents if trace in content] == []
    assert not everybody[name].notices.exclude(kind__in=MERCHANTS_HEAR).exists()


def test_counts_are_ones_own(client, shangjia2, order_a, order_b):
    TicketFactory(order=order_a)
    TicketFactory(order=order_b)
    client.force_login(shangjia2, backend="merchants.backends.ActivePeopleBackend")
    page = client.get("/tickets/").text
    tabs = dict(re.findall(r'id="tab-(\w+)".*?class="count"[^>]*>(\d+)<', page, re.DOTALL))
    assert tabs == {"todo": "1", "due_soon": "0", "overdue": "0", "returned": "0", "all": "1"}


@pytest.mark.parametrize(
    "number", ["", "x", "GD1", "%00", "GD20260101-000001%0A", "a" * 3000, "..%2f..%2fetc"]
)
def test_a_strange_number_is_simply_not_there(client, kefu, number):
    client.force_login(kefu, backend="merchants.backends.ActivePeopleBackend")
    assert client.get(f"/tickets/{number}x/").status_code == 404
