"""Evidence in the forms and on the pages: uploaded with the form or before it, shown where it belongs."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.evidence import PDF, files_below, photo, staged, upload
from tests.factories import ANSWER, TicketFactory, submitted_ticket
from tests.pages import Element, read, signed_in, statements
from tests.rows import rows_of
from tickets.evidence import LIMIT_SENTENCE, MOST_BYTES, MOST_FILES
from tickets.models import Attachment, Category, Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


@pytest.fixture
def ticket(order_a) -> Ticket:
    return TicketFactory(order=order_a)


def answer(ticket: Ticket, person, **data):
    """The answer, sent from the page as it stands, with ``data`` in its fields."""
    visitor = signed_in(person)
    form = answer_form(visitor.get(ticket.get_absolute_url()))
    return visitor.post(form["action"], form.sends() | {"outcome": "solved", "result": ANSWER} | data)


def answer_form(page) -> Element:
    return read(page).one("section", id="result").all("form")[0]


def names(block: Element) -> list[str]:
    """The pictures and papers of a block."""
    return [
        link.one("img")["alt"] if link.all("img") else link.text for link in block.all("a", class_="thumb")
    ]


# Without a script: files come with the form.


def test_pictures_come_with_the_answer(ticket, dianyuan, kefu):
    page = answer(ticket, dianyuan, files=[upload(name="开线.jpg"), upload(PDF, "检测报告.pdf")])
    assert page.status_code == 302
    page = read(signed_in(kefu).get(ticket.get_absolute_url()))
    shown = ["处理结果图片 1：开线.jpg", "PDF 检测报告.pdf"]
    assert names(page.one("section", id="result")) == shown
    assert names(page.one("section", id="progress")) == shown
    assert names(page.one("section", id="ticket")) == []


def test_a_refused_answer_keeps_its_pictures_and_its_text(ticket, dianyuan):
    page = answer(ticket, dianyuan, result="好了", files=[upload()])
    assert page.status_code == 422
    form = answer_form(page)
    assert form.one("textarea", name="result").value == "好了"
    key = str(Attachment.objects.staged().get().key)
    assert form.sends()["attachment"] == key
    again = answer(ticket, dianyuan, attachment=key)
    assert again.status_code == 302
    assert str(ticket_of(ticket).result.attachments.get().key) == key


def ticket_of(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def test_a_refused_picture_keeps_the_answer_back_and_the_good_ones_ready(ticket, dianyuan):
    before = rows_of(ticket)
    page = answer(ticket, dianyuan, files=[upload(), upload(b"no picture", "13812345678.jpg")])
    assert page.status_code == 422
    form = answer_form(page)
    assert form.errors() == ["「138****5678.jpg」只支持 JPG、PNG、WebP、HEIC 图片和 PDF"]
    assert form.one("textarea", name="result").value == ANSWER
    assert len(form.all("input", name="attachment")) == 1
    assert rows_of(ticket) == before


def test_eight_pictures_are_one_too_many(ticket, dianyuan):
    page = answer(ticket, dianyuan, files=[upload() for _ in range(MOST_FILES + 1)])
    assert page.status_code == 422
    assert LIMIT_SENTENCE in answer_form(page).errors()
    assert Attachment.objects.staged().count() == MOST_FILES


def test_a_file_that_is_too_large_is_refused_by_name(ticket, dianyuan):
    page = answer(ticket, dianyuan, files=[upload(photo() + bytes(MOST_BYTES), "大.jpg")])
    assert answer_form(page).errors() == [f"「大.jpg」{LIMIT_SENTENCE}"]


def test_what_is_ticked_is_taken_away_and_captions_are_kept(ticket, dianyuan):
    gone, kept = staged(dianyuan, ticket), staged(dianyuan, ticket)
    keys = [str(gone.key), str(kept.key)]
    answer(ticket, dianyuan, attachment=keys, drop=[str(gone.key)], **{f"caption-{kept.key}": "开线的地方"})
    assert list(ticket_of(ticket).result.attachments.values_list("key", "caption")) == [
        (kept.key, "开线的地方")
    ]
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize("key", ["", "x", "1" * 32, "00000000-0000-0000-0000-000000000000"])
def test_a_key_that_is_none_is_no_accident(ticket, dianyuan, key):
    assert answer(ticket, dianyuan, attachment=key, drop=key).status_code in (302, 422)


def test_pictures_for_an_answer_that_came_too_late_are_not_taken(ticket, dianyuan, shangjia):
    visitor = signed_in(dianyuan)
    form = answer_form(visitor.get(ticket.get_absolute_url()))
    answer(ticket, shangjia)
    page = visitor.post(
        form["action"], form.sends() | {"outcome": "solved", "result": ANSWER + "。", "files": [upload()]}
    )
    assert page.status_code == 409
    assert not Attachment.objects.exists()


def test_a_ticket_is_opened_with_pictures(kefu, shangjia, order_a):
    visitor = signed_in(kefu)
    sent = read(visitor.get("/tickets/new/")).one("form", class_="medium").sends()
    sent |= {"order_number": order_a.number, "category": Category.objects.first().pk, "problem": ""}
    page = visitor.post("/tickets/new/", sent | {"files": [upload()]})
    assert page.status_code == 422
    sent = read(page).one("form", class_="medium").sends() | {"problem": "开线了，要求换货"}
    assert visitor.post("/tickets/new/", sent).status_code == 302
    page = read(signed_in(shangjia).get(Ticket.objects.get().get_absolute_url()))
    assert names(page.one("section", id="ticket")) == ["问题图片 1：开线.jpg"]
    assert names(page.one("section", id="progress")) == ["问题图片 1：开线.jpg"]


def test_looking_an_order_up_keeps_the_pictures(kefu, order_a):
    visitor = signed_in(kefu)
    sent = read(visitor.get("/tickets/new/")).one("form", class_="medium").sends()
    page = visitor.post(
        "/tickets/new/", sent | {"order_number": order_a.number, "look": "1", "files": [upload()]}
    )
    assert page.status_code == 200
    assert read(page).one("form", class_="medium").sends()["attachment"]


def test_two_forms_for_new_tickets_do_not_mix_their_pictures(kefu):
    visitor = signed_in(kefu)
    staged(kefu, tray=uuid4())
    assert read(visitor.get("/tickets/new/")).all(name="attachment") == []


def test_customer_service_adds_pictures_to_a_problem(ticket, kefu, shangjia):
    visitor = signed_in(kefu)
    form = read(visitor.get(ticket.get_absolute_url())).one("section", id="ticket").one("form")
    assert visitor.post(form["action"], form.sends() | {"files": [upload()]}).status_code == 302
    page = read(signed_in(shangjia).get(ticket.get_absolute_url()))
    assert names(page.one("section", id="ticket")) == ["问题图片 1：开线.jpg"]
    stage = page.one("ol", class_="timeline").all("li", data_tone="neutral")[-1]
    assert "补充图片 王客服 客服" in stage.text
    assert names(stage) == ["补充图片 1：开线.jpg"]


def test_adding_nothing_says_so(ticket, kefu):
    page = signed_in(kefu).post(f"/tickets/{ticket.number}/evidence/", {})
    assert page.status_code == 422
    assert "请选择图片" in page.text


def test_adding_to_a_ticket_that_is_over_says_so(ticket, kefu):
    ticket.cancel(by_user=kefu, reason="消费者撤回了投诉")
    page = signed_in(kefu).post(f"/tickets/{ticket.number}/evidence/", {"files": [upload()]})
    assert page.status_code == 409
    assert "该工单已处理，请刷新后查看" in page.text


def test_a_merchant_is_not_offered_to_add_to_the_problem(ticket, dianyuan):
    page = read(signed_in(dianyuan).get(ticket.get_absolute_url()))
    forms = page.one("section", id="ticket").all("form")
    assert [form["action"] for form in forms] == [f"{ticket.get_absolute_url()}claim/"]
    assert [button.text for button in page.all("button", class_="primary")] == ["提交工单"]


def test_words_about_the_consumer_are_masked_in_names_and_captions(ticket, dianyuan, kefu):
    attachment = staged(dianyuan, ticket, name="陈晓雨 13812345678.jpg")
    attachment.describe("陈晓雨家门口", by_user=dianyuan)
    second = staged(dianyuan, ticket, content=PDF, name="陈晓雨.pdf")
    answer(ticket, dianyuan, attachment=[str(attachment.key), str(second.key)])
    page = signed_in(kefu).get(ticket.get_absolute_url())
    assert "陈晓雨" not in page.text
    assert "13812345678" not in page.text
    assert "陈*家门口" in page.text
    assert "%E6%99%93" not in signed_in(kefu).get(second.get_absolute_url())["Content-Disposition"]


def test_more_pictures_cost_no_more_statements(ticket, order_a, dianyuan, kefu):
    visitor, addresses = signed_in(kefu), []
    for how_many in (1, 5):
        each = TicketFactory(order=order_a)
        keys = [staged(dianyuan, each).key for _ in range(how_many)]
        each.submit(by_user=dianyuan, outcome="solved", text=ANSWER, attachments=keys)
        addresses.append(each.get_absolute_url())
    few, many = (statements(lambda address=address: visitor.get(address)) for address in addresses)
    assert few == many


# With a script: one by one, before the form.


def test_a_file_sent_ahead_comes_back_as_its_line_in_the_form(ticket, dianyuan):
    page = signed_in(dianyuan).post(f"/tickets/{ticket.number}/files/", {"file": upload()})
    assert page.status_code == 201
    attachment = Attachment.objects.get()
    line = read(page).one("li")
    assert line["data-item"] == f"/tickets/{ticket.number}/files/{attachment.key}/"
    assert line.one("input", name="attachment").value == str(attachment.key)
    assert line.one("img")["src"] == attachment.thumbnail_url


def test_a_file_for_a_new_ticket_goes_to_the_tray_of_its_form(kefu):
    tray = str(uuid4())
    visitor = signed_in(kefu)
    assert visitor.post("/tickets/new/files/", {"file": upload(), "tray": tray}).status_code == 201
    assert str(Attachment.objects.get().tray) == tray
    assert visitor.post("/tickets/new/files/", {"file": upload()}).status_code == 422


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "请选择图片"),
        ({"file": "words"}, "请选择图片"),
        ({"file": SimpleUploadedFile("a.jpg", b"words")}, "只支持 JPG、PNG、WebP、HEIC 图片和 PDF"),
        ({"file": SimpleUploadedFile("a.jpg", b"")}, "文件是空的，请重新选择"),
    ],
)
def test_why_a_file_is_not_taken_is_one_plain_sentence(sent, sentence, ticket, dianyuan):
    page = signed_in(dianyuan).post(f"/tickets/{ticket.number}/files/", sent)
    assert (page.status_code, page.text) == (422, sentence)
    assert page["Content-Type"].startswith("text/plain")


def test_a_file_for_a_ticket_that_moved_on_is_refused(order_a, dianyuan):
    ticket = submitted_ticket(order=order_a)
    page = signed_in(dianyuan).post(f"/tickets/{ticket.number}/files/", {"file": upload()})
    assert (page.status_code, page.text) == (409, "该工单已处理，请刷新后查看")


def test_captions_and_removals_happen_at_once(ticket, dianyuan, media, django_capture_on_commit_callbacks):
    attachment, visitor = staged(dianyuan, ticket), signed_in(dianyuan)
    address = attachment.get_absolute_url()
    assert visitor.post(f"{address}caption/", {"caption": "开线的地方"}).status_code == 204
    attachment.refresh_from_db()
    assert attachment.caption == "开线的地方"
    too_long = visitor.post(f"{address}caption/", {"caption": "长" * 101})
    assert (too_long.status_code, too_long.text) == (422, "图片说明最多100字，现在是101字")
    with django_capture_on_commit_callbacks(execute=True):
        assert visitor.post(f"{address}discard/").status_code == 204
    assert files_below(media) == []
    assert visitor.post(f"{address}discard/").status_code == 404


def test_a_reload_shows_what_lies_ready(ticket, dianyuan, shangjia):
    attachment = staged(dianyuan, ticket)
    mine = answer_form(signed_in(dianyuan).get(ticket.get_absolute_url()))
    assert mine.sends()["attachment"] == str(attachment.key)
    assert "attachment" not in answer_form(signed_in(shangjia).get(ticket.get_absolute_url())).sends()
