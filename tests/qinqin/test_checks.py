"""System checks: settings and routes that contradict each other are named by an id."""

import pytest
from django.core.checks import run_checks
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path

from merchants.access import allow, public
from qinqin import checks


def ids(found) -> set[str]:
    return {message.id for message in found}


def unruled(request):
    return HttpResponse()


@public
def ruled(request):
    return HttpResponse()


urlpatterns = [path("hole/", unruled), path("door/", ruled), path("gate/", allow()(unruled))]


def test_every_route_of_ours_has_an_access_rule():
    assert checks.every_route_has_an_access_rule(None) == []


@override_settings(ROOT_URLCONF=__name__)
def test_a_route_without_an_access_rule_is_an_error_that_names_it():
    (error,) = checks.every_route_has_an_access_rule(None)
    assert (error.id, "'hole/'" in error.msg) == ("qinqin.E001", True)


def test_the_walk_knows_every_route_of_ours_and_leaves_the_admin_out():
    routes = {route for route, _, _ in checks.our_routes()}
    assert {"", "login/", "tickets/", "tickets/<str:number>/submit/", "healthz"} <= routes
    assert not any(route.startswith("admin/") for route in routes)


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({"DEBUG": False, "ALLOWED_HOSTS": ["tickets.example.com"]}, set()),
        ({"DEBUG": False, "ALLOWED_HOSTS": [".example.com"]}, set()),
        ({"DEBUG": False, "ALLOWED_HOSTS": ["example.com"]}, {"qinqin.E002"}),
        ({"DEBUG": False, "ALLOWED_HOSTS": []}, {"qinqin.E002"}),
        ({"DEBUG": True, "ALLOWED_HOSTS": []}, {"qinqin.E003"}),
        ({"DEBUG": True, "ALLOWED_HOSTS": [], "SITE_IS_HTTPS": False}, set()),
    ],
)
def test_a_site_that_would_refuse_its_own_address_is_an_error(settings, found):
    site = {"SITE_URL": "https://tickets.example.com", "SITE_IS_HTTPS": True}
    with override_settings(**site | settings):
        assert ids(checks.site_url_is_served(None)) == found


@pytest.mark.parametrize(
    ("is_https", "engine", "found"),
    [
        (True, "django.db.backends.postgresql", set()),
        (False, "django.db.backends.postgresql", {"qinqin.W001"}),
        (True, "django.db.backends.sqlite3", {"qinqin.W002"}),
        (False, "django.db.backends.sqlite3", {"qinqin.W001", "qinqin.W002"}),
    ],
)
def test_what_is_right_on_a_desk_is_warned_about_in_earnest(is_https, engine, found):
    class Settings:
        SITE_IS_HTTPS = is_https
        DATABASES = {"default": {"ENGINE": engine}}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checks, "settings", Settings)
        assert ids(checks.fit_for_production(None)) == found


@pytest.mark.django_db
def test_the_checks_run_by_themselves_and_the_warnings_only_before_a_deployment():
    with override_settings(SITE_IS_HTTPS=False, ALLOWED_HOSTS=["elsewhere"], SITE_URL="http://here"):
        assert {"qinqin.E002"} <= ids(run_checks())
        assert "qinqin.W001" not in ids(run_checks())
        assert "qinqin.W001" in ids(run_checks(include_deployment_checks=True))
