"""Pages for what went wrong: in Chinese, without anything that may be broken, giving back what was typed."""

import pytest
from django.db import OperationalError
from django.http import Http404
from django.test import Client, RequestFactory

from merchants.access import NotVisible
from qinqin import errors
from tests.pages import read, signed_in

ANYBODY = RequestFactory()
TEXT = "已联系消费者，今天补发 & <新的>奶瓶👶"


def heading(page) -> str:
    return read(page).one("h1").text


# ---- each page by itself: these tests have no database, no session and no user ----


@pytest.mark.parametrize(
    ("view", "status", "words"),
    [
        (errors.bad_request, 400, "无法处理的请求"),
        (errors.forbidden, 403, "没有权限"),
        (errors.not_found, 404, "页面不存在"),
        (errors.server_error, 500, "系统出错了"),
        (errors.csrf_failure, 403, "页面已失效，请刷新后重试"),
        (errors.session_expired, 401, "登录已过期"),
    ],
)
def test_each_page_says_in_chinese_what_happened_and_leads_on(view, status, words):
    page = view(ANYBODY.get("/x"))
    assert page.status_code == status
    tree = read(page)
    assert tree.one("h1").text == words
    assert tree.one("html")["lang"] == "zh-CN"
    assert tree.all("nav") == []
    if view is not errors.bad_request:
        assert tree.one("main").all("a")


def test_a_sentence_for_what_may_not_be_seen_is_shown_and_any_other_reason_is_not():
    seen = errors.not_found(ANYBODY.get("/x"), NotVisible("工单不存在或无权查看"))
    other = errors.not_found(ANYBODY.get("/x"), Http404("No Order matches the given query <x>"))
    assert heading(seen) == "工单不存在或无权查看"
    assert heading(other) == "页面不存在"
    assert "query" not in other.text


GIVES_BACK = [errors.forbidden, errors.not_found, errors.csrf_failure, errors.session_expired]


@pytest.mark.parametrize("view", GIVES_BACK)
def test_what_was_typed_is_on_the_page(view):
    page = view(
        ANYBODY.post(
            "/x", {"result": TEXT, "csrfmiddlewaretoken": "token-token", "note": ["第一句话。", "第二句话。"]}
        )
    )
    texts = [field.value for field in read(page).all("textarea", readonly=True)]
    assert texts == [TEXT, "第一句话。", "第二句话。"]
    assert "token-token" not in page.text


@pytest.mark.parametrize("view", GIVES_BACK)
@pytest.mark.parametrize(
    "name", ["password", "old_password", "new_password1", "new_password2", "password1", "password2"]
)
def test_passwords_never_are(view, name):
    assert "my-secret" not in view(ANYBODY.post("/x", {name: "my-secret", "username": "kefu1"})).text


@pytest.mark.parametrize("view", GIVES_BACK)
def test_an_address_that_was_only_looked_at_gives_nothing_back(view):
    assert read(view(ANYBODY.get("/x", {"result": TEXT}))).all("textarea") == []


# ---- as people meet them ----


@pytest.mark.parametrize(
    "path", ["/nowhere/", "/tickets/x/y/z/", "/favicon.ico", "/%00", "/tickets//", "/.env"]
)
def test_an_address_that_leads_nowhere_is_404_for_everybody(path, client, db, kefu):
    for visitor in (client, signed_in(kefu)):
        page = visitor.get(path)
        assert page.status_code == 404
        assert heading(page) == "页面不存在"


def test_a_page_of_another_role_is_403(dianyuan):
    page = signed_in(dianyuan).get("/tickets/overdue/")
    assert page.status_code == 403
    assert heading(page) == "没有权限"
    assert "李店员" not in page.text


def test_a_host_that_is_not_ours_is_400(client):
    page = client.get("/login/", headers={"host": "evil.example"})
    assert page.status_code == 400
    assert heading(page) == "无法处理的请求"


def test_a_mistake_of_ours_is_500_and_tells_nothing_of_it(kefu, monkeypatch):
    def broken(*args):
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr("tickets.views.listing.counts_of", broken)
    visitor = signed_in(kefu, raise_request_exception=False)
    page = visitor.get("/tickets/")
    assert page.status_code == 500
    assert heading(page) == "系统出错了"
    assert "secret" not in page.text
    assert "王客服" not in page.text


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_a_method_that_a_page_does_not_know_is_405(method, kefu):
    assert getattr(signed_in(kefu), method)("/tickets/").status_code == 405


def test_too_many_fields_are_400(kefu):
    page = signed_in(kefu).post("/tickets/new/", {f"field{n}": "x" for n in range(1001)})
    assert (page.status_code, heading(page)) == (400, "无法处理的请求")


def test_the_csrf_page_is_the_one_for_a_form_from_elsewhere(kefu):
    visitor = signed_in(kefu, enforce_csrf_checks=True)
    page = visitor.post("/tickets/new/", {"problem": TEXT}, headers={"origin": "https://evil.example"})
    assert (page.status_code, heading(page)) == (403, "页面已失效，请刷新后重试")


def test_who_is_not_logged_in_learns_nothing_of_what_exists(client, order_a):
    there, missing = client.get(f"/orders/{order_a.number}/"), client.get("/orders/QB404/")
    assert there.status_code == missing.status_code == 302
    assert Client().post(f"/orders/{order_a.number}/").status_code == 401


def test_a_database_too_busy_is_said_so_and_gives_the_text_back():
    try:
        raise OperationalError("canceling statement due to lock timeout")
    except OperationalError:
        page = errors.server_error(ANYBODY.post("/x", {"result": TEXT}))
    assert (page.status_code, heading(page)) == (503, "系统繁忙，请稍后再试")
    assert read(page).one("textarea").text == TEXT
