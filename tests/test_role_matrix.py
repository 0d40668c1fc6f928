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
from tickets.models import Calendar, Job, JobKind, Phrase, Policy, SavedView, SpecialDay

pytestmark = pytest.mark.django_db

PEOPLE = ["kefu", "zhuguan", "shangjia", "dianyuan", "shangjia2", "sysadmin"]

# One word per person and method. The things asked for are merchant A's: shangjia and dianyuan own them, shangjia2
# is the outsider. "page" 200, "go" a redirect to where the person works, "form" 422 (an empty form came back),
# "late" 409 (nothing to press in this state), "no" 403, "none" 404, "never" 405.
STATUS = {"page": 200, "go": 302, "form": 422, "late": 409, "no": 403, "none": 404, "never": 405}


def table(get: str, post: str) -> dict[str, tuple[str, str]]:
    """The words for kefu, zhuguan, shangjia, dianyuan, shangjia2, sysadmin, in this order."""
    return dict(zip(PEOPLE, zip(get.split(), post.split(), strict=True), strict=True))


SERVICE_ONLY = "page page no no no no"
MANAGER_ONLY = "no page no no no no"
MANAGER_GOES = "no go no no no no"
MANAGER_NEVER = "no never no no no no"
OWNERS_TOO = "no page page no page no"
OWNERS_NEVER = "no never never no never no"
EVERYBODY = "page page page page page page"
EVERYBODY_GOES = "go go go go go go"
NEVER = "never never never never never never"
WORKERS_NEVER = "never never never never never no"
SERVICE_NEVER = "never never no no no no"

ROUTES: dict[str, dict[str, tuple[str, str]]] = {
    "": table(EVERYBODY_GOES, NEVER),
    "login/": table(EVERYBODY_GOES, EVERYBODY_GOES),
    "logout/": table(NEVER, EVERYBODY_GOES),
    "password/": table(EVERYBODY, EVERYBODY),
    "password/done/": table(EVERYBODY_GOES, NEVER),
    "staff/": table("no no page no page no", "no no never no never no"),
    "staff/new/": table("no no page no page no", "no no form no form no"),
    "staff/<int:pk>/": table("no no page no none no", "no no form no none no"),
    "orders/": table(SERVICE_ONLY, SERVICE_NEVER),
    "orders/lookup/": table(SERVICE_ONLY, SERVICE_NEVER),
    "orders/<str:number>/": table("page page page page none no", WORKERS_NEVER),
    "tickets/": table("page page page page page no", WORKERS_NEVER),
    "tickets/new/": table(SERVICE_ONLY, "form form no no no no"),
    "tickets/bulk/": table("go go go go go no", "form form form form form no"),
    "tickets/new/draft/": table("never never no no no no", "form form no no no no"),
    "tickets/new/draft/clear/": table("never never no no no no", "go go no no no no"),
    "tickets/sent/": table("page page page page page no", WORKERS_NEVER),
    "tickets/next/": table("go go go go go no", WORKERS_NEVER),
    "tickets/review/": table(SERVICE_ONLY, SERVICE_NEVER),
    "tickets/overdue/": table(MANAGER_ONLY, "no never no no no no"),
    "tickets/overdue/export/": table(MANAGER_ONLY, MANAGER_NEVER),
    "tickets/overdue/acknowledge/": table(MANAGER_GOES, "no form no no no no"),
    "tickets/overdue/<int:pk>/": table(MANAGER_ONLY, MANAGER_NEVER),
    # The round of the table is not late: there is nothing to say to it.
    "tickets/overdue/<int:pk>/acknowledge/": table(MANAGER_GOES, "no late no no no no"),
    "tickets/overdue/<int:pk>/exempt/": table(MANAGER_GOES, "no form no no no no"),
    "tickets/overdue/<int:pk>/unexempt/": table(MANAGER_GOES, "no form no no no no"),
    "tickets/overdue/<int:pk>/incident/": table(MANAGER_GOES, "no late no no no no"),
    "tickets/incidents/": table(MANAGER_ONLY, MANAGER_NEVER),
    "tickets/incidents/<int:pk>/": table(MANAGER_ONLY, MANAGER_NEVER),
    "tickets/incidents/<int:pk>/step/": table(MANAGER_GOES, "no form no no no no"),
    "tickets/timeliness/": table(OWNERS_TOO, OWNERS_NEVER),
    "tickets/timeliness/list/": table(OWNERS_TOO, OWNERS_NEVER),
    "tickets/deadlines/": table(MANAGER_ONLY, "no never no no no no"),
    "tickets/deadlines/policies/new/": table(MANAGER_ONLY, "no form no no no no"),
    "tickets/deadlines/policies/<int:pk>/": table(MANAGER_ONLY, "no form no no no no"),
    "tickets/deadlines/policies/<int:pk>/delete/": table("no never no no no no", "no go no no no no"),
    "tickets/deadlines/calendars/new/": table(MANAGER_ONLY, "no form no no no no"),
    "tickets/deadlines/calendars/<int:pk>/": table(MANAGER_ONLY, "no form no no no no"),
    "tickets/deadlines/calendars/<int:pk>/delete/": table("no never no no no no", "no go no no no no"),
    "tickets/deadlines/holidays/add/": table("no never no no no no", "no form no no no no"),
    "tickets/deadlines/holidays/library/": table("no never no no no no", "no form no no no no"),
    "tickets/deadlines/holidays/upload/": table("no never no no no no", "no form no no no no"),
    "tickets/deadlines/holidays/template/": table(MANAGER_ONLY, "no never no no no no"),
    "tickets/deadlines/holidays/<int:pk>/delete/": table("no never no no no no", "no go no no no no"),
    "tickets/sensitive/": table(MANAGER_ONLY, MANAGER_NEVER),
    "tickets/sensitive/export/": table(MANAGER_ONLY, MANAGER_NEVER),
    "tickets/<str:number>/": table("page page page page none no", WORKERS_NEVER),
    "tickets/<str:number>/files/": table(WORKERS_NEVER, "form form form form none no"),
    "tickets/<str:number>/files/<uuid:key>/": table("page page page page none no", WORKERS_NEVER),
    "tickets/<str:number>/files/<uuid:key>/thumb/": table("page page page page none no", WORKERS_NEVER),
    "tickets/<str:number>/files/<uuid:key>/caption/": table(WORKERS_NEVER, "none none none none none no"),
    "tickets/<str:number>/files/<uuid:key>/discard/": table(WORKERS_NEVER, "none none none none none no"),
    "tickets/<str:number>/evidence/": table("go go no no no no", "form form no no no no"),
    "tickets/<str:number>/draft/": table(WORKERS_NEVER, "form form form form none no"),
    "tickets/<str:number>/draft/clear/": table(WORKERS_NEVER, "go go go go none no"),
    "tickets/<str:number>/presence/": table(WORKERS_NEVER, "page page page page none no"),
    "tickets/<str:number>/submit/": table("no no go go none no", "no no form form none no"),
    "tickets/<str:number>/approve/": table("go go no no no no", "late late no no no no"),
    "tickets/<str:number>/return/": table("go go no no no no", "late late no no no no"),
    "tickets/<str:number>/cancel/": table("go go no no no no", "form form no no no no"),
    "tickets/<str:number>/reopen/": table("go go no no no no", "late late no no no no"),
    "tickets/<str:number>/hold/": table("go go no no no no", "form form no no no no"),
    "tickets/<str:number>/resume/": table("go go no no no no", "late late no no no no"),
    "tickets/<str:number>/remind/": table("go go no no no no", "go go no no no no"),
    "tickets/<str:number>/extend/": table("no no go go none no", "no no form form none no"),
    "tickets/<str:number>/grant/": table("go go no no no no", "late late no no no no"),
    "tickets/<str:number>/decline/": table("go go no no no no", "form form no no no no"),
    "tickets/<str:number>/rate/": table("go go no no no no", "late late no no no no"),
    "tickets/<str:number>/invite/": table("go go no no no no", "late late no no no no"),
    "tickets/<str:number>/reveal/": table("go go go go none no", "form form form form none no"),
    "notices/": table("page page page page page no", WORKERS_NEVER),
    "notices/fresh/": table("page page page page page no", WORKERS_NEVER),
    "notices/read/": table(WORKERS_NEVER, "go go go go go no"),
    "notices/<int:pk>/read/": table(WORKERS_NEVER, "none none none go none no"),
    "notices/of/<str:number>/read/": table(WORKERS_NEVER, "page page page page none no"),
    "notices/settings/": table("page page page page page no", "go go go go go no"),
    "notices/robots/": table("no page page no page no", "no never never no never no"),
    "notices/robots/new/": table("no page page no page no", "no form form no form no"),
    "notices/robots/<int:pk>/": table("no page page no none no", "no form form no none no"),
    "notices/robots/<int:pk>/test/": table("no never never no never no", "no go go no none no"),
    "notices/robots/<int:pk>/delete/": table("no never never no never no", "no go go no none no"),
    "notices/undelivered/": table(MANAGER_ONLY, "no never no no no no"),
    "notices/undelivered/retry/": table("no never no no no no", "no go no no no no"),
    "notices/undelivered/<int:pk>/retry/": table("no never no no no no", "no go no no no no"),
    "tickets/<str:number>/claim/": table("no no go go none no", "no no go go none no"),
    "tickets/<str:number>/release/": table("no no go go none no", "no no late late none no"),
    "tickets/<str:number>/assign/": table("go go go go none no", "form form form form none no"),
    "tickets/<str:number>/transfer/": table("go go no no no no", "form form no no no no"),
    "tickets/<str:number>/merge/": table("go go no no no no", "form form no no no no"),
    "tickets/<str:number>/note/": table("go go no no no no", "form form no no no no"),
    "tickets/<str:number>/message/": table("go go go go none no", "form form form form none no"),
    "tickets/categories/": table(MANAGER_ONLY, "no never no no no no"),
    "tickets/categories/<int:pk>/": table(MANAGER_ONLY, "no go no no no no"),
    "tickets/reasons/new/": table(MANAGER_ONLY, "no form no no no no"),
    "tickets/reasons/<int:pk>/": table(MANAGER_ONLY, "no form no no no no"),
    "tickets/phrases/": table("page page page page page no", WORKERS_NEVER),
    "tickets/phrases/new/": table("page page page page page no", "form form form form form no"),
    # Shared by merchant A: its owner keeps it, its staff only use it.
    "tickets/phrases/<int:pk>/": table("none none page none none no", "none none form none none no"),
    "tickets/phrases/<int:pk>/delete/": table(WORKERS_NEVER, "none none go none none no"),
    "tickets/views/": table("page page page page page no", WORKERS_NEVER),
    "tickets/views/new/": table("page page page page page no", "form form form form form no"),
    # Shared by merchant A: its owner keeps it, its staff only use it.
    "tickets/views/<int:pk>/": table("none none page none none no", "none none form none none no"),
    "tickets/views/<int:pk>/delete/": table(WORKERS_NEVER, "none none go none none no"),
    "tickets/views/<int:pk>/move/": table(WORKERS_NEVER, "none none go none none no"),
    "tickets/views/<int:pk>/start/": table(WORKERS_NEVER, "none none go go none no"),
    "tickets/columns/": table("page page page page page no", "go go go go go no"),
    "exports/tickets/": table("page page page page page no", "form form form form form no"),
    "exports/orders/": table(SERVICE_ONLY, "form form no no no no"),
    "exports/records/": table(MANAGER_ONLY, MANAGER_NEVER),
    "imports/tickets/": table(SERVICE_ONLY, "form form no no no no"),
    "imports/tickets/template/<str:file_format>/": table(SERVICE_ONLY, SERVICE_NEVER),
    "imports/orders/": table(SERVICE_ONLY, "form form no no no no"),
    "imports/orders/template/<str:file_format>/": table(SERVICE_ONLY, SERVICE_NEVER),
    "jobs/": table("page page page page page no", WORKERS_NEVER),
    # A job is its person's alone, whoever else works for the same merchant: here dianyuan's, waiting for a worker.
    "jobs/<int:pk>/": table("none none none page none no", WORKERS_NEVER),
    "jobs/<int:pk>/confirm/": table(WORKERS_NEVER, "none none none late none no"),
    "jobs/<int:pk>/cancel/": table(WORKERS_NEVER, "none none none go none no"),
    "jobs/<int:pk>/file/": table("none none none none none no", WORKERS_NEVER),
    "jobs/<int:pk>/errors/": table("none none none none none no", WORKERS_NEVER),
    # The key that stands in the address is nobody's: the answer is the same 404 for all.
    "r/<str:token>/": table("none none none none none none", "none none none none none none"),
    "healthz": table(EVERYBODY, NEVER),
}
# Its answer says how the deadline scan is doing, the same for everybody; tests/qinqin/test_health.py knows it.
ELSEWHERE = {"readyz"}
PUBLIC = {"login/", "r/<str:token>/", "healthz"}
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
