"""What load balancers and monitors ask, and what they are told when something is missing."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from unittest import mock

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from tickets import scanning
from tickets.clock import database_now
from tickets.models import DeadlineScan


@pytest.mark.django_db
def test_a_living_process_with_its_database_is_well(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_after_a_scan_it_is_ready(client):
    scanning.run()
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "migrations": "applied",
        "deadline_scan_age_seconds": 0,
        "delivery_age_seconds": None,
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("age", "status"), [(timedelta(minutes=4, seconds=50), 200), (timedelta(minutes=5, seconds=1), 503)]
)
def test_a_scan_may_be_five_minutes_old_and_no_older(age, status, client):
    DeadlineScan.note(database_now() - age, flagged=0)
    answer = client.get("/readyz")
    assert answer.status_code == status
    assert answer.json()["status"] == ("ok" if status == 200 else "error")
    assert answer.json()["deadline_scan_age_seconds"] >= age.total_seconds() - 1


@pytest.mark.django_db
def test_without_any_scan_it_is_not_ready(client):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "status": "error",
        "migrations": "applied",
        "deadline_scan_age_seconds": None,
        "delivery_age_seconds": None,
    }


@pytest.mark.django_db
@pytest.mark.parametrize("app", ["tickets", "sessions"])
def test_with_a_migration_missing_it_is_not_ready(app, client):
    scanning.run()
    newest = MigrationRecorder.Migration.objects.filter(app=app).order_by("-pk").first()
    newest.delete()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "status": "error",
        "migrations": "missing",
        "deadline_scan_age_seconds": None,
        "delivery_age_seconds": None,
    }


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_database_that_does_not_answer_is_503(path, client):
    with mock.patch.object(connection, "cursor", side_effect=OperationalError("connection refused")):
        answer = client.get(path)
    assert (answer.status_code, answer.json()) == (503, {"status": "error", "database": "unreachable"})


ASK = """
import django; django.setup()
from django.test import Client
answer = Client().get("/healthz")
print(answer.status_code, answer.content.decode())
"""


@pytest.mark.processes
def test_a_database_that_is_really_away_is_503(tmp_path):
    """A directory is no database file; a socket directory without a server answers nobody."""
    away = {
        "sqlite": f"sqlite:///{tmp_path}",
        "postgresql": f"postgres://nobody@/nothing?host={tmp_path}",
    }[connection.vendor]
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": away, "DJANGO_SETTINGS_MODULE": "qinqin.settings"},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    status, body = done.stdout.split(maxsplit=1)
    assert (status, json.loads(body)) == ("503", {"status": "error", "database": "unreachable"})


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_asking_needs_no_login_and_starts_no_session(path, client):
    answer = client.get(path)
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.cookies == {}
    assert client.head(path).status_code == answer.status_code
    assert client.post(path).status_code == 405
