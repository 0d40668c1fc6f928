"""提交工单, as its form is sent: taken, refused at its field, too late, or twice."""

from datetime import timedelta

import pytest

from tests.factories import (
    ANSWER,
    REASON,
    TicketFactory,
    cancelled_ticket,
    reason_code,
    returned_ticket,
)
from tests.pages import read, signed_in
from tests.rows import rows_of
from tests.tickets.pressing import (
    ALREADY_HANDLED,
    TEXTS,
    address,
    answer,
    cancelled_meanwhile,
    completed_meanwhile,
    form_of,
    forms_of,
    given_back,
    messages_of,
    returned_meanwhile,
    submitted_meanwhile,
)
from tickets.models import Result

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scanned")]


TOO_SIMPLE = "处理结果过于简单，请写明处理经过和结论（至少10个字）"


# ---- 提交工单 ----


@pytest.mark.parametrize("who", ["shangjia", "dianyuan"])
def test_an_answer_is_handed_over(who, order_a, request):
    ticket, person = TicketFactory(order=order_a), request.getfixturevalue(who)
    page = signed_in(person).post(address(ticket, "submit"), answer(outcome="partly"), follow=True)
    assert page.redirect_chain == [(ticket.get_absolute_url(), 302)]
    assert messages_of(page) == ["已提交处理结果，等待客服审核"]
    result = Result.objects.get(round__ticket=ticket)
    assert (result.outcome, result.text, result.submitted_by) == ("partly", ANSWER, person)


def test_the_form_of_the_page_is_all_that_is_needed(dianyuan, order_a):
    ticket, visitor = returned_ticket(order=order_a), signed_in(dianyuan, enforce_csrf_checks=True)
    form = form_of(visitor.get(ticket.get_absolute_url()), ticket, "submit")
    text = f"{ANSWER}单号 SF001"
    sent = form.sends() | {"outcome": "solved", "result": text}
    assert visitor.post(form["action"], sent).status_code == 302
    assert ticket.rounds.get(number=2).result.text == text


@pytest.mark.parametrize("name", TEXTS)
def test_an_answer_is_kept_as_it_was_written(name, dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    signed_in(dianyuan).post(address(ticket, "submit"), answer(TEXTS[name]))
    assert Result.objects.get(round__ticket=ticket).text == TEXTS[name].replace("\r\n", "\n").strip()


@pytest.mark.parametrize(
    ("outcome", "text", "sentences"),
    [
        ("solved", "", ["请填写处理结果"]),
        ("solved", " \r\n\u200b", ["请填写处理结果"]),
        ("solved", "已处理", [TOO_SIMPLE]),
        ("solved", "好好好好好好好好好好好好", [TOO_SIMPLE]),
        ("unsolved", "没办法", [TOO_SIMPLE, "未处理成功也需说明实际情况"]),
        ("platform", "", ["请填写处理结果", "未处理成功也需说明实际情况"]),
        ("solved", "已联系消费者，安排补发。" * 850, ["处理结果最多10000字，现在是10200字"]),
    ],
)
def test_an_answer_that_says_nothing_is_told_so_at_its_field(outcome, text, sentences, dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    before = rows_of(ticket)
    page = signed_in(dianyuan).post(address(ticket, "submit"), answer(text, outcome))
    form = form_of(page, ticket, "submit")
    field = form.one("textarea", name="result")
    errors = form.one("ul", id="id_result_error")
    assert page.status_code == 422
    assert [line.text for line in errors.all("li")] == sentences
    assert errors["id"] in field["aria-describedby"].split()
    assert field["aria-invalid"] == "true"
    assert field.value == text
    assert form.sends()["outcome"] == outcome
    assert rows_of(ticket) == before


@pytest.mark.parametrize("outcome", [None, "", "x", "SOLVED"])
def test_without_an_outcome_the_page_asks_for_it(outcome, dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    page = signed_in(dianyuan).post(address(ticket, "submit"), answer(outcome=outcome))
    form = form_of(page, ticket, "submit")
    assert page.status_code == 422
    assert form.one("ul", id="id_outcome_error").text == "请选择处理情况"
    assert "outcome" not in form.sends()


def test_everything_that_is_missing_is_told_at_once(dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    page = signed_in(dianyuan).post(address(ticket, "submit"), {})
    assert form_of(page, ticket, "submit").errors() == ["请选择处理情况", "请填写处理结果"]


@pytest.mark.parametrize("name", TEXTS)
def test_after_a_refusal_the_field_holds_exactly_what_was_typed(name, dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    page = signed_in(dianyuan).post(address(ticket, "submit"), answer(TEXTS[name], outcome=None))
    assert form_of(page, ticket, "submit").one("textarea", name="result").value == TEXTS[name]


MEANWHILE = [cancelled_meanwhile, submitted_meanwhile, returned_meanwhile, completed_meanwhile]


@pytest.mark.parametrize("happens", MEANWHILE)
def test_who_comes_too_late_reads_what_happened_and_gets_the_text_back(
    happens, dianyuan, shangjia, kefu, order_a
):
    ticket = TicketFactory(order=order_a)
    visitor = signed_in(dianyuan)
    seen = form_of(visitor.get(ticket.get_absolute_url()), ticket, "submit").sends()
    happened = happens(ticket, kefu, shangjia)
    before = rows_of(ticket)
    page = visitor.post(address(ticket, "submit"), seen | answer(TEXTS["signs"]))
    notice = read(page).one("section", id="result").one(role="alert")
    assert page.status_code == 409
    assert notice.one("strong").text == ALREADY_HANDLED
    assert happened in notice.text
    assert given_back(page) == [TEXTS["signs"]]
    assert rows_of(ticket) == before


def test_too_late_with_a_faulty_text_is_too_late_all_the_same(dianyuan, kefu, shangjia, order_a):
    ticket = TicketFactory(order=order_a)
    returned_meanwhile(ticket, kefu, shangjia)
    page = signed_in(dianyuan).post(address(ticket, "submit"), answer("快好了"))
    assert page.status_code == 409
    assert ALREADY_HANDLED in page.text
    assert given_back(page) == ["快好了"]


def test_an_old_page_of_an_earlier_round_is_too_late(dianyuan, order_a):
    ticket = returned_ticket(order=order_a)
    page = signed_in(dianyuan).post(
        address(ticket, "submit"), answer(seen_round=1, text="这是给第一轮写的处理结果，已补发")
    )
    assert page.status_code == 409
    assert given_back(page) == ["这是给第一轮写的处理结果，已补发"]
    assert not Result.objects.filter(round__ticket=ticket, round__number=2).exists()


def test_after_a_return_the_new_rounds_form_is_there_beside_the_text(dianyuan, kefu, shangjia, order_a):
    ticket = TicketFactory(order=order_a)
    returned_meanwhile(ticket, kefu, shangjia)
    page = signed_in(dianyuan).post(address(ticket, "submit"), answer("刚刚补发了新的连体衣，运费我们承担"))
    [again, form] = forms_of(page, ticket, "submit")
    assert form.sends()["seen_round"] == "2"
    assert form.one("textarea", name="result").value == ""
    assert again.one("button").text == "重新提交"


@pytest.mark.parametrize("name", TEXTS)
def test_too_late_no_character_is_lost(name, dianyuan, order_a):
    ticket = cancelled_ticket(order=order_a)
    page = signed_in(dianyuan).post(address(ticket, "submit"), answer(TEXTS[name]))
    assert [text.strip() for text in given_back(page)] == [TEXTS[name].strip()]


@pytest.mark.parametrize("seen_round", ["x", "0", "-1", "9" * 30, "1.5", "\x00", "１"])
def test_a_round_that_is_none_is_no_error_of_ours(seen_round, dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    page = signed_in(dianyuan).post(address(ticket, "submit"), answer(seen_round=seen_round))
    assert page.status_code in {302, 422}
    if page.status_code == 422:
        assert form_of(page, ticket, "submit").one("textarea", name="result").value == ANSWER


# ---- the same answer twice ----


def test_a_double_click_leaves_one_answer_and_gets_the_same_reply_twice(dianyuan, order_a):
    ticket, visitor = TicketFactory(order=order_a), signed_in(dianyuan)
    sent = form_of(visitor.get(ticket.get_absolute_url()), ticket, "submit").sends() | answer(
        f"  {ANSWER}\r\n"
    )
    visitor.post(address(ticket, "submit"), sent)
    before = rows_of(ticket)
    page = visitor.post(address(ticket, "submit"), sent, follow=True)
    assert page.redirect_chain == [(ticket.get_absolute_url(), 302)]
    assert messages_of(page)[-1] == "已提交处理结果，等待客服审核"
    assert rows_of(ticket) == before


def test_a_double_click_after_which_the_ticket_was_returned_is_still_one(dianyuan, kefu, order_a):
    ticket, visitor = TicketFactory(order=order_a), signed_in(dianyuan)
    sent = form_of(visitor.get(ticket.get_absolute_url()), ticket, "submit").sends() | answer()
    visitor.post(address(ticket, "submit"), sent)
    ticket.refresh_from_db()
    ticket.return_to_merchant(by_user=kefu, reason=REASON, code=reason_code("return"))
    assert visitor.post(address(ticket, "submit"), sent).status_code == 302
    assert not Result.objects.filter(round__ticket=ticket, round__number=2).exists()


@pytest.mark.parametrize("change", [{"text": f"{ANSWER}另外赔付十元。"}, {"outcome": "partly"}])
def test_another_answer_of_the_same_person_is_no_double_click(change, dianyuan, order_a):
    ticket, visitor = TicketFactory(order=order_a), signed_in(dianyuan)
    visitor.post(address(ticket, "submit"), answer())
    page = visitor.post(address(ticket, "submit"), answer(**change))
    assert page.status_code == 409
    assert given_back(page) == [change.get("text", ANSWER)]


def test_the_same_words_of_a_colleague_are_no_double_click(dianyuan, shangjia, order_a):
    ticket = TicketFactory(order=order_a)
    signed_in(shangjia).post(address(ticket, "submit"), answer())
    assert signed_in(dianyuan).post(address(ticket, "submit"), answer()).status_code == 409


def test_a_late_answer_is_taken_like_any_other(dianyuan, order_a):
    ticket = TicketFactory(order=order_a, opened_ago=timedelta(days=3))
    page = signed_in(dianyuan).post(address(ticket, "submit"), answer(), follow=True)
    assert "超时" in read(page).one("section", id="result").one(class_="took").text
