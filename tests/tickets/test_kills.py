"""Killed at any moment: the scan twenty times over, the database under it, and who holds the lock it waits for."""

import multiprocessing
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import datetime, timedelta
from unittest import mock

import psutil
import psycopg
import pytest
from django.db import DatabaseError, connection, connections
from django.db.models import F

from tests.databases import database_url, start_server
from tests.factories import OrderFactory, UserFactory, waiting_tickets
from tests.processes import PATIENCE_SECONDS, Site, wait_for_the_end_of_sessions, wait_until
from tests.tickets.forked import scan_to_the_end
from tickets import scanning
from tickets.clock import database_now
from tickets.models import Alert, Event, Round

pytestmark = pytest.mark.processes

KILLS = 20


def late_tickets(how_many: int) -> datetime:
    """So many tickets that missed their deadline five minutes ago, unnoticed; that deadline."""
    due_at = database_now() - timedelta(minutes=5)
    waiting_tickets(how_many, OrderFactory(), UserFactory(), due_at)
    return due_at


def assert_each_recorded_once(how_many: int, due_at: datetime) -> None:
    rounds = Round.objects.filter(due_at=due_at)
    assert rounds.filter(overdue_at=F("due_at"), alert_level=3, next_alert_at=None).count() == how_many
    overdue = Event.objects.filter(round__in=rounds, kind="overdue", occurred_at=due_at)
    assert overdue.count() == overdue.values("round").distinct().count() == how_many
    assert Event.objects.filter(round__in=rounds, kind="overdue").count() == how_many
    alerts = Alert.objects.filter(round__in=rounds)
    moments = {1: F("round__warn_at"), 2: F("round__critical_at"), 3: F("round__due_at")}
    for level, moment in moments.items():
        assert alerts.filter(level=level, occurred_at=moment).count() == how_many
    assert alerts.count() == 3 * how_many


@pytest.mark.usefixtures("committed")
def test_a_scan_killed_twenty_times_loses_nothing_and_records_nothing_twice(place):
    scanning.run()
    how_many, luck = 4_000, random.Random(7)
    due_at = late_tickets(how_many)
    # A server that has loaded the product forks each victim off in a few milliseconds.
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(["tests.tickets.forked"])
    overdue = Event.objects.filter(kind="overdue", occurred_at=due_at)
    died_at = []
    with mock.patch.dict(os.environ, place.environment):
        for _ in range(KILLS):
            before = overdue.count()
            victim = forks.Process(target=scan_to_the_end, daemon=True)
            victim.start()
            wait_until(lambda seen=before: overdue.count() > seen)
            time.sleep(luck.uniform(0, 0.05))
            assert victim.is_alive(), "it was too quick to be killed"
            victim.kill()
            victim.join(PATIENCE_SECONDS)
            assert victim.exitcode == -signal.SIGKILL
            died_at.append(overdue.count())
    wait_for_the_end_of_sessions()
    assert died_at == sorted(died_at)
    assert 0 < overdue.count() < how_many
    scanning.run()
    assert_each_recorded_once(how_many, due_at)
    assert scanning.run().alerted == 0


@pytest.mark.usefixtures("committed")
@pytest.mark.sqlite  # which has one lock for all who write
def test_the_scan_goes_on_when_whoever_held_the_write_lock_was_killed(place):
    scanning.run()
    due_at = late_tickets(50)
    hold = (
        "import sqlite3, sys, time\n"
        "session = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "session.execute('BEGIN IMMEDIATE')\n"
        "session.execute('UPDATE tickets_round SET alert_level = 0, told_level = 0 WHERE overdue_at IS NULL')\n"
        "print('held', flush=True)\n"
        "time.sleep(600)\n"
    )
    path = connection.settings_dict["NAME"]
    holder = subprocess.Popen([sys.executable, "-c", hold, str(path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "held\n"
    loop = place.start_manage("flag_overdue_tickets", "--every", "1")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        sqlite3.connect(path, timeout=1, isolation_level=None).execute("BEGIN IMMEDIATE")
    holder.kill()
    holder.communicate()
    wait_until(lambda: Round.objects.filter(due_at=due_at, overdue_at__isnull=False).count() == 50)
    loop.terminate()
    loop.communicate(timeout=PATIENCE_SECONDS)
    assert loop.returncode == 0
    assert_each_recorded_once(50, due_at)


@pytest.mark.postgresql  # on SQLite there is no server to kill
def test_the_scan_goes_on_by_itself_when_the_database_was_killed_and_is_back(tmp_path, django_db_blocker):
    server = start_server(tmp_path / "postgresql")
    try:
        url = database_url(server)
        with psycopg.connect(url.replace("/qinqin?", "/postgres?"), autocommit=True) as session:
            session.execute("CREATE DATABASE qinqin")
        place = Site(tmp_path, url, tmp_path, django_db_blocker.unblock)
        place.listener.close()
        place.manage("migrate", "--verbosity", "0")
        with place.database():
            kill_the_database_twice(server, place)
    finally:
        server.cleanup()


def kill_the_database_twice(server, place: Site) -> None:
    due_at = late_tickets(300)
    recorded = Round.objects.filter(due_at=due_at, overdue_at__isnull=False)
    loop = place.start_manage("flag_overdue_tickets", "--every", "1", "--batch", "1")
    for _ in range(2):
        before = recorded.count()
        wait_until(lambda seen=before: recorded.count() > seen)
        kill_and_restart(server)
        connections.close_all()
        assert loop.poll() is None
        assert before < recorded.count() < 300
    wait_until(lambda: recorded.count() == 300)
    loop.terminate()
    _, errors = loop.communicate(timeout=PATIENCE_SECONDS)
    assert loop.returncode == 0
    assert "数据库不可用，本次检查未完成" in errors
    assert_each_recorded_once(300, due_at)
    assert scanning.run().alerted == 0


def kill_and_restart(server) -> None:
    postmaster = psutil.Process(server.get_pid())
    family = [postmaster, *postmaster.children(recursive=True)]
    for process in family:
        process.kill()
    psutil.wait_procs(family, PATIENCE_SECONDS)
    with mock.patch.dict(os.environ, LC_ALL="C.UTF-8"):
        server.start()
    connections.close_all()
    wait_until(database_answers)


def database_answers() -> bool:
    try:
        return bool(database_now())
    except DatabaseError:
        connections.close_all()
        return False
