"""Logins: session, person and merchant in one statement, nothing written, and revoked at once."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from merchants.middleware import AuthenticationMiddleware
from merchants.models import Session, User
from merchants.sessions import SessionStore
from tests.pages import signed_in

pytestmark = pytest.mark.django_db


def asked_by(visitor):
    """A request with this browser's cookie, as a view would get it."""
    request = RequestFactory().get("/")
    request.session = SessionStore(visitor.cookies["qinqin_session"].value)
    AuthenticationMiddleware(lambda _: None).process_request(request)
    return request


@pytest.mark.parametrize("who", ["kefu", "zhuguan", "dianyuan", "sysadmin"])
def test_one_statement_tells_everything_about_who_is_asking(who, request):
    person = User.objects.select_related("merchant").get(pk=request.getfixturevalue(who).pk)
    asked = asked_by(signed_in(person))
    with CaptureQueriesContext(connection) as queries:
        user = asked.user
        assert user == person
        assert user.merchant == person.merchant
    assert len(queries) == 1
    assert "SELECT" in queries[0]["sql"]
    for model, mine, stored in [
        (User, user, person),
        *([(type(user.merchant), user.merchant, person.merchant)] if user.merchant else []),
    ]:
        for field in model._meta.concrete_fields:
            assert getattr(mine, field.attname) == getattr(stored, field.attname)


def test_the_session_says_whose_it_is(kefu):
    visitor = signed_in(kefu)
    assert Session.objects.get(pk=visitor.cookies["qinqin_session"].value).user == kefu


def test_looking_writes_nothing(dianyuan):
    visitor = signed_in(dianyuan)
    with CaptureQueriesContext(connection) as queries:
        assert visitor.get("/tickets/").status_code == 200
    assert [line["sql"] for line in queries if re.search("INSERT|UPDATE|DELETE", line["sql"])] == []


@pytest.mark.parametrize(
    "revoke",
    [
        lambda user: User.objects.filter(pk=user.pk).update(is_active=False),
        lambda user: type(user.merchant).objects.update(is_active=False),
        lambda user: (user.set_password("another-one-9"), user.save()),
        lambda user: Session.objects.filter(user=user).delete(),
        lambda user: Session.objects.filter(user=user).update(expire_date=timezone.now() - timedelta(seconds=1)),
        lambda user: Session.objects.filter(user=user).update(session_data="made:up"),
    ],
    ids=["account off", "merchant off", "password changed", "logged out", "expired", "tampered"],
)  # fmt: skip
def test_a_login_ends_with_the_very_next_request(revoke, dianyuan):
    visitor = signed_in(dianyuan)
    assert visitor.get("/tickets/").status_code == 200
    revoke(dianyuan)
    assert visitor.get("/tickets/").status_code == 302


def test_a_key_nobody_made_is_nobody(db):
    request = RequestFactory().get("/")
    request.session = SessionStore("x" * 5_000)
    AuthenticationMiddleware(lambda _: None).process_request(request)
    assert request.user == AnonymousUser()
