"""员工账号: a merchant's owner manages its own staff, and nobody else's and nothing else."""

import pytest
from django.contrib.auth import authenticate
from django.test import RequestFactory

from merchants.access import Role
from merchants.models import User
from tests.factories import PASSWORD, UserFactory
from tests.pages import read, signed_in, statements

pytestmark = pytest.mark.django_db

NEW = {"username": "xiaowang", "name": "小王", "password": "lan-tian-bai-yun-9", "is_active": "on"}


def fits(username: str, password: str) -> bool:
    return authenticate(RequestFactory().post("/"), username=username, password=password) is not None


def unchanged(person: User) -> bool:
    return User.objects.filter(pk=person.pk).values().get() == {
        name: value for name, value in vars(person).items() if not name.startswith("_")
    }


# ---- the list ----


def test_the_list_shows_ones_own_staff_and_nobody_else(everybody, merchant_a, merchant_b):
    UserFactory(staff_of=merchant_b, name="外店员")
    UserFactory(owner_of=merchant_a, name="另一位店长")
    UserFactory(staff_of=merchant_a, name="张离职", is_active=False)
    rows = read(signed_in(everybody["shangjia"]).get("/staff/")).table()
    assert [(row["姓名"], row["登录名"] == "dianyuan", row["状态"]) for row in rows] == [
        ("李店员", True, "可登录"),
        ("张离职", False, "已停用"),
    ]


def test_without_staff_it_says_so(shangjia):
    assert "还没有员工账号" in read(signed_in(shangjia).get("/staff/")).one(class_="empty").text


def test_the_button_of_a_row_opens_its_account(shangjia, dianyuan):
    visitor = signed_in(shangjia)
    link = read(visitor.get("/staff/")).one("a", "修改")["href"]
    assert read(visitor.get(link)).one("main").one("form").sends()["username"] == "dianyuan"


def test_one_row_and_fifty_cost_the_same(shangjia, merchant_a):
    visitor = signed_in(shangjia)
    UserFactory(staff_of=merchant_a)
    one = statements(lambda: visitor.get("/staff/"))
    UserFactory.create_batch(49, staff_of=merchant_a)
    assert statements(lambda: visitor.get("/staff/")) == one
    assert len(read(visitor.get("/staff/")).table()) == 50


# ---- a new account ----


def test_a_new_account_works_for_this_merchant(shangjia, merchant_a):
    page = signed_in(shangjia).post("/staff/new/", NEW, follow=True)
    assert page.redirect_chain == [("/staff/", 302)]
    assert "已新建员工账号：小王（xiaowang）" in read(page).one(class_="message").text
    person = User.objects.get(username="xiaowang")
    assert (person.role, person.merchant, person.is_active) == (Role.MERCHANT_STAFF, merchant_a, True)
    assert fits("xiaowang", NEW["password"])


def test_the_form_of_the_page_is_all_that_is_needed(shangjia):
    visitor = signed_in(shangjia, enforce_csrf_checks=True)
    form = read(visitor.get("/staff/new/")).one("main").one("form")
    assert form.sends()["is_active"] == "on"
    assert visitor.post("/staff/new/", form.sends() | NEW).status_code == 302


SMUGGLED = {
    "role": "manager", "merchant": "1", "is_staff": "on", "is_superuser": "on", "id": "1", "pk": "1",
    "user_permissions": "1", "email": "x@example.com", "date_joined": "2000-01-01",
}  # fmt: skip


def test_neither_role_nor_merchant_can_be_smuggled_into_a_new_account(shangjia, merchant_a, merchant_b):
    signed_in(shangjia).post("/staff/new/", NEW | SMUGGLED | {"merchant": merchant_b.pk})
    person = User.objects.get(username="xiaowang")
    assert (person.role, person.merchant) == (Role.MERCHANT_STAFF, merchant_a)
    assert (person.is_staff, person.is_superuser, person.email) == (False, False, "")


def test_nor_into_one_that_exists(shangjia, dianyuan, merchant_a, merchant_b):
    change = {"username": "dianyuan", "name": "李店员", "password": "", "is_active": "on"}
    signed_in(shangjia).post(f"/staff/{dianyuan.pk}/", change | SMUGGLED | {"merchant": merchant_b.pk})
    assert unchanged(dianyuan)


@pytest.mark.parametrize(
    ("change", "sentences"),
    [
        ({"username": ""}, ["请填写登录名"]),
        ({"name": ""}, ["请填写姓名"]),
        ({"password": ""}, ["请设置登录密码"]),
        ({"username": "kefu"}, ["已存在一位使用该名字的用户。"]),
        ({"username": "小 王"}, ["请输入合法的用户名。只能包含英文字母、数字、特殊字符“@”、“.”、“-”和“_”。"]),
        ({"username": "x" * 151}, ["确保该变量包含不超过 150 字符 (目前字符数 151)。"]),
        ({"name": "王" * 41}, ["确保该变量包含不超过 40 字符 (目前字符数 41)。"]),
        ({"password": "qx7-k"}, ["此密码太短，至少要包含 8 个字符。"]),
        ({"password": "830412957716"}, ["密码只包含数字。"]),
        ({"password": "password1"}, ["这个密码太常见了。"]),
        ({"password": "xiaowang9"}, ["密码跟 用户名 太相似了。"]),
    ],
)
def test_what_is_wrong_is_told_and_nobody_is_made(change, sentences, shangjia, kefu):
    before = User.objects.count()
    page = signed_in(shangjia).post("/staff/new/", NEW | change)
    form = read(page).one("main").one("form")
    assert page.status_code == 422
    assert form.errors() == sentences
    assert form.sends()["name"] == (NEW | change)["name"]
    assert NEW["password"] not in page.text
    assert User.objects.count() == before


# ---- one that exists ----


def test_an_account_can_be_renamed_without_touching_its_password(shangjia, dianyuan):
    change = {"username": "lidian", "name": "李小店", "password": "", "is_active": "on"}
    page = signed_in(shangjia).post(f"/staff/{dianyuan.pk}/", change, follow=True)
    assert "已保存员工账号：李小店（lidian）" in read(page).one(class_="message").text
    assert fits("lidian", PASSWORD)


def test_a_new_password_ends_the_accounts_sessions(shangjia, dianyuan):
    running = signed_in(dianyuan)
    change = {"username": "dianyuan", "name": "李店员", "password": NEW["password"], "is_active": "on"}
    signed_in(shangjia).post(f"/staff/{dianyuan.pk}/", change)
    assert fits("dianyuan", NEW["password"])
    assert not fits("dianyuan", PASSWORD)
    assert running.get("/tickets/")["Location"].startswith("/login/")


def test_a_switched_off_account_is_out_at_once(shangjia, dianyuan):
    running = signed_in(dianyuan)
    signed_in(shangjia).post(
        f"/staff/{dianyuan.pk}/", {"username": "dianyuan", "name": "李店员", "password": ""}
    )
    assert not fits("dianyuan", PASSWORD)
    assert running.get("/tickets/")["Location"].startswith("/login/")


def test_the_form_never_shows_a_password(shangjia, dianyuan):
    page = signed_in(shangjia).get(f"/staff/{dianyuan.pk}/")
    assert read(page).one("input", name="password").value == ""
    assert dianyuan.password not in page.text


@pytest.mark.parametrize("who", ["shangjia", "shangjia2", "kefu", "zhuguan", "sysadmin"])
def test_owners_and_everybody_else_are_out_of_reach(who, everybody, merchant_b, subtests):
    person = everybody[who]
    visitor = signed_in(everybody["shangjia"])
    change = {"username": "taken-over", "name": "别人", "password": NEW["password"], "is_active": "on"}
    for answer in (visitor.get(f"/staff/{person.pk}/"), visitor.post(f"/staff/{person.pk}/", change)):
        assert answer.status_code == 404
        assert "员工账号不存在或无权查看" in answer.text
    person.refresh_from_db()
    assert person.username != "taken-over"


def test_another_merchants_staff_is_out_of_reach(shangjia, merchant_b):
    person = UserFactory(staff_of=merchant_b)
    change = {"username": "taken-over", "name": "别人", "password": NEW["password"], "is_active": "on"}
    assert signed_in(shangjia).post(f"/staff/{person.pk}/", change).status_code == 404
    assert unchanged(person)


@pytest.mark.parametrize("pk", ["0", "999999999", "9" * 30])
def test_an_account_that_does_not_exist_is_not_there(pk, shangjia):
    assert signed_in(shangjia).get(f"/staff/{pk}/").status_code == 404


@pytest.mark.parametrize("who", ["dianyuan", "kefu", "zhuguan", "sysadmin"])
def test_nobody_else_manages_staff(who, dianyuan, request):
    visitor = signed_in(request.getfixturevalue(who))
    for address in ("/staff/", "/staff/new/", f"/staff/{dianyuan.pk}/"):
        assert visitor.get(address).status_code == 403
    assert visitor.post("/staff/new/", NEW).status_code == 403
    assert not User.objects.filter(username="xiaowang").exists()
