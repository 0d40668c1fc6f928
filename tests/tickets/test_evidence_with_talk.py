"""Photos with what is said about a ticket: with 协商留言 for both sides, with 内部备注 for customer service alone."""

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from merchants.access import NotVisible
from tests.evidence import photo, shelved, staged, upload
from tests.factories import (
    ANSWER,
    TicketFactory,
    cancelled_ticket,
    completed_ticket,
    submitted_ticket,
    ticket_on_hold,
)
from tests.pages import Element, read, signed_in, statements
from tests.rows import rows_of
from tests.tickets.test_evidence_access import METHODS, RANGES, body
from tickets.clock import database_now
from tickets.evidence import LIMIT_SENTENCE, MOST_FILES
from tickets.lifecycle import Refused
from tickets.models import Attachment, Message, Purpose, Ticket
from tickets.models.attachment import GONE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]

VERBS = {"note": "add_note", "message": "add_message"}
STATES = {
    "waiting_merchant": TicketFactory,
    "waiting_review": submitted_ticket,
    "on_hold": ticket_on_hold,
    "completed": completed_ticket,
    "cancelled": cancelled_ticket,
}
OPEN = {"waiting_merchant", "waiting_review", "on_hold"}
# purpose, person: the states in which the person may put a photo there; as who may say it
MAY = {
    **{("note", who): set(STATES) for who in ("kefu", "zhuguan")},
    **{("note", who): set() for who in ("shangjia", "dianyuan", "sysadmin")},
    **{("message", who): OPEN | {"completed"} for who in ("kefu", "zhuguan")},
    **{("message", who): OPEN for who in ("shangjia", "dianyuan")},
    ("message", "sysadmin"): set(),
}
MERCHANTS = ["shangjia", "dianyuan", "shangjia2"]


@pytest.fixture
def ticket(order_a) -> Ticket:
    return TicketFactory(order=order_a)


def say(ticket: Ticket, by_user, purpose: str, how_many: int = 1, text: str = "请看照片", **about) -> Message:
    """Said, with so many photos."""
    keys = [shelved(by_user, ticket, purpose=purpose, **about).key for _ in range(how_many)]
    return getattr(ticket, VERBS[purpose])(by_user=by_user, text=text, attachments=keys)


# What the models keep.


@pytest.mark.parametrize(
    ("purpose", "who"), [("note", "kefu"), ("message", "zhuguan"), ("message", "dianyuan")]
)
def test_what_is_said_takes_its_photos_along_in_their_order(purpose, who, ticket, request):
    person = request.getfixturevalue(who)
    before = rows_of(ticket)
    first, second = (staged(person, ticket, purpose=purpose) for _ in range(2))
    message = getattr(ticket, VERBS[purpose])(
        by_user=person, text="请看", attachments=[second.key, first.key]
    )
    assert list(message.attachments.values_list("key", "position", "purpose", "bound_at")) == [
        (second.key, 1, purpose, message.at),
        (first.key, 2, purpose, message.at),
    ]
    # Neither state nor clock nor 最近处理时间.
    assert rows_of(ticket) | {"messages": []} == before | {"messages": []}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(("purpose", "who"), MAY)
def test_who_may_put_a_photo_where_in_which_state(purpose, who, state, order_a, request):
    ticket, person = STATES[state](order=order_a), request.getfixturevalue(who)
    if state in MAY[purpose, who]:
        assert staged(person, ticket, purpose=purpose).pk
    else:
        with pytest.raises(Refused):
            staged(person, ticket, purpose=purpose)
        assert not Attachment.objects.exists()


@pytest.mark.parametrize("purpose", VERBS)
def test_nothing_is_put_to_anothers_ticket_nor_to_none_nor_to_one_put_away(purpose, order_a, shangjia2, kefu):
    ticket = completed_ticket(order=order_a)
    with pytest.raises(NotVisible):
        staged(shangjia2, ticket, purpose=purpose)
    with pytest.raises(Refused, match="您的角色不能在这里上传图片"):
        staged(kefu, tray=uuid4(), purpose=purpose)
    ticket.archived_at = database_now()
    with pytest.raises(Refused, match="工单已归档"):
        staged(kefu, ticket, purpose=purpose)


@pytest.mark.parametrize("whose", ["of the problem", "of a note", "a colleague's", "nobody's"])
def test_a_message_with_a_photo_that_is_not_its_own_is_not_said(whose, ticket, kefu, zhuguan):
    keys = {
        "of the problem": lambda: shelved(kefu, ticket).key,
        "of a note": lambda: shelved(kefu, ticket, purpose="note").key,
        "a colleague's": lambda: shelved(zhuguan, ticket, purpose="message").key,
        "nobody's": uuid4,
    }
    with pytest.raises(ValidationError, match=GONE):
        ticket.add_message(by_user=kefu, text="请看", attachments=[keys[whose]()])
    assert not Message.objects.exists()


def test_more_than_seven_are_refused_whole_and_every_message_has_seven_of_its_own(ticket, kefu):
    for _ in range(2):
        say(ticket, kefu, "message", MOST_FILES)
    with pytest.raises(ValidationError, match=LIMIT_SENTENCE):
        ticket.add_message(by_user=kefu, text="请看", attachments=[uuid4() for _ in range(MOST_FILES + 1)])
    assert Message.objects.count() == 2
    ticket.add_evidence(by_user=kefu, attachments=[shelved(kefu, ticket).key])  # they do not count there


@pytest.mark.parametrize(
    "wrong",
    [
        {"message": None},
        {"purpose": "problem"},
        {"purpose": "result"},
        {"purpose": "message"},  # the note would be everybody's
        {"position": None},
        {"position": 8},
        {"bound_at": None},
        {"ticket": None},
    ],
    ids=str,
)
def test_the_database_refuses_a_photo_of_a_note_that_is_half_something_else(wrong, ticket, kefu):
    attachment = shelved(kefu, ticket, purpose="note")
    attachment.message = ticket.add_note(by_user=kefu, text="记一笔")
    attachment.position, attachment.bound_at = 1, database_now()
    for name, value in wrong.items():
        setattr(attachment, name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        attachment.save()


def test_the_database_refuses_a_photo_with_another_tickets_message_or_a_note_in_its_place(
    ticket, order_a, kefu
):
    note, elsewhere = (
        ticket.add_note(by_user=kefu, text="记一笔"),
        TicketFactory(order=order_a).add_message(by_user=kefu, text="请看"),
    )
    for message in (note, elsewhere):
        attachment = shelved(kefu, ticket, purpose="message")
        attachment.message, attachment.position, attachment.bound_at = message, 1, database_now()
        with pytest.raises(IntegrityError, match="does not belong to that message"), transaction.atomic():
            attachment.save()


def test_the_database_gives_each_place_in_a_message_once_and_keeps_what_is_said(ticket, kefu):
    attachment = say(ticket, kefu, "message").attachments.get()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Attachment.objects.update(caption="x")
    attachment.pk, attachment.key, attachment.storage_name = None, uuid4(), "evidence/else"
    with pytest.raises(IntegrityError), transaction.atomic():
        attachment.save(force_insert=True)


# Who sees it.


@pytest.mark.parametrize(
    ("purpose", "sees"),
    [("note", {"kefu", "zhuguan"}), ("message", {"kefu", "zhuguan", "shangjia", "dianyuan"})],
)
def test_who_reads_the_words_sees_the_photo_and_nobody_else(purpose, sees, ticket, everybody):
    say(ticket, everybody["kefu"], purpose)
    assert {name for name, who in everybody.items() if Attachment.objects.for_user(who).exists()} == sees


def addresses(attachment: Attachment) -> list[str]:
    return [attachment.get_absolute_url(), attachment.thumbnail_url]


@pytest.mark.parametrize("is_bound", [True, False], ids=["said", "lying ready"])
@pytest.mark.parametrize("name", MERCHANTS)
def test_no_merchant_gets_a_byte_of_a_notes_photo_by_any_method_or_range(name, is_bound, ticket, everybody):
    kefu, visitor = everybody["kefu"], signed_in(everybody[name])
    attachment = (
        say(ticket, kefu, "note").attachments.get() if is_bound else shelved(kefu, ticket, purpose="note")
    )
    for address in addresses(attachment):
        none = visitor.get(address.replace(str(attachment.key), str(uuid4())))
        for method in METHODS:
            for asked in RANGES:
                page = visitor.generic(method, address, headers={"Range": asked} if asked else {})
                if method in ("GET", "HEAD"):
                    assert page.status_code == 404
                    assert page.content in (b"", none.content)
                else:
                    assert page.status_code == 405
                assert photo() not in body(page)
                assert not {"ETag", "Content-Range", "Content-Disposition"} & set(page.headers)
        etag = signed_in(kefu).get(address)["ETag"]
        for condition in ("If-None-Match", "If-Match"):
            assert visitor.get(address, headers={condition: etag}).status_code == 404
    for verb in ("caption", "discard"):
        assert visitor.post(f"{attachment.get_absolute_url()}{verb}/").status_code == 404


def test_a_person_who_goes_over_to_a_merchant_leaves_the_notes_behind(ticket, kefu, merchant_a):
    attachment = shelved(kefu, ticket, purpose="note")
    kefu.role, kefu.merchant = "merchant_staff", merchant_a
    kefu.save()
    assert signed_in(kefu).get(attachment.get_absolute_url()).status_code == 404
    assert not Attachment.objects.for_user(kefu).exists()


def test_without_a_login_there_is_no_photo(ticket, kefu):
    assert Client().get(addresses(say(ticket, kefu, "message").attachments.get())[0]).status_code == 302


# The page.


def form_of(page, ticket: Ticket, verb: str) -> Element:
    return read(page).one("form", action=f"/tickets/{ticket}/{verb}/#say")


def send(ticket: Ticket, person, verb: str, **data):
    """The form of the page as it stands, with ``data`` in its fields; no script is needed."""
    visitor = signed_in(person)
    form = form_of(visitor.get(ticket.get_absolute_url()), ticket, verb)
    assert form["enctype"] == "multipart/form-data"
    return visitor.post(form["action"], form.sends() | {f"{verb}-text": "请看照片"} | data)


def shown(page) -> list[str]:
    """The photos in the history."""
    return [image["alt"] for image in read(page).one("section", id="progress").all("img")]


@pytest.mark.parametrize(("verb", "who"), [("note", "kefu"), ("message", "kefu"), ("message", "dianyuan")])
def test_photos_come_with_the_form_and_stand_with_the_words(verb, who, ticket, request, kefu, dianyuan):
    page = send(
        ticket, request.getfixturevalue(who), verb, files=[upload(name="开线.jpg"), upload(name="吊牌.jpg")]
    )
    assert page.status_code == 302
    what = {"note": "内部备注", "message": "协商留言"}[verb]
    names = [f"{what}图片 1：开线.jpg", f"{what}图片 2：吊牌.jpg"]
    assert shown(signed_in(kefu).get(ticket.get_absolute_url())) == names
    assert shown(signed_in(dianyuan).get(ticket.get_absolute_url())) == ([] if verb == "note" else names)
    # Of the problem they are not.
    assert read(signed_in(kefu).get(ticket.get_absolute_url())).one("section", id="ticket").all("img") == []


@pytest.mark.parametrize("name", ["shangjia", "dianyuan"])
def test_to_a_merchant_the_page_reads_as_if_there_were_no_note_with_a_photo(name, ticket, everybody):
    visitor = signed_in(everybody[name])

    def page() -> list:
        whole = read(visitor.get(ticket.get_absolute_url()))
        kept = {"alt", "src", "href", "action", "data-upload", "data-item"}
        return [
            whole.text,
            [{key: each.attrs[key] for key in kept & set(each.attrs)} for each in whole.walk()],
        ]

    before, cost = page(), statements(page)
    say(ticket, everybody["kefu"], "note", 3, name="暗号长颈鹿.jpg")
    shelved(everybody["kefu"], ticket, purpose="note")
    assert page() == before
    assert statements(page) == cost


def test_a_refused_form_keeps_its_photos_and_its_words(ticket, kefu):
    page = send(ticket, kefu, "note", files=[upload()], **{"note-text": "……"})
    assert page.status_code == 422
    form = form_of(page, ticket, "note")
    assert form.one("textarea").value == "……"
    assert form.parent.parent.has("open", True)
    key = str(Attachment.objects.get().key)
    assert form.sends()["attachment"] == key
    again = send(ticket, kefu, "note", attachment=key)
    assert again.status_code == 302
    assert str(Message.objects.get().attachments.get().key) == key


def test_a_refused_photo_keeps_the_words_back_and_the_good_ones_ready(ticket, dianyuan):
    page = send(ticket, dianyuan, "message", files=[upload(), upload(b"no picture", "13812345678.jpg")])
    form = form_of(page, ticket, "message")
    assert page.status_code == 422
    assert form.errors() == ["「138****5678.jpg」只支持 JPG、PNG、WebP、HEIC 图片和 PDF"]
    assert form.one("textarea").value == "请看照片"
    assert len(form.all("input", name="attachment")) == 1
    assert not Message.objects.exists()


def test_the_forms_of_one_page_do_not_mix_their_photos(ticket, kefu, dianyuan):
    keys = {
        purpose: str(shelved(kefu, ticket, purpose=purpose).key) for purpose in ("note", "message", "problem")
    }
    page = signed_in(kefu).get(ticket.get_absolute_url())
    assert form_of(page, ticket, "note").sends()["attachment"] == keys["note"]
    assert form_of(page, ticket, "message").sends()["attachment"] == keys["message"]
    evidence = read(page).one("form", action=f"/tickets/{ticket}/evidence/")
    assert [field.value for field in evidence.all(name="attachment")] == [keys["problem"]]
    answer, said = (shelved(dianyuan, ticket, purpose=purpose) for purpose in ("result", "message"))
    page = signed_in(dianyuan).get(ticket.get_absolute_url())
    assert form_of(page, ticket, "message").sends()["attachment"] == str(said.key)
    submit = read(page).one("form", action=f"/tickets/{ticket}/submit/#result")
    assert [field.value for field in submit.all(name="attachment")] == [str(answer.key)]
    send(ticket, dianyuan, "message")
    assert list(Attachment.objects.bound()) == [said]
    ticket.submit(by_user=dianyuan, outcome="solved", text=ANSWER, attachments=[answer.key])
    assert ticket.result.attachments.get() == answer


@pytest.mark.parametrize(("purpose", "who"), [("note", "kefu"), ("message", "kefu"), ("message", "dianyuan")])
def test_a_file_sent_ahead_lies_ready_in_its_own_form(purpose, who, ticket, request):
    visitor = signed_in(request.getfixturevalue(who))
    tray = form_of(visitor.get(ticket.get_absolute_url()), ticket, purpose).one(data_tray=True)
    answer = visitor.post(tray["data-upload"], {"file": upload()})
    assert answer.status_code == 201
    form = form_of(visitor.get(ticket.get_absolute_url()), ticket, purpose)
    assert form.sends()["attachment"] == read(answer).one("input", name="attachment").value
    assert form.parent.parent.has("open", True)  # or nobody would know that it lies there
    assert Attachment.objects.get().purpose == purpose


@pytest.mark.parametrize("purpose", ["note", "problem", "else", "\x00"])
def test_a_merchant_sends_nothing_ahead_for_what_is_not_theirs(purpose, ticket, dianyuan):
    page = signed_in(dianyuan).post(f"/tickets/{ticket}/files/?purpose={purpose}", {"file": upload()})
    assert page.status_code == 409
    assert not Attachment.objects.exists()


def test_a_merchant_too_late_reads_why_and_no_photo_is_taken(dianyuan, kefu, order_a):
    ticket = submitted_ticket(order=order_a)
    lying = shelved(dianyuan, ticket, purpose="message")
    ticket.approve(by_user=kefu)
    sent = {"message-text": "还有一句", "attachment": str(lying.key), "files": [upload()]}
    page = signed_in(dianyuan).post(f"/tickets/{ticket}/message/", sent)
    assert page.status_code == 409
    assert "工单已完结，只有客服可以留言" in page.text
    assert read(page).one("textarea", id="typed-message-0-1").value == "还有一句"
    assert list(Attachment.objects.all()) == [lying]
    ticket.reopen(by_user=kefu, reason="消费者反映问题又出现了")
    page = signed_in(dianyuan).get(ticket.get_absolute_url())
    assert form_of(page, ticket, "message").sends()["attachment"] == str(lying.key)


def test_words_about_the_consumer_are_masked_in_names_and_captions(ticket, dianyuan, kefu):
    say(ticket, dianyuan, "message", name="陈晓雨 13812345678.jpg", caption="陈晓雨家门口")
    page = signed_in(kefu).get(ticket.get_absolute_url()).text
    assert [secret for secret in ("陈晓雨", "13812345678") if secret in page] == []
    assert "陈*家门口" in page


def test_more_photos_and_more_messages_cost_no_more_statements(order_a, kefu):
    few, many = TicketFactory(order=order_a), TicketFactory(order=order_a)
    say(few, kefu, "message")
    for _ in range(5):
        say(many, kefu, "message", 2)
        say(many, kefu, "note", 2)
        shelved(kefu, many, purpose=Purpose.NOTE)
    visitor = signed_in(kefu)
    cost = statements(lambda: visitor.get(few.get_absolute_url()))
    assert statements(lambda: visitor.get(many.get_absolute_url())) == cost
