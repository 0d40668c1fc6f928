"""修改密码: everybody their own, by the rules, told in Chinese."""

import pytest
from django.contrib.auth import authenticate
from django.test import Client, RequestFactory

from tests.factories import PASSWORD
from tests.pages import read, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scanned")]

NEW = "lan-tian-bai-yun-9"


def change(visitor: Client, old: str = PASSWORD, new: str = NEW, again: str | None = None, **options):
    words = {"old_password": old, "new_password1": new, "new_password2": new if again is None else again}
    return visitor.post("/password/", words, **options)


def fits(username: str, password: str) -> bool:
    return authenticate(RequestFactory().post("/"), username=username, password=password) is not None


@pytest.mark.parametrize("who", ["kefu", "zhuguan", "shangjia", "dianyuan"])
def test_a_new_password_replaces_the_old_one(who, request):
    person = request.getfixturevalue(who)
    page = change(signed_in(person), follow=True)
    assert "密码已修改" in read(page).one(class_="message").text
    assert fits(person.username, NEW)
    assert not fits(person.username, PASSWORD)


def test_whoever_changed_it_goes_on_working_and_other_browsers_are_out(kefu):
    here, there = signed_in(kefu), signed_in(kefu)
    change(here)
    assert here.get("/tickets/").status_code == 200
    assert there.get("/tickets/")["Location"].startswith("/login/")


@pytest.mark.parametrize(
    ("words", "field", "sentences"),
    [
        ({"old": "wrong"}, "old_password", ["你的旧密码不正确。请重新输入。"]),
        ({"again": "something-else-1"}, "new_password2", ["输入的两个密码不一致。"]),
        ({"new": "qx7-k"}, "new_password2", ["此密码太短，至少要包含 8 个字符。"]),
        ({"new": "830412957716"}, "new_password2", ["密码只包含数字。"]),
        ({"new": "password1"}, "new_password2", ["这个密码太常见了。"]),
        ({"new": "dianyuan1"}, "new_password2", ["密码跟 用户名 太相似了。"]),
        ({"old": ""}, "old_password", ["这个字段是必填项。"]),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_changes(words, field, sentences, dianyuan):
    page = change(signed_in(dianyuan), **words)
    assert [line.text for line in read(page).one("ul", id=f"id_{field}_error").all("li")] == sentences
    assert fits("dianyuan", PASSWORD)


def test_no_password_comes_back_on_a_page(dianyuan):
    page = change(signed_in(dianyuan), old="my-old-secret", new="my-new-secret", again="my-new-secre")
    assert "secre" not in page.text


@pytest.mark.parametrize(
    "visitor", [Client(), Client(enforce_csrf_checks=True)], ids=["no session", "no token"]
)
def test_nor_when_the_session_or_the_token_is_gone(visitor):
    page = change(visitor, old="my-old-secret", new="my-new-secret")
    assert page.status_code in {401, 403}
    assert "secret" not in page.text


def test_the_rules_are_told_beforehand(dianyuan):
    form = read(signed_in(dianyuan).get("/password/")).one("main").one("form")
    assert "至少8个字符" in form.text
    assert [field["type"] for field in form.all("input", type="password")] == ["password"] * 3


def test_without_a_login_there_is_nothing_to_change(client):
    assert client.get("/password/")["Location"] == "/login/?next=/password/"
