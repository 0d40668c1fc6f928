"""Coming in and going out, and how often one may guess."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth import SESSION_KEY
from django.test import Client, RequestFactory, override_settings

from merchants.throttling import client_address
from tests.factories import PASSWORD, REASON, TicketFactory, UserFactory
from tests.pages import read, signed_in

pytestmark = pytest.mark.django_db

WRONG = "请输入一个正确的用户名和密码。注意，两者都区分大小写。"


def log_in(
    client: Client, username: str = "kefu", password: str = PASSWORD, path: str = "/login/", **options
):
    return client.post(path, {"username": username, "password": password}, **options)


def is_in(client: Client) -> bool:
    return SESSION_KEY in client.session


# ---- in ----


@pytest.mark.parametrize(
    ("who", "where"),
    [
        ("kefu", "/tickets/"),
        ("zhuguan", "/tickets/"),
        ("shangjia", "/tickets/"),
        ("dianyuan", "/tickets/"),
        ("sysadmin", "/admin/"),
    ],
)
def test_everybody_comes_to_where_they_work(who, where, client, request):
    person = request.getfixturevalue(who)
    page = log_in(client, person.username, follow=True)
    assert page.redirect_chain[-1][0] == where
    assert page.status_code == 200


def test_the_login_page_is_in_chinese_and_asks_for_name_and_password(client):
    page = read(client.get("/login/"))
    assert page.one("h1").text == "登录"
    assert [label.text for label in page.all("label")] == ["用户名", "密码"]
    assert page.one("button").text == "登录"


@pytest.mark.parametrize(
    ("username", "password"), [("kefu", "wrong"), ("nobody", PASSWORD), ("KEFU", PASSWORD)]
)
def test_a_wrong_name_or_password_is_told_without_saying_which(username, password, client, kefu):
    page = log_in(client, username, password)
    assert read(page).errors() == [WRONG]
    assert not is_in(client)


def test_after_a_wrong_password_the_name_stays_and_the_password_does_not(client, kefu):
    page = log_in(client, password="not-my-password")
    sent = read(page).one("form").sends()
    assert (sent["username"], sent["password"]) == ("kefu", "")
    assert "not-my-password" not in page.text


def test_what_is_missing_is_told_at_its_field(client):
    assert read(log_in(client, "", "")).errors() == ["这个字段是必填项。", "这个字段是必填项。"]


@pytest.mark.parametrize("username", ["\x00", "x" * 500, "' OR 1=1 --", "😀"])
def test_a_strange_name_is_answered(username, client):
    page = log_in(client, username)
    assert page.status_code == 200
    assert len(read(page).errors()) == 1


def test_the_password_of_a_form_without_its_token_is_shown_to_nobody(kefu):
    page = log_in(Client(enforce_csrf_checks=True), password="my-secret-password")
    assert page.status_code == 403
    assert "my-secret-password" not in page.text


def test_a_session_that_somebody_planted_is_not_the_one_that_is_logged_in(client, kefu):
    session = client.session
    session.save()
    planted = session.session_key
    log_in(client)
    assert is_in(client)
    assert client.session.session_key != planted


def test_who_is_in_already_is_led_on(kefu):
    visitor = signed_in(kefu)
    assert visitor.get("/login/")["Location"] == "/"
    assert visitor.get("/login/?next=/orders/")["Location"] == "/orders/"


# ---- where to afterwards ----


def test_the_page_that_was_asked_for_comes_after_the_login(client, dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    asked = client.get(ticket.get_absolute_url())
    form = read(client.get(asked["Location"])).one("form").sends()
    page = client.post("/login/", form | {"username": "dianyuan", "password": PASSWORD})
    assert page["Location"] == ticket.get_absolute_url()


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
        "http:///evil.example", "ftp://testserver/", " //evil.example", "https:evil.example", "\x00//evil.example",
    ],
)  # fmt: skip
def test_nobody_is_led_elsewhere(elsewhere, client, kefu):
    asked = client.post("/login/", {"username": "kefu", "password": PASSWORD, "next": elsewhere})
    assert asked["Location"] == "/"
    assert signed_in(kefu).get("/login/", {"next": elsewhere})["Location"] == "/"


# ---- guessing ----


def guess(client: Client, times: int, username: str = "kefu", **options):
    for _ in range(times):
        page = log_in(client, username, "wrong", **options)
    return page


def test_nine_wrong_passwords_are_forgiven(client, kefu):
    assert guess(client, 9).status_code == 200
    assert log_in(client).status_code == 302


def test_the_tenth_closes_the_door_and_says_for_how_long(client, kefu):
    page = guess(client, 10)
    assert page.status_code == 429
    assert "15 分钟后再试" in read(page).text
    right = log_in(client)
    assert right.status_code == 429
    assert not is_in(client)


def test_another_name_at_the_same_address_is_not_locked_out(client, kefu, zhuguan):
    guess(client, 10)
    assert log_in(client, "zhuguan").status_code == 302


def test_the_same_name_at_another_address_is_not_locked_out(client, kefu):
    guess(client, 10)
    assert log_in(Client(REMOTE_ADDR="203.0.113.9")).status_code == 302


def test_a_door_stays_closed_in_another_browser_of_the_same_address(client, kefu):
    guess(client, 10)
    assert log_in(Client()).status_code == 429


@pytest.mark.parametrize("written", ["ｋｅｆｕ", " kefu", "kefu\t"])
def test_other_ways_of_writing_a_name_are_the_same_name(written, client, kefu):
    guess(client, 5, written)
    assert guess(client, 5).status_code == 429


def test_another_browsers_name_does_not_help(client, kefu):
    for n in range(9):
        guess(client, 1, headers={"user-agent": f"Browser {n}"})
    assert guess(client, 1, headers={"user-agent": "Browser 10"}).status_code == 429


@pytest.mark.parametrize("path", ["/login/", "/admin/login/"])
def test_a_name_longer_than_any_is_simply_wrong(path, client, sysadmin):
    for length in (151, 256, 100_000):
        page = client.post(path, {"username": "x" * length, "password": "wrong"})
        assert page.status_code == 200
        assert not is_in(client)


def test_a_right_password_starts_the_count_anew(client, kefu):
    guess(client, 9)
    log_in(client)
    client.post("/logout/")
    assert guess(client, 9).status_code == 200


def test_after_a_quarter_of_an_hour_the_door_is_open_again(client, kefu):
    guess(client, 10)
    for attempt in AccessAttempt.objects.all():
        attempt.attempt_time -= timedelta(minutes=15, seconds=1)
        attempt.save()
    assert log_in(client).status_code == 302


def test_who_is_in_already_is_not_thrown_out_by_somebody_elses_guesses(client, kefu):
    visitor = signed_in(kefu)
    guess(client, 10)
    assert visitor.get("/tickets/").status_code == 200


def test_guesses_at_the_admins_login_count_too(client, sysadmin):
    for _ in range(9):
        client.post("/admin/login/", {"username": "admin", "password": "wrong"})
    assert guess(client, 1, "admin").status_code == 429


@pytest.mark.parametrize(
    ("https", "forwarded", "address"),
    [
        (False, "203.0.113.9", "127.0.0.1"),
        (True, "203.0.113.9", "203.0.113.9"),
        (True, "10.0.0.1, 203.0.113.9", "203.0.113.9"),
        (True, "", "127.0.0.1"),
    ],
)
def test_an_address_is_what_our_own_proxy_says_and_not_what_the_sender_says(https, forwarded, address):
    request = RequestFactory().get("/", headers={"x-forwarded-for": forwarded} if forwarded else {})
    with override_settings(SITE_IS_HTTPS=https):
        assert client_address(request) == address


# ---- switched off ----


def test_an_account_that_was_switched_off_cannot_come_in(client, kefu):
    kefu.is_active = False
    kefu.save()
    assert read(log_in(client)).errors() == [WRONG]


@pytest.mark.parametrize("who", ["shangjia", "dianyuan"])
def test_nobody_of_a_merchant_that_was_switched_off_can_come_in(who, client, merchant_a, request):
    request.getfixturevalue(who)
    merchant_a.is_active = False
    merchant_a.save()
    assert read(log_in(client, who)).errors() == [WRONG]


@pytest.mark.parametrize("who", ["shangjia", "dianyuan"])
def test_running_sessions_of_a_switched_off_merchant_end_at_once(
    who, merchant_a, shangjia2, order_a, request
):
    ticket = TicketFactory(order=order_a)
    visitor, other = signed_in(request.getfixturevalue(who)), signed_in(shangjia2)
    assert visitor.get("/tickets/").status_code == 200
    merchant_a.is_active = False
    merchant_a.save()
    assert visitor.get("/tickets/")["Location"].startswith("/login/")
    answer = visitor.post(f"/tickets/{ticket.number}/submit/", {"result": REASON, "outcome": "solved"})
    assert answer.status_code == 401
    assert REASON in answer.text
    assert other.get("/tickets/").status_code == 200


def test_a_running_session_of_a_switched_off_account_ends_at_once(kefu):
    visitor = signed_in(kefu)
    kefu.is_active = False
    kefu.save()
    assert visitor.get("/tickets/")["Location"].startswith("/login/")


def test_a_running_session_ends_when_somebody_else_changes_the_password(dianyuan):
    visitor = signed_in(dianyuan)
    dianyuan.set_password("another-good-one-77")
    dianyuan.save()
    assert visitor.get("/tickets/")["Location"].startswith("/login/")


# ---- out ----


def test_leaving_ends_the_session(kefu):
    visitor = signed_in(kefu)
    assert visitor.post("/logout/")["Location"] == "/login/"
    assert not is_in(visitor)
    assert visitor.get("/tickets/")["Location"].startswith("/login/")


def test_a_link_does_not_log_anybody_out(kefu):
    visitor = signed_in(kefu)
    assert visitor.get("/logout/").status_code == 405
    assert is_in(visitor)


def test_every_page_has_the_button_that_logs_out(kefu):
    visitor = signed_in(kefu, enforce_csrf_checks=True)
    form = read(visitor.get("/tickets/")).one("form", action="/logout/")
    assert form["method"] == "post"
    assert visitor.post("/logout/", form.sends()).status_code == 302
    assert not is_in(visitor)


def test_an_account_made_a_moment_ago_can_come_in(client):
    UserFactory(username="xinren")
    assert log_in(client, "xinren").status_code == 302
