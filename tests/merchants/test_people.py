"""Accounts: one role, one merchant or none, and who can be logged in at all."""

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import RequestFactory

from merchants.access import Role
from merchants.backends import ActivePeopleBackend
from merchants.models import User
from tests.factories import PASSWORD, UserFactory


def test_whoever_creates_a_superuser_gets_an_administrator(db):
    boss = get_user_model().objects.create_superuser("boss", "boss@example.com", PASSWORD, name="老板")
    assert (boss.role, boss.is_staff, boss.is_superuser, boss.merchant) == (Role.ADMIN, True, True, None)


@pytest.mark.parametrize(
    ("who", "affiliation", "is_merchant", "is_service"),
    [
        ("kefu", "客服", False, True),
        ("zhuguan", "主管", False, True),
        ("shangjia", "亲贝母婴旗舰店", True, False),
        ("dianyuan", "亲贝母婴旗舰店", True, False),
        ("sysadmin", "系统管理员", False, False),
    ],
)
def test_people_are_introduced_by_what_they_belong_to(who, affiliation, is_merchant, is_service, request):
    person = request.getfixturevalue(who)
    assert (person.affiliation, person.is_merchant, person.is_service) == (
        affiliation,
        is_merchant,
        is_service,
    )


def test_a_person_without_a_name_goes_by_the_login_name(db):
    assert str(User(username="kefu", name="")) == "kefu"


@pytest.mark.parametrize("role", [Role.MERCHANT_STAFF, Role.MERCHANT_OWNER])
def test_a_merchants_person_needs_a_merchant(role, db):
    with pytest.raises(ValidationError) as wrong:
        User(username="x", name="x", role=role, password="x").full_clean()
    assert "请选择商户" in wrong.value.messages
    with pytest.raises(IntegrityError), transaction.atomic():
        UserFactory(role=role)


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.MANAGER, Role.ADMIN])
def test_nobody_else_may_have_one(role, merchant_a):
    with pytest.raises(ValidationError, match="商户员工和商户管理员必须选择商户，其他角色不能选择商户"):
        User(username="x", name="x", role=role, password="x", merchant=merchant_a).full_clean()


@pytest.mark.parametrize("flag", ["is_staff", "is_superuser"])
def test_only_administrators_reach_the_admin(flag, dianyuan):
    setattr(dianyuan, flag, True)
    dianyuan.full_clean()
    dianyuan.save()
    assert not getattr(User.objects.get(pk=dianyuan.pk), flag)


def test_who_becomes_an_administrator_reaches_the_admin(kefu):
    kefu.role = Role.ADMIN
    kefu.save()
    assert (kefu.is_staff, kefu.is_superuser) == (True, True)


def logged_in(username: str) -> User | None:
    return authenticate(RequestFactory().post("/login/"), username=username, password=PASSWORD)


def test_an_active_person_can_log_in(dianyuan, kefu):
    assert (logged_in("dianyuan"), logged_in("kefu")) == (dianyuan, kefu)


@pytest.mark.parametrize("switched_off", ["account", "merchant"])
def test_a_switched_off_account_or_merchant_ends_logins_and_running_sessions(switched_off, dianyuan):
    thing = dianyuan if switched_off == "account" else dianyuan.merchant
    thing.is_active = False
    thing.save()
    assert logged_in("dianyuan") is None
    assert ActivePeopleBackend().get_user(dianyuan.pk) is None


def test_a_merchant_that_is_back_lets_its_people_in_again(dianyuan):
    dianyuan.merchant.is_active = False
    dianyuan.merchant.save()
    dianyuan.merchant.is_active = True
    dianyuan.merchant.save()
    assert ActivePeopleBackend().get_user(dianyuan.pk) == dianyuan


def test_who_is_asking_costs_one_statement(dianyuan, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert ActivePeopleBackend().get_user(dianyuan.pk).affiliation == "亲贝母婴旗舰店"
