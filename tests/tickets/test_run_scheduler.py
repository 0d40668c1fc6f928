"""run_scheduler: one command keeps the scan, the delivery worker and the tidying up alive, each for itself."""

import signal
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import psutil
import pytest

from tests.factories import TicketFactory
from tests.processes import PATIENCE_SECONDS, wait_until
from tickets.management.commands.run_scheduler import DAY_SECONDS, Job
from tickets.models import DeadlineScan, DeliveryRun, Round


@pytest.fixture
def scheduler(place) -> Iterator[psutil.Process]:
    process = place.start_manage("run_scheduler", "--scan-every", "1")
    yield psutil.Process(process.pid)
    if process.poll() is None:
        process.terminate()
    process.communicate(timeout=PATIENCE_SECONDS)


def child(scheduler: psutil.Process, command: str) -> int | None:
    """The process id of one of its jobs."""
    for process in scheduler.children():
        with suppress(psutil.Error):  # it has just ended
            if command in process.cmdline():
                return process.pid
    return None


@pytest.mark.processes
@pytest.mark.usefixtures("committed")
def test_it_scans_and_delivers_and_ends_when_asked(scheduler):
    ticket = TicketFactory(opened_ago=timedelta(hours=5))
    wait_until(lambda: Round.objects.filter(ticket=ticket, overdue_at=ticket.due_at).exists())
    wait_until(lambda: DeliveryRun.age() is not None)
    wait_until(lambda: Round.objects.filter(ticket=ticket, told_level=3).exists())
    family = scheduler.children(recursive=True)
    scheduler.terminate()
    assert scheduler.wait(PATIENCE_SECONDS) == 0
    assert [process for process in family if process.is_running()] == []


@pytest.mark.processes
@pytest.mark.usefixtures("committed")
def test_a_killed_job_is_started_again_and_the_others_are_left_alone(scheduler):
    wait_until(lambda: child(scheduler, "flag_overdue_tickets") and child(scheduler, "deliver_notifications"))
    scan, delivery = child(scheduler, "flag_overdue_tickets"), child(scheduler, "deliver_notifications")
    psutil.Process(scan).send_signal(signal.SIGKILL)
    wait_until(lambda: child(scheduler, "flag_overdue_tickets") not in (None, scan))
    assert child(scheduler, "deliver_notifications") == delivery
    ticket = TicketFactory(opened_ago=timedelta(hours=5))
    wait_until(lambda: Round.objects.filter(ticket=ticket, overdue_at=ticket.due_at).exists())
    assert DeadlineScan.age() is not None


@pytest.mark.processes
@pytest.mark.usefixtures("committed")
def test_two_of_them_record_each_lateness_once(place, scheduler):
    other = place.start_manage("run_scheduler", "--scan-every", "1")
    tickets = [TicketFactory(opened_ago=timedelta(hours=5)) for _ in range(10)]
    wait_until(lambda: Round.objects.filter(ticket__in=tickets, overdue_at__isnull=False).count() == 10)
    other.terminate()
    other.communicate(timeout=PATIENCE_SECONDS)
    assert other.returncode == 0
    assert [ticket.events.filter(kind="overdue").count() for ticket in tickets] == [1] * 10


def test_one_that_keeps_failing_is_started_less_and_less_often():
    job = Job("时限检查", ["flag_overdue_tickets"])
    waits = [job.next_start(now=10, status=1) - 10 for _ in range(9)]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_one_that_had_settled_is_started_again_at_once():
    job = Job("时限检查", ["flag_overdue_tickets"], failures=6)
    assert job.next_start(now=1_000, status=1) == 1_001


def test_a_daily_job_comes_a_day_after_its_start_and_in_an_hour_when_it_failed():
    job = Job("每日清理", ["tidy_up"], every=DAY_SECONDS, started_at=100)
    assert job.next_start(now=160, status=0) == 100 + DAY_SECONDS
    assert job.next_start(now=160, status=1) == 160 + 3_600


def test_a_daily_job_that_takes_an_hour_hangs_and_one_that_is_kept_running_never_does():
    assert Job("每日清理", [], every=DAY_SECONDS, started_at=0).hangs(3_601)
    assert not Job("时限检查", [], started_at=0).hangs(1_000_000)
