"""The browser's side of safety: what every answer carries, and that no page needs an exception from it."""

import re
from datetime import timedelta
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

import pytest

from orders.models import OrderStatus
from tests.factories import (
    TicketFactory,
    UserFactory,
    cancelled_ticket,
    completed_ticket,
    returned_ticket,
    submitted_ticket,
)
from tests.pages import FRAGMENT, read, signed_in

pytestmark = pytest.mark.django_db

TEN_HOURS = timedelta(hours=10)
ELSEWHERE = re.compile(r"\s*(?:[a-z]+:|//|\\\\)", re.IGNORECASE)

POLICY = {
    "default-src": {"'self'"},
    "base-uri": {"'self'"},
    "form-action": {"'self'"},
    "frame-ancestors": {"'none'"},
    "object-src": {"'none'"},
}
WALKERS = ["zhuguan", "shangjia"]  # the other two see a part of their pages


@pytest.fixture
def everything(order_a, order_b, merchant_a):
    """Something of every kind to be shown, and an order that changed."""
    for make in (TicketFactory, submitted_ticket, returned_ticket, completed_ticket, cancelled_ticket):
        make(order=order_a)
        make(order=order_b, opened_ago=TEN_HOURS)
    order_a.status = OrderStatus.REFUNDING
    order_a.save()
    UserFactory(staff_of=merchant_a)


def policy_of(page) -> dict[str, set[str]]:
    rules = [rule.split() for rule in page["Content-Security-Policy"].split(";")]
    return {name: set(sources) for name, *sources in rules}


def offences(page) -> list[str]:
    """What a policy of 'self' would stop: code or style in the page itself, and whatever comes from elsewhere."""
    found = []
    for element in read(page).walk():
        if element.tag in {"style", "iframe", "object", "embed", "base"}:
            found.append(element.tag)
        if element.tag == "script" and (not element.attrs.get("src") or element.raw.strip()):
            found.append("script")
        for name, value in element.attrs.items():
            if name in {"style", "srcdoc"} or name.startswith(("on", "hx-on", "hx-vars", "hx-vals")):
                found.append(f"{name}={value}")
            if name in {"href", "src", "action", "formaction", "hx-get", "hx-post"} and ELSEWHERE.match(
                value
            ):
                found.append(f"{name}={value}")
    return found


def assert_safe(page, path: str) -> None:
    assert policy_of(page) == POLICY, path
    assert page["X-Content-Type-Options"] == "nosniff", path
    assert page["Referrer-Policy"] == "same-origin", path
    assert page["X-Frame-Options"] == "DENY", path
    assert page["Cross-Origin-Opener-Policy"] == "same-origin", path
    assert {"no-cache", "no-store"} & set(page["Cache-Control"].split(", ")), path
    if page["Content-Type"].startswith("text/html"):
        assert offences(page) == [], path


def walk(visitor) -> dict[str, object]:
    """Every page that links lead to from the start page, with its answer; of one page's questions one of each kind."""
    found, asked, waiting = {}, set(), ["/", "/password/"]
    while waiting:
        path = waiting.pop()
        kind = (urlsplit(path).path, *sorted(dict(parse_qsl(urlsplit(path).query))))
        if kind in asked:
            continue
        asked.add(kind)
        page = found[path] = visitor.get(path)
        if page.status_code == 302:
            waiting.append(urljoin(path, page["Location"]))
        elif page.status_code == 200 and page["Content-Type"].startswith("text/html"):
            for link in read(page).all("a", href=True):
                there = urldefrag(urljoin(path, link["href"])).url
                if not there.startswith("/admin/"):
                    waiting.append(there)
        assert len(found) < 300
    return found


@pytest.mark.parametrize("who", WALKERS)
def test_no_page_that_anybody_can_walk_to_needs_an_exception(who, everything, request):
    pages = walk(signed_in(request.getfixturevalue(who)))
    assert {page.status_code for page in pages.values()} <= {200, 302}
    assert len([page for page in pages.values() if page.status_code == 200]) > 20
    for path, page in pages.items():
        assert_safe(page, path)


def test_nor_do_the_pages_for_what_went_wrong(client, kefu, dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    submit = f"/tickets/{ticket.number}/submit/"
    visitor = signed_in(dianyuan)
    pages = {
        "login": client.get("/login/"),
        "wrong password": client.post("/login/", {"username": "kefu", "password": "x"}),
        "lapsed": client.post(submit, {"result": "<b onclick=x>写了很久的话</b>"}),
        "403": visitor.get("/orders/"),
        "404": visitor.get("/nowhere/"),
        "422": visitor.post(submit, {"result": "<style>好</style>"}),
        "csrf": signed_in(dianyuan, enforce_csrf_checks=True).post(submit, {"result": "写了很久的话"}),
        "400": client.get("/login/", headers={"host": "evil.example"}),
        "new": signed_in(kefu).post("/tickets/new/", {}),
        "health": client.get("/healthz"),
    }
    ticket.cancel(by_user=kefu, reason="消费者撤回了投诉")
    pages["409"] = visitor.post(submit, {"result": "写了很久的话"})
    for _ in range(9):
        pages["429"] = client.post("/login/", {"username": "kefu", "password": "x"})
    assert [page.status_code for page in pages.values()] == [
        200,
        200,
        401,
        403,
        404,
        422,
        403,
        400,
        422,
        200,
        409,
        429,
    ]
    for name, page in pages.items():
        assert_safe(page, name)


def test_fragments_are_as_safe_as_pages(zhuguan, everything):
    visitor = signed_in(zhuguan)
    for path in ("/tickets/", "/tickets/review/", "/tickets/overdue/", "/orders/lookup/?order_number=QB1"):
        assert_safe(visitor.get(path, headers=FRAGMENT), path)


def test_htmx_is_told_to_bring_neither_style_nor_code(kefu):
    page = read(signed_in(kefu).get("/tickets/"))
    config = page.one("meta", name="htmx-config")["content"]
    assert '"includeIndicatorCSS":false' in config


def test_cookies_are_out_of_reach_for_scripts_and_other_sites(client, kefu):
    client.get("/login/")
    answer = client.post("/login/", {"username": "kefu", "password": "qinqin-demo"})
    session = answer.cookies["qinqin_session"]
    assert (session["httponly"], session["samesite"]) == (True, "Lax")
    assert client.cookies["qinqin_csrf"]["samesite"] == "Lax"


@pytest.mark.parametrize(
    "bad",
    [
        "<style>x</style>", "<script>x</script>", '<script src="/x.js">x</script>', '<p style="x"></p>',
        '<p onclick="x"></p>', '<a href="javascript:x"></a>', '<a href="https://x"></a>', '<img src="//x">',
        '<form action="HTTP://x"></form>', '<p hx-on:click="x"></p>', "<iframe></iframe>",
    ],
)  # fmt: skip
def test_what_would_need_an_exception_is_recognised(bad):
    assert len(offences(bad)) == 1


def test_what_needs_none_is_not():
    good = (
        '<script defer src="/x.js"></script><a href="/x?style=1#on">style=</a><p class="on">&lt;style&gt;</p>'
    )
    assert offences(good) == []
