"""prune_files: shelf and rows held against each other."""

import os
import time
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from tests.evidence import files_below, staged
from tests.factories import ANSWER, TicketFactory
from tickets.evidence import shelf
from tickets.models import Attachment

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(order_a, dianyuan, media):
    """Answered, with one picture."""
    ticket = TicketFactory(order=order_a)
    key = staged(dianyuan, ticket).key
    ticket.submit(by_user=dianyuan, outcome="solved", text=ANSWER, attachments=[key])
    return ticket


def prune(*arguments: str) -> str:
    said = StringIO()
    call_command("prune_files", *arguments, stdout=said)
    return said.getvalue()


def orphan(media, name: str = "", hours: float = 30) -> str:
    """A file that no row knows, last written so many hours ago."""
    name = name or f"evidence/2026/01/01/{uuid4()}.jpg"
    file = media / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"x")
    moment = time.time() - hours * 3600
    os.utime(file, (moment, moment))
    return name


def test_where_everything_fits_nothing_is_done(ticket, media):
    before = files_below(media)
    assert "图片 0 个，没有记录的文件 0 个" in prune("--older-than", "0")
    assert files_below(media) == before


def test_old_files_without_a_row_go(ticket, media):
    kept = files_below(media)
    names = [
        orphan(media),
        orphan(media, "evidence/incoming/left.raw"),
        orphan(media, "evidence/not ours.txt"),
    ]
    young = orphan(media, hours=1)
    said = prune()
    assert files_below(media) == sorted([*kept, young])
    assert "没有记录的文件 3 个" in said
    assert all(name in said for name in names)


def test_a_thumbnail_under_the_wrong_name_is_an_orphan(ticket, media):
    attachment = ticket.result.attachments.get()
    name = orphan(media, f"evidence/2026/01/01/{attachment.key}-thumb.jpg")
    assert name in prune()


def test_a_dry_run_tells_and_touches_nothing(ticket, dianyuan, order_a, media):
    orphan(media)
    staged(dianyuan, TicketFactory(order=order_a))
    before = files_below(media)
    said = prune("--dry-run", "--older-than", "0")
    assert "将删除（未删除）：过期未提交的图片 1 个，没有记录的文件 1 个" in said
    assert files_below(media) == before
    assert Attachment.objects.count() == 2


def test_what_nobody_sent_in_a_day_goes_and_what_is_young_stays(dianyuan, order_a, media):
    ticket = TicketFactory(order=order_a)
    staged(dianyuan, ticket)
    prune()
    assert Attachment.objects.count() == 1
    assert "过期未提交的图片 1 个" in prune("--older-than", "0")
    assert not Attachment.objects.exists()
    assert files_below(media) == []


@pytest.mark.parametrize("lost", ["storage_name", "thumbnail_name"])
def test_a_row_without_its_file_is_an_alarm_and_stays(ticket, media, lost):
    name = getattr(ticket.result.attachments.get(), lost)
    shelf.path(name).unlink()
    with pytest.raises(CommandError) as alarm:
        prune()
    assert "有 1 个文件已丢失" in str(alarm.value)
    assert name in str(alarm.value)
    assert ticket.result.attachments.count() == 1


def test_where_nothing_was_ever_uploaded_there_is_nothing_to_do(db, media):
    assert "没有记录的文件 0 个" in prune()


def test_hours_are_not_negative(db, media):
    with pytest.raises(CommandError, match="不能小于 0"):
        prune("--older-than", "-1")
