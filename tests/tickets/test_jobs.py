"""Jobs: taken once, begun anew after a death, ended by their person, and never with half a file."""

import errno
import threading
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, OperationalError, transaction

from merchants.access import Role
from merchants.models import User
from tests.evidence import files_below
from tests.factories import OrderFactory, TicketFactory, UserFactory, waiting_tickets
from tests.pages import read, signed_in
from tests.processes import PATIENCE_SECONDS, wait_until
from tickets.clock import database_now
from tickets.evidence import shelf
from tickets.exchange import exports, lists, tables, working
from tickets.exchange.working import work_once
from tickets.lifecycle import Refused
from tickets.models import ExportRecord, Job, JobKind, JobState, Notice
from tickets.models.job import LEASE, MOST_ATTEMPTS


@pytest.fixture(autouse=True)
def in_a_transaction(request) -> None:
    """What runs in this process; real processes have a database of their own."""
    if not request.node.get_closest_marker("processes"):
        request.getfixturevalue("db")


def ask(person, digest: str = "a") -> Job:
    """An export of everything."""
    asked = {"query": "tab=all", "columns": ["number"], "format": "csv", "conditions": []}
    return Job.ask(JobKind.EXPORT_TICKETS, by_user=person, asked=asked, digest=digest)[0]


@pytest.fixture
def job(kefu, order_a, media) -> Job:
    TicketFactory(order=order_a)
    return ask(kefu)


def come_due(job: Job) -> None:
    """Its worker has been silent for longer than the lease."""
    Job.objects.filter(pk=job.pk).update(next_attempt_at=database_now() - timedelta(seconds=1))


def test_a_taken_job_is_nobody_elses_until_its_lease_is_over(job):
    now = database_now()
    assert Job.take(now) == job
    assert Job.take(now) is None
    assert Job.take(now + LEASE) == job


def test_the_oldest_is_taken_first(job, zhuguan):
    ask(zhuguan)
    assert Job.take(database_now()) == job


def test_who_was_overtaken_may_not_end_it(job):
    first = Job.take(database_now())
    come_due(job)
    second = Job.take(database_now())
    assert not first.beat(10)
    assert not first.finish(rows=1, report={}, told="")
    assert not first.fail("")
    assert second.finish(rows=1, report={}, told="")
    assert Notice.objects.filter(kind="job").count() == 1


def test_a_worker_that_died_leaves_a_job_that_is_written_anew(job, kefu):
    Job.take(database_now())  # … and the worker was killed
    assert work_once() is None
    come_due(job)
    assert work_once() == job
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.DONE, 2)
    assert files_below(shelf.root()) == [job.result_name]
    assert ExportRecord.objects.count() == 1


def test_what_kills_its_worker_again_and_again_is_given_up(job):
    for _ in range(MOST_ATTEMPTS):
        assert Job.take(database_now()) == job
        come_due(job)
    assert Job.take(database_now()) is None
    job.refresh_from_db()
    assert (job.state, Notice.objects.get(kind="job").recipient_id) == (JobState.FAILED, job.by_id)


def test_one_that_is_given_up_keeps_nobody_waiting(job, zhuguan):
    Job.objects.filter(pk=job.pk).update(attempts=MOST_ATTEMPTS)
    behind = ask(zhuguan)
    assert Job.take(database_now()) == behind
    job.refresh_from_db()
    assert job.state == JobState.FAILED


def test_the_longest_statement_ends_before_the_lease_does():
    assert LEASE.total_seconds() > lists.KEYS_WITHIN_SECONDS


def test_a_cancelled_job_stops_at_its_next_beat_and_leaves_no_file(job, kefu, monkeypatch):
    write = exports.write_table

    def cancelled_meanwhile(*args):
        job.cancel(by_user=kefu)
        return write(*args)

    monkeypatch.setattr(exports, "write_table", cancelled_meanwhile)
    work_once()
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    assert files_below(shelf.root()) == []
    assert not ExportRecord.objects.exists()
    assert not Notice.objects.filter(kind="job").exists()


def test_cancelling_twice_is_refused(job, kefu):
    job.cancel(by_user=kefu)
    with pytest.raises(Refused):
        job.cancel(by_user=kefu)


def test_nobody_cancels_anothers(job, zhuguan):
    with pytest.raises(Refused):
        job.cancel(by_user=zhuguan)


def test_a_worker_that_is_asked_to_stop_puts_it_back_without_counting_it(job):
    stopping = threading.Event()
    stopping.set()
    work_once(stopping)
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.WAITING, 0)
    assert Job.take(database_now()) == job


def test_a_full_disk_is_a_sentence_and_leaves_nothing(job, monkeypatch):
    def full(*args, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tables.Path, "open", full)
    work_once()
    monkeypatch.undo()
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "存储空间不足" in job.sentence
    assert files_below(shelf.root()) == []


def test_a_database_that_fails_is_tried_again_later(job, monkeypatch):
    def away(*args):
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setitem(working.RUNS, JobKind.EXPORT_TICKETS, away)
    work_once()
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.WAITING, 1)
    assert job.next_attempt_at > database_now()


def test_an_error_of_ours_is_told_without_its_text(job, monkeypatch):
    def wrong(*args):
        raise KeyError("13912345678")

    monkeypatch.setitem(working.RUNS, JobKind.EXPORT_TICKETS, wrong)
    work_once()
    job.refresh_from_db()
    assert (job.state, job.sentence) == (JobState.FAILED, working.UNEXPECTED)


def test_an_account_that_lost_its_role_gets_nothing(job, kefu):
    kefu.is_active = False
    kefu.save()
    work_once()
    job.refresh_from_db()
    assert (job.state, job.sentence) == (JobState.FAILED, working.NO_ACCOUNT)


@pytest.mark.parametrize("lost", [{"is_active": False}, {"role": Role.MANAGER}])
def test_an_account_that_loses_its_role_meanwhile_gets_nothing_more(job, kefu, monkeypatch, lost):
    write = exports.write_table

    def lost_meanwhile(*args):
        User.objects.filter(pk=kefu.pk).update(**lost)
        return write(*args)

    monkeypatch.setattr(exports, "write_table", lost_meanwhile)
    work_once()
    job.refresh_from_db()
    assert (job.state, job.sentence) == (JobState.FAILED, working.NO_ACCOUNT)
    assert files_below(shelf.root()) == []


def test_who_works_for_a_merchant_that_was_switched_off_gets_nothing(dianyuan, merchant_a, media):
    job = ask(dianyuan)
    merchant_a.is_active = False
    merchant_a.save()
    work_once()
    job.refresh_from_db()
    assert (job.state, job.sentence) == (JobState.FAILED, working.NO_ACCOUNT)


def test_what_was_under_way_in_a_former_role_does_not_stand_in_the_way(job, kefu):
    kefu.role = Role.MANAGER
    kefu.save()
    again = ask(kefu)
    job.refresh_from_db()
    assert (again.state, job.state) == (JobState.WAITING, JobState.CANCELLED)


def test_the_database_knows_of_one_such_job_under_way(job, kefu):
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(
            by=kefu, role=kefu.role, kind=job.kind, digest=job.digest, created_at=database_now(),
            next_attempt_at=database_now(),
        )  # fmt: skip


def test_who_works_for_another_merchant_now_does_not_find_what_was_the_former_ones(
    dianyuan, merchant_b, media
):
    job = ask(dianyuan)
    assert signed_in(dianyuan).get(f"/jobs/{job.pk}/").status_code == 200
    dianyuan.merchant = merchant_b
    dianyuan.save()
    assert signed_in(dianyuan).get(f"/jobs/{job.pk}/").status_code == 404
    assert "暂无数据" in signed_in(dianyuan).get("/jobs/").text


def test_the_page_fetches_itself_while_it_runs_and_no_longer_when_it_is_over(job, kefu):
    visitor = signed_in(kefu)
    part = {"headers": {"HX-Request": "true"}}
    assert "data-refresh-every" in visitor.get(f"/jobs/{job.pk}/", **part).text
    work_once()
    page = visitor.get(f"/jobs/{job.pk}/", **part).text
    assert "data-refresh-every" not in page
    assert "<html" not in page
    assert "下载文件" in page


def test_the_list_says_how_many_there_are_of_ones_own(job, kefu, zhuguan):
    ask(zhuguan)
    assert "共 1 条" in read(signed_in(kefu).get("/jobs/")).one("nav", class_="pager").text


@pytest.mark.parametrize("address", ["/jobs/99999999999999999999/", "/jobs/0/", "/jobs/0/file/"])
def test_what_is_not_there_is_not_found(kefu, address):
    assert signed_in(kefu).get(address).status_code == 404


# ---- what is over is thrown away ----


def expired(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(expires_at=database_now() - timedelta(seconds=1))


def test_after_its_days_the_file_goes_and_the_page_says_so(job, kefu):
    work_once()
    expired(job)
    visitor = signed_in(kefu)
    assert visitor.get(f"/jobs/{job.pk}/file/").status_code == 404
    assert "文件已过期删除" in visitor.get(f"/jobs/{job.pk}/").text
    call_command("prune_jobs")
    assert files_below(shelf.root()) == []
    assert ExportRecord.objects.count() == 1


def test_what_is_not_over_stays(job, kefu):
    work_once()
    call_command("prune_jobs")
    call_command("prune_files", "--older-than", "0")
    assert signed_in(kefu).get(f"/jobs/{job.pk}/file/").status_code == 200


def test_a_file_that_no_job_knows_is_thrown_away(job):
    work_once()
    job.refresh_from_db()
    Job.objects.all().delete()
    call_command("prune_files", "--older-than", "0")
    assert files_below(shelf.root()) == []


def test_old_jobs_go_but_never_one_under_way(job, zhuguan):
    work_once()
    waiting = ask(zhuguan)
    Job.objects.update(created_at=database_now() - timedelta(days=91))
    call_command("prune_jobs")
    assert list(Job.objects.all()) == [waiting]


# ---- real processes ----


@pytest.fixture
def worker_place(place, tmp_path):
    place.environment["MEDIA_ROOT"] = str(tmp_path / "media")
    return place


@pytest.mark.processes
@pytest.mark.usefixtures("committed")
def test_killed_in_the_middle_it_is_written_anew_whole_and_once(worker_place, settings, tmp_path):
    """As by ``kill -9``: the lease ends, the next worker begins again, and nothing of the first attempt is left."""
    settings.MEDIA_ROOT = tmp_path / "media"
    person = UserFactory()
    waiting_tickets(30_000, OrderFactory(), person, database_now() + timedelta(hours=1))
    job = ask(person)
    worker = worker_place.start_manage("run_jobs")
    wait_until(lambda: files_below(settings.MEDIA_ROOT))
    worker.kill()
    worker.communicate(timeout=PATIENCE_SECONDS)
    job.refresh_from_db()
    assert job.state == JobState.RUNNING
    assert files_below(settings.MEDIA_ROOT) != []
    come_due(job)
    worker_place.manage("run_jobs", "--once")
    job.refresh_from_db()
    assert (job.state, job.rows_done, job.attempts) == (JobState.DONE, 30_000, 2)
    assert files_below(settings.MEDIA_ROOT) == [job.result_name]
    assert len(shelf.path(job.result_name).read_text().splitlines()) == 30_001
    assert ExportRecord.objects.filter(by=person).count() == 1


@pytest.mark.processes
@pytest.mark.usefixtures("committed")
def test_several_workers_do_each_job_once(worker_place):
    people = [UserFactory() for _ in range(6)]
    TicketFactory()
    jobs = [ask(person) for person in people]
    workers = [worker_place.start_manage("run_jobs", "--once") for _ in range(3)]
    for worker in workers:
        worker.communicate(timeout=PATIENCE_SECONDS)
    done = Job.objects.filter(pk__in=[job.pk for job in jobs])
    assert set(done.values_list("state", "attempts")) == {(JobState.DONE, 1)}
    assert ExportRecord.objects.filter(by__in=people).count() == 6
