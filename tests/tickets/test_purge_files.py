"""purge_consumers and the photos: they may show the consumer, and go with what else says who it was."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.evidence import PDF, files_below, shelved, staged
from tests.factories import STEP, TicketFactory, completed_ticket, submit
from tests.pages import read, signed_in
from tests.tickets.test_purge_consumers import DAYS, consumer, old_order, order, report, run  # noqa: F401
from tickets import anonymising
from tickets.clock import database_now
from tickets.evidence import pruning, shelf
from tickets.models import Attachment, Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


@pytest.fixture
def commits(django_capture_on_commit_callbacks):
    """What is to happen after a commit happens."""
    with django_capture_on_commit_callbacks(execute=True):
        yield


def with_photos(order, kefu, dianyuan) -> Ticket:  # noqa: F811
    """Over for long, with a photo of the problem, of the answer, of a note and of a message, and a paper."""
    ticket = TicketFactory(order=order, by_user=kefu, opened_ago=490 * DAYS)
    at = ticket.created_at
    ticket.add_evidence(by_user=kefu, attachments=[shelved(kefu, ticket).key], at=at + STEP)
    for verb, purpose in (("add_note", "note"), ("add_message", "message")):
        key = shelved(kefu, ticket, purpose=purpose).key
        getattr(ticket, verb)(by_user=kefu, text="请看", attachments=[key], at=at + STEP)
    keys = [
        shelved(dianyuan, ticket, caption="开线的地方").key,
        staged(dianyuan, ticket, PDF, "报告.pdf").key,
    ]
    ticket.submit(
        by_user=dianyuan,
        outcome="solved",
        text="已联系消费者，今天补发。",
        attachments=keys,
        at=at + 2 * STEP,
    )
    ticket.approve(by_user=kefu, at=at + 3 * STEP)
    return ticket


def test_the_files_go_and_the_rows_stay_with_the_time(order, kefu, dianyuan, media):  # noqa: F811
    ticket = with_photos(order, kefu, dianyuan)
    other = completed_ticket(opened_ago=10 * DAYS)
    kept = shelved(kefu, other, purpose="note")
    rows = dict(ticket.attachments.values_list("pk", "storage_name"))
    now = database_now()
    assert len(files_below(media)) == 4 * 2 + 1 + 2
    call_command("archive_tickets", stdout=StringIO())
    purged = anonymising.run(now - 365 * DAYS, now)
    assert purged.files == 5
    # Not before the commit.
    assert len(files_below(media)) == 4 * 2 + 1 + 2
    for _, follow, _ in connection.run_on_commit:
        follow()
    assert files_below(media) == sorted([kept.storage_name, kept.thumbnail_name])
    assert dict(ticket.attachments.values_list("pk", "storage_name")) == rows
    assert set(ticket.attachments.values_list("purged_at", flat=True)) == {now}
    kept.refresh_from_db()
    assert kept.purged_at is None


@pytest.mark.usefixtures("commits")
def test_the_report_counts_them_and_a_dry_run_leaves_them(order, kefu, dianyuan, media):  # noqa: F811
    with_photos(order, kefu, dianyuan)
    before = files_below(media)
    assert report("--dry-run")["files"] == 5
    assert "工单 1 张、图片和文件 5 个（未写入）" in run("--dry-run")
    assert not Attachment.objects.exclude(purged_at=None).exists()
    assert files_below(media) == before
    assert report()["files"] == 5
    assert report()["files"] == 0


def test_a_page_says_so_instead_of_the_picture(order, kefu, dianyuan, shangjia):  # noqa: F811
    ticket = with_photos(order, kefu, dianyuan)
    addresses = [
        address
        for each in ticket.attachments.all()
        for address in (each.get_absolute_url(), each.thumbnail_url)
    ]
    run()
    for person, how_many in ((kefu, 2 + 2 + 2 * 2), (shangjia, 2 + 1 + 2 * 2)):
        visitor = signed_in(person)
        page = read(visitor.get(ticket.get_absolute_url()))
        gone = [each.text for each in page.all("li") if "已按规定清除" in each.text and not each.all("li")]
        assert len(gone) == how_many
        assert any(text.endswith("开线的地方") for text in gone)
        assert [
            each
            for each in page.walk()
            if "/files/" in each.attrs.get("src", "") + each.attrs.get("href", "")
        ] == []
        for address in filter(None, addresses):
            assert visitor.get(address).status_code == 404
            assert visitor.get(address, headers={"Range": "bytes=0-0"}).status_code == 404


def test_what_a_crash_leaves_behind_prune_files_takes(order, kefu, dianyuan, media):  # noqa: F811
    ticket = with_photos(order, kefu, dianyuan)
    run()  # and nothing of what was to follow the commit
    assert len(files_below(media)) == 9
    found = pruning.prune(0)
    assert (len(found.orphans), found.missing, files_below(media)) == (9, [], [])
    assert pruning.prune(0).missing == []
    assert ticket.attachments.count() == 5


def test_a_file_that_is_gone_already_is_no_matter(order, kefu, dianyuan, media):  # noqa: F811
    ticket = with_photos(order, kefu, dianyuan)
    shelf.remove(*ticket.attachments.values_list("storage_name", flat=True))
    assert report()["files"] == 5


@pytest.mark.usefixtures("commits")
def test_photos_of_who_went_before_there_was_this_rule_go_too(order, kefu, dianyuan, media):  # noqa: F811
    ticket = with_photos(order, kefu, dianyuan)
    call_command("archive_tickets", stdout=StringIO())
    type(order).objects.update(anonymised_at=database_now())
    type(order.customer).objects.update(anonymised_at=database_now())
    young = completed_ticket(order=order, opened_ago=20 * DAYS)
    shelved(kefu, young, purpose="note")
    assert report("--dry-run")["files"] == 5
    assert report()["files"] == 5
    assert not ticket.attachments.filter(purged_at=None).exists()
    assert young.attachments.filter(purged_at=None).count() == 1


def test_nobody_else_marks_a_photo_as_gone(order, kefu, dianyuan):  # noqa: F811
    with_photos(order, kefu, dianyuan)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Attachment.objects.update(purged_at=database_now())


def test_many_photos_cost_as_many_statements_as_a_few(merchant_a, kefu):
    def statements_of_run(photos: int) -> int:
        order = old_order(merchant=merchant_a, phone="13800001111")  # noqa: F811
        type(order.customer).objects.update(created_at=database_now() - 500 * DAYS)
        ticket = TicketFactory(order=order, by_user=kefu, opened_ago=490 * DAYS)
        keys = [shelved(kefu, ticket, purpose="note").key for _ in range(photos)]
        ticket.add_note(by_user=kefu, text="请看", attachments=keys)
        submit(ticket, ticket.created_at + STEP)
        ticket.approve(by_user=kefu, at=ticket.created_at + 2 * STEP)
        call_command("archive_tickets", stdout=StringIO())
        with CaptureQueriesContext(connection) as queries:
            assert anonymising.run(database_now() - 365 * DAYS, database_now()).files == photos
        return len(queries)

    assert statements_of_run(1) == statements_of_run(7)
