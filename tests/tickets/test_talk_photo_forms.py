"""Photos with 协商留言 and 内部备注 on the ticket's page: its forms, what they give back, where the photos stand."""

import pytest

from tests.evidence import say, shelved, upload
from tests.factories import (
    ANSWER,
    TicketFactory,
    submitted_ticket,
)
from tests.pages import Element, read, signed_in, statements
from tickets.models import Attachment, Message, Purpose, Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]

MERCHANTS = ["shangjia", "dianyuan", "shangjia2"]


@pytest.fixture
def ticket(order_a) -> Ticket:
    return TicketFactory(order=order_a)


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
