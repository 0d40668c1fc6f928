"""Evidence as the models keep it: staged by one person, bound once, then history."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from merchants.access import NotVisible
from tests.evidence import PDF, files_below, photo, staged, upload
from tests.factories import (
    ANSWER,
    TicketFactory,
    cancelled_ticket,
    reason_code,
    returned_ticket,
    submitted_ticket,
)
from tests.rows import rows_of
from tickets.clock import database_now
from tickets.evidence import LIMIT_SENTENCE, MOST_FILES, shelf
from tickets.lifecycle import AlreadyHandled, Outcome, Refused
from tickets.models import Attachment, Category, Purpose, Ticket, TicketDraft
from tickets.models.attachment import CAPTION_LENGTH, GONE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


@pytest.fixture
def ticket(order_a) -> Ticket:
    return TicketFactory(order=order_a)


def answered(ticket: Ticket, by_user, attachments) -> Ticket:
    ticket.submit(by_user=by_user, outcome=Outcome.SOLVED, text=ANSWER, attachments=attachments)
    return ticket


def copied(attachment: Attachment, how_many: int) -> list:
    """More of the same, by row only: the files are not what the test is about."""
    keys = []
    for number in range(how_many):
        attachment.pk, attachment.key, attachment.storage_name = None, uuid4(), f"evidence/{number}-{uuid4()}"
        attachment.save(force_insert=True)
        keys.append(attachment.key)
    return keys


# Staging.


def test_a_file_lies_ready_for_who_uploaded_it(ticket, dianyuan, shangjia, kefu, media):
    attachment = staged(dianyuan, ticket, name="../开线.html")
    assert (attachment.name, attachment.media_type, attachment.width, attachment.height) == (
        "开线.jpg", "image/jpeg", 40, 30,
    )  # fmt: skip
    assert shelf.path(attachment.storage_name).stat().st_size == attachment.size
    assert files_below(media) == sorted([attachment.storage_name, attachment.thumbnail_name])
    assert "开线" not in attachment.storage_name
    for person, sees in ((dianyuan, True), (shangjia, False), (kefu, False)):
        assert Attachment.objects.for_user(person).exists() is sees


def test_what_is_refused_leaves_neither_row_nor_file(ticket, dianyuan, media):
    with pytest.raises(ValidationError):
        staged(dianyuan, ticket, content=b"no picture")
    assert not Attachment.objects.exists()
    assert files_below(media) == []


def test_a_row_that_cannot_be_written_takes_its_files_along(ticket, dianyuan, media, monkeypatch):
    monkeypatch.setattr("tickets.models.attachment.clean_name", lambda *_: None)  # NOT NULL stands in the way
    with pytest.raises(IntegrityError), transaction.atomic():
        staged(dianyuan, ticket)
    assert files_below(media) == []


def test_the_eighth_file_is_refused(ticket, dianyuan):
    copied(staged(dianyuan, ticket), MOST_FILES - 1)
    with pytest.raises(ValidationError, match=LIMIT_SENTENCE):
        staged(dianyuan, ticket)


def test_a_colleagues_files_do_not_count(ticket, dianyuan, shangjia):
    copied(staged(dianyuan, ticket), MOST_FILES - 1)
    assert staged(shangjia, ticket).pk


def test_nobody_fills_the_disk_with_forms_that_are_never_sent(kefu):
    attachment = staged(kefu, tray=uuid4())
    for _ in range(10):
        attachment.tray = uuid4()
        copied(attachment, MOST_FILES)
    with pytest.raises(ValidationError, match="未提交的图片过多"):
        staged(kefu, tray=uuid4())


@pytest.mark.parametrize(
    ("who", "has_ticket", "purpose", "refusal"),
    [
        ("shangjia2", True, Purpose.RESULT, NotVisible),
        ("dianyuan", True, Purpose.PROBLEM, Refused),
        ("dianyuan", False, Purpose.RESULT, Refused),
        ("kefu", True, Purpose.RESULT, Refused),
        ("sysadmin", True, Purpose.PROBLEM, Refused),
        ("kefu", True, "else", Refused),
    ],
)
def test_who_may_not_put_it_there(who, has_ticket, purpose, refusal, ticket, everybody):
    with pytest.raises(refusal):
        Attachment.stage(
            upload(),
            by_user=everybody[who],
            purpose=purpose,
            ticket=ticket if has_ticket else None,
            tray=uuid4(),
        )


def test_a_ticket_that_moved_on_takes_no_more(order_a, dianyuan, kefu):
    with pytest.raises(AlreadyHandled):
        staged(dianyuan, submitted_ticket(order=order_a))
    with pytest.raises(AlreadyHandled):
        staged(kefu, cancelled_ticket(order=order_a))


def test_a_caption_is_written_and_a_file_taken_away_only_by_who_staged_it(ticket, dianyuan, shangjia, media):
    attachment = staged(dianyuan, ticket)
    attachment.describe("别人写的", by_user=shangjia)
    attachment.discard(by_user=shangjia)
    attachment.refresh_from_db()
    assert attachment.caption == ""
    attachment.describe("  开线\n的地方 ", by_user=dianyuan)
    attachment.refresh_from_db()
    assert attachment.caption == "开线 的地方"
    with pytest.raises(ValidationError, match=f"最多{CAPTION_LENGTH}字"):
        attachment.describe("长" * (CAPTION_LENGTH + 1), by_user=dianyuan)


def test_a_file_taken_away_is_gone_from_the_disk(ticket, dianyuan, media, django_capture_on_commit_callbacks):
    attachment = staged(dianyuan, ticket)
    with django_capture_on_commit_callbacks(execute=True):
        attachment.discard(by_user=dianyuan)
    assert not Attachment.objects.exists()
    assert files_below(media) == []


# Binding.


def test_an_answer_takes_its_pictures_along_in_their_order(ticket, dianyuan):
    first, second = staged(dianyuan, ticket), staged(dianyuan, ticket, content=PDF, name="检测报告.pdf")
    answered(ticket, dianyuan, [second.key, first.key])
    assert list(ticket.result.attachments.values_list("key", "position")) == [(second.key, 1), (first.key, 2)]
    assert {each.bound_at for each in ticket.result.attachments.all()} == {ticket.result.submitted_at}


def test_what_is_bound_is_seen_by_both_sides_and_nobody_else(ticket, everybody, order_b):
    answered(ticket, everybody["dianyuan"], [staged(everybody["dianyuan"], ticket).key])
    seen = {name for name, person in everybody.items() if Attachment.objects.for_user(person).exists()}
    assert seen == {"kefu", "zhuguan", "shangjia", "dianyuan"}


def test_what_was_not_sent_along_stays_ready(ticket, dianyuan):
    left = staged(dianyuan, ticket)
    answered(ticket, dianyuan, [])
    assert list(Attachment.objects.staged()) == [left]


@pytest.mark.parametrize("whose", ["colleague", "other ticket", "nobody", "bound already"])
def test_an_answer_with_a_picture_that_is_not_there_changes_nothing(
    whose, ticket, order_a, dianyuan, shangjia
):
    keys = {
        "colleague": lambda: staged(shangjia, ticket).key,
        "other ticket": lambda: staged(dianyuan, TicketFactory(order=order_a)).key,
        "nobody": uuid4,
        "bound already": lambda: bound_elsewhere(order_a, dianyuan),
    }
    own, key = staged(dianyuan, ticket).key, keys[whose]()
    before = rows_of(ticket)
    with pytest.raises(ValidationError, match=GONE):
        answered(ticket, dianyuan, [own, key])
    assert rows_of(ticket) == before
    assert Attachment.objects.get(key=own).bound_at is None


def bound_elsewhere(order, by_user):
    other = TicketFactory(order=order)
    key = staged(by_user, other).key
    answered(other, by_user, [key])
    return key


def test_more_than_seven_are_refused_whole(ticket, dianyuan):
    with pytest.raises(ValidationError, match=LIMIT_SENTENCE):
        answered(ticket, dianyuan, [uuid4() for _ in range(MOST_FILES + 1)])
    assert not ticket.round_no > 1
    assert Ticket.objects.get().result is None


def test_a_new_ticket_takes_what_was_staged_without_one(order_a, kefu):
    tray = uuid4()
    keys = [staged(kefu, tray=tray).key, staged(kefu, tray=tray).key]
    category = Category.objects.first()
    ticket = Ticket.open(TicketDraft(order_a, category, "normal", "开线了", keys), by_user=kefu)
    assert list(ticket.attachments.values_list("key", "position", "bound_at")) == [
        (key, position, ticket.created_at) for position, key in enumerate(keys, start=1)
    ]


def test_a_ticket_does_not_open_with_pictures_of_somebody_else(order_a, kefu, zhuguan):
    key = staged(zhuguan, tray=uuid4()).key
    with pytest.raises(ValidationError, match=GONE):
        Ticket.open(TicketDraft(order_a, Category.objects.first(), "normal", "开线了", [key]), by_user=kefu)
    assert not Ticket.objects.exists()


def test_customer_service_adds_to_the_problem_while_the_ticket_is_open(ticket, kefu, zhuguan):
    ticket.add_evidence(by_user=kefu, attachments=[staged(kefu, ticket).key])
    ticket.add_evidence(by_user=zhuguan, attachments=[staged(zhuguan, ticket).key])
    assert list(ticket.attachments.values_list("uploaded_by", "position")) == [(kefu.pk, 1), (zhuguan.pk, 2)]


def test_the_problem_has_seven_pictures_at_most_however_they_came(ticket, kefu):
    keys = [staged(kefu, ticket).key, *copied(staged(kefu, ticket), MOST_FILES - 1)]
    ticket.add_evidence(by_user=kefu, attachments=keys)
    with pytest.raises(ValidationError, match=LIMIT_SENTENCE):
        ticket.add_evidence(by_user=kefu, attachments=[staged(kefu, ticket).key])


@pytest.mark.parametrize(
    ("who", "refusal"), [("dianyuan", Refused), ("shangjia2", NotVisible), ("sysadmin", Refused)]
)
def test_who_may_not_add_to_the_problem(who, refusal, ticket, everybody):
    with pytest.raises(refusal):
        ticket.add_evidence(by_user=everybody[who], attachments=[uuid4()])


def test_nothing_is_added_to_what_is_over_and_nothing_is_nothing(ticket, kefu):
    key = staged(kefu, ticket).key
    with pytest.raises(ValidationError, match="请选择图片"):
        ticket.add_evidence(by_user=kefu, attachments=[])
    ticket.cancel(by_user=kefu, reason="消费者撤回了投诉")
    with pytest.raises(AlreadyHandled):
        ticket.add_evidence(by_user=kefu, attachments=[key])


def test_each_rounds_answer_keeps_its_own(order_a, dianyuan, kefu):
    ticket = TicketFactory(order=order_a, opened_ago=timedelta(hours=1))
    answered(ticket, dianyuan, [staged(dianyuan, ticket).key])
    first = ticket.result
    ticket.return_to_merchant(by_user=kefu, code=reason_code("return"), reason="没有写明补发的快递单号")
    answered(ticket, dianyuan, [staged(dianyuan, ticket).key])
    assert (first.attachments.count(), ticket.result.attachments.count()) == (1, 1)


# What the database says to whoever talks to it directly.

WRITES = {
    "change a caption": "UPDATE tickets_attachment SET caption = 'x'",
    "move it to another result": "UPDATE tickets_attachment SET result_id = NULL",
    "unbind": "UPDATE tickets_attachment SET bound_at = NULL, position = NULL, result_id = NULL",
    "delete": "DELETE FROM tickets_attachment",
}


@pytest.mark.parametrize("sql", WRITES.values(), ids=WRITES)
def test_the_database_keeps_what_is_bound(sql, ticket, dianyuan):
    answered(ticket, dianyuan, [staged(dianyuan, ticket).key])
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert ticket.result.attachments.count() == 1


@pytest.mark.parametrize("sql", WRITES.values(), ids=WRITES)
def test_the_database_lets_what_is_staged_change_and_go(sql, ticket, dianyuan):
    staged(dianyuan, ticket)
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    "wrong",
    [
        {"position": 8},
        {"position": 0},
        {"position": None},
        {"ticket": None},
        {"purpose": "problem"},
        {"purpose": "else"},
        {"result": None},
        {"bound_at": None},
        {"size": 0},
        {"size": 5 * 1024 * 1024 + 1},
    ],
    ids=str,
)
def test_the_database_refuses(wrong, ticket, dianyuan):
    answered(ticket, dianyuan, [])
    attachment = Attachment(
        ticket=ticket, result=ticket.result, purpose="result", position=1, uploaded_by=dianyuan, name="a.jpg",
        media_type="image/jpeg", size=9, storage_name="evidence/a", created_at=database_now(), bound_at=database_now(),
    )  # fmt: skip
    for name, value in wrong.items():
        setattr(attachment, name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        attachment.save(force_insert=True)


def test_the_database_gives_each_place_once(ticket, dianyuan):
    answered(ticket, dianyuan, [staged(dianyuan, ticket).key])
    second = ticket.result.attachments.get()
    second.pk, second.key, second.storage_name = None, uuid4(), "evidence/else"
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save(force_insert=True)


def test_a_returned_ticket_takes_pictures_again(order_a, dianyuan):
    assert staged(dianyuan, returned_ticket(order=order_a), content=photo("PNG")).media_type == "image/png"
