"""The buttons: done, refused next to the field, too late, pressed twice – and never a typed word lost."""

from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.utils import timezone

from tests.factories import (
    ANSWER,
    REASON,
    TicketFactory,
    UserFactory,
    cancelled_ticket,
    completed_ticket,
    reason_code,
    returned_ticket,
    submit,
    submitted_ticket,
)
from tests.pages import read, signed_in
from tests.rows import rows_of
from tickets.lifecycle import Outcome
from tickets.models import Result, Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scanned")]

TOO_SIMPLE = "处理结果过于简单，请写明处理经过和结论（至少10个字）"
ALREADY_HANDLED = "该工单已处理，请刷新后查看"
TEXTS = {
    "signs": "Tom & Jerry <b>\"粗体\"</b> &amp; '引号' </textarea><script>1</script> {{ 7 * 7 }} %s",
    "emoji": "已联系消费者👶🏻🍼，今天下午补发新的奶瓶，请放心",
    "lines": "第一行写明经过\r\n\r\n  第二行写明结论\r\n\t第三行写明补偿",
    "edges": "\r\n 开头有空行，结尾也有空行，请原样退还给我 \r\n\r\n",
    "long": "已联系消费者，安排补发并赔付运费。" * 530,
}


def address(ticket: Ticket, verb: str) -> str:
    return f"/tickets/{ticket.number}/{verb}/"


def answer(text: str = ANSWER, outcome: str | None = "solved", seen_round: int | str = 1) -> dict:
    sent = {"result": text, "outcome": outcome, "seen_round": seen_round}
    return {name: value for name, value in sent.items() if value is not None}


def forms_of(page, ticket: Ticket, verb: str) -> list:
    return [form for form in read(page).all("form") if form["action"].startswith(address(ticket, verb))]


def form_of(page, ticket: Ticket, verb: str):
    [form] = forms_of(page, ticket, verb)
    return form


def messages_of(page) -> list[str]:
    return [line.text for line in read(page).all("p", class_="message")]


def given_back(page) -> list[str]:
    """The texts that a page offers for copying."""
    return [field.value for field in read(page).all("textarea", readonly=True)]


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


# ---- too late: somebody was quicker ----


def cancelled_meanwhile(ticket, kefu, shangjia):
    ticket.cancel(by_user=kefu, reason=REASON)
    return f"王客服（客服）于 {words(ticket)} 撤销工单"


def submitted_meanwhile(ticket, kefu, shangjia):
    ticket.submit(by_user=shangjia, outcome=Outcome.SOLVED, text=ANSWER)
    return f"钱店长（亲贝母婴旗舰店）于 {words(ticket)} 提交处理结果"


def returned_meanwhile(ticket, kefu, shangjia):
    ticket.submit(by_user=shangjia, outcome=Outcome.SOLVED, text=ANSWER)
    ticket.return_to_merchant(by_user=kefu, reason=REASON, code=reason_code("return"))
    return f"王客服（客服）于 {words(ticket)} 退回商家"


def completed_meanwhile(ticket, kefu, shangjia):
    ticket.submit(by_user=shangjia, outcome=Outcome.SOLVED, text=ANSWER)
    ticket.approve(by_user=kefu)
    return f"王客服（客服）于 {words(ticket)} 审核通过"


def words(ticket: Ticket) -> str:
    return timezone.localtime(ticket.handled_at).strftime("%m月%d日 %H:%M")


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


# ---- 审核通过, 退回商家, 撤销工单, 重新打开 ----

DONE = {
    "approve": (submitted_ticket, {"approve-note": "核实无误"}, "审核通过，工单已完结", "completed"),
    "return": (submitted_ticket, {"return-reason": REASON}, "已退回商家，开始新一轮计时", "waiting_merchant"),
    "cancel": (TicketFactory, {"cancel-reason": REASON}, "工单已撤销", "cancelled"),
    "reopen": (
        completed_ticket,
        {"reopen-reason": REASON},
        "工单已重新打开，等待商家处理",
        "waiting_merchant",
    ),
}


def code_for(verb: str) -> dict:
    """What has to be chosen beside the words."""
    return {"return-code": reason_code("return").pk} if verb == "return" else {}


REASONS = {"return": "请填写退回原因", "cancel": "请填写撤销原因", "reopen": "请填写重新打开的原因"}


@pytest.mark.parametrize("who", ["kefu", "zhuguan"])
@pytest.mark.parametrize("verb", DONE)
def test_a_button_of_customer_service_does_what_it_says(verb, who, order_a, request):
    make, words, sentence, status = DONE[verb]
    ticket, visitor = make(order=order_a), signed_in(request.getfixturevalue(who), enforce_csrf_checks=True)
    form = form_of(visitor.get(ticket.get_absolute_url()), ticket, verb)
    page = visitor.post(form["action"], form.sends() | words | code_for(verb), follow=True)
    ticket.refresh_from_db()
    assert page.redirect_chain == [(ticket.get_absolute_url(), 302)]
    assert messages_of(page) == [sentence]
    assert ticket.status == status
    assert ticket.events.last().text == next(iter(words.values()))


def test_agreeing_needs_no_note(kefu, order_a):
    ticket = submitted_ticket(order=order_a)
    assert signed_in(kefu).post(address(ticket, "approve"), {"approve-seen_round": 1}).status_code == 302


@pytest.mark.parametrize("verb", REASONS)
@pytest.mark.parametrize("text", ["", "\r\n ", "……！"])
def test_a_reason_that_says_nothing_is_told_so_at_its_field(verb, text, kefu, order_a):
    ticket = DONE[verb][0](order=order_a)
    before = rows_of(ticket)
    sent = {f"{verb}-reason": text, f"{verb}-seen_round": 1} | code_for(verb)
    page = signed_in(kefu).post(address(ticket, verb), sent)
    form = form_of(page, ticket, verb)
    assert page.status_code == 422
    assert form.errors() == [REASONS[verb]]
    assert form.one("textarea").value == text
    assert "open" in form.parent.parent.attrs  # the row that holds the form
    assert rows_of(ticket) == before


@pytest.mark.parametrize("name", TEXTS)
def test_a_note_that_is_too_long_is_given_back(name, kefu, order_a):
    ticket = submitted_ticket(order=order_a)
    text = TEXTS[name] + "核实无误" * 501
    page = signed_in(kefu).post(address(ticket, "approve"), {"approve-note": text, "approve-seen_round": 1})
    assert page.status_code == 422
    assert form_of(page, ticket, "approve").one("textarea").value == text


TOO_LATE = {
    "approve": ("approve-note", "核实无误，可以完结 & 归档"),
    "return": ("return-reason", "没有写明 <快递单号>"),
    "cancel": ("cancel-reason", "消费者撤回了\r\n投诉"),
    "reopen": ("reopen-reason", "问题又出现了👶"),
}


@pytest.mark.parametrize("verb", TOO_LATE)
def test_customer_service_too_late_reads_who_was_quicker_and_gets_the_words_back(
    verb, kefu, zhuguan, order_a
):
    field, text = TOO_LATE[verb]
    ticket = DONE[verb][0](order=order_a)
    visitor = signed_in(kefu)
    seen = form_of(visitor.get(ticket.get_absolute_url()), ticket, verb).sends()
    if verb == "reopen":
        ticket.reopen(by_user=zhuguan, reason=REASON)
    else:
        ticket.cancel(by_user=zhuguan, reason=REASON)
    before = rows_of(ticket)
    page = visitor.post(address(ticket, verb), seen | {field: text})
    assert page.status_code == 409
    assert ALREADY_HANDLED in page.text
    assert f"赵主管（主管）于 {words(ticket)}" in page.text
    assert given_back(page) == [text]
    assert rows_of(ticket) == before


@pytest.mark.parametrize("verb", ["approve", "return"])
def test_a_review_of_an_earlier_answer_is_too_late(verb, kefu, order_a):
    ticket = returned_ticket(order=order_a)
    submit(ticket, ticket.handled_at)
    words = {f"{verb}-{name}": "写给第一轮的话" for name in ("note", "reason")} | {f"{verb}-seen_round": 1}
    page = signed_in(kefu).post(address(ticket, verb), words)
    assert page.status_code == 409
    assert given_back(page) == ["写给第一轮的话"]
    ticket.refresh_from_db()
    assert ticket.status == "waiting_review"


def test_an_answer_that_came_meanwhile_is_not_thrown_away_unread(kefu, shangjia, order_a):
    ticket, visitor = TicketFactory(order=order_a), signed_in(kefu)
    seen = form_of(visitor.get(ticket.get_absolute_url()), ticket, "cancel").sends()
    happened = submitted_meanwhile(ticket, kefu, shangjia)
    page = visitor.post(address(ticket, "cancel"), seen | {"cancel-reason": "消费者撤回了投诉"})
    assert page.status_code == 409
    assert happened in read(page).one(role="alert").text
    assert given_back(page) == ["消费者撤回了投诉"]
    ticket.refresh_from_db()
    assert ticket.status == "waiting_review"


# ---- an address of a button, looked at ----


@pytest.mark.parametrize("verb", ["submit", *DONE])
def test_looking_at_a_buttons_address_leads_to_the_ticket_and_changes_nothing(verb, dianyuan, kefu, order_a):
    ticket = submitted_ticket(order=order_a)
    before = rows_of(ticket)
    visitor = signed_in(dianyuan if verb == "submit" else kefu)
    for method in (visitor.get, visitor.head):
        page = method(address(ticket, verb), answer() | {f"{verb}-reason": REASON})
        assert (page.status_code, page["Location"]) == (302, ticket.get_absolute_url())
    for method in (visitor.put, visitor.delete, visitor.patch):
        assert method(address(ticket, verb)).status_code == 405
    assert rows_of(ticket) == before


# ---- nothing typed is lost outside either ----


def test_a_form_without_its_token_is_refused_and_given_back(dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    before = rows_of(ticket)
    visitor = signed_in(dianyuan, enforce_csrf_checks=True)
    page = visitor.post(address(ticket, "submit"), answer(TEXTS["signs"]))
    assert page.status_code == 403
    assert "页面已失效" in read(page).one("h1").text
    assert given_back(page) == [TEXTS["signs"]]
    assert rows_of(ticket) == before


def test_a_form_with_an_old_token_is_refused_and_given_back(kefu, order_a):
    ticket = submitted_ticket(order=order_a)
    visitor = signed_in(kefu, enforce_csrf_checks=True)
    form = form_of(visitor.get(ticket.get_absolute_url()), ticket, "return")
    visitor.cookies[settings.CSRF_COOKIE_NAME] = "x" * 32
    page = visitor.post(form["action"], form.sends() | {"return-reason": TEXTS["lines"]})
    assert page.status_code == 403
    assert given_back(page) == [TEXTS["lines"]]


@pytest.mark.parametrize("name", TEXTS)
def test_a_form_after_the_session_has_lapsed_is_given_back(name, client, order_a):
    ticket = TicketFactory(order=order_a)
    page = client.post(
        address(ticket, "submit"),
        answer(TEXTS[name]),
        headers={"referer": f"http://testserver{ticket.get_absolute_url()}"},
    )
    assert page.status_code == 401
    assert "登录已过期，请重新登录，填写内容已保留" in read(page).text
    assert [text.strip() for text in given_back(page)] == [TEXTS[name].strip()]
    assert unquote(read(page).one("a", "重新登录")["href"]) == f"/login/?next=/tickets/{ticket.number}/"


def test_of_a_form_only_the_words_are_given_back(client, kefu, order_a):
    ticket = TicketFactory(order=order_a)
    form = form_of(signed_in(kefu).get(ticket.get_absolute_url()), ticket, "cancel")
    page = client.post(form["action"], form.sends() | {"cancel-reason": REASON})
    assert given_back(page) == [REASON]


def test_after_logging_in_again_one_is_back_at_the_ticket(client, dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    expired = client.post(
        address(ticket, "submit"),
        answer(),
        headers={"referer": f"http://testserver{address(ticket, 'submit')}"},
    )
    login = read(expired).one("a", "重新登录")["href"]
    page = client.post(login, {"username": "dianyuan", "password": "qinqin-demo"}, follow=True)
    assert page.redirect_chain[-1][0] == ticket.get_absolute_url()


@pytest.mark.parametrize(
    "referer",
    [
        "https://evil.example/x",
        "http://testserver//evil.example",
        "http://testserver.evil.example/",
        "javascript:alert(1)",
        "",
    ],
)
def test_the_way_back_after_a_login_is_ones_own(referer, client, order_a):
    page = client.post("/tickets/x/submit/", answer(), headers={"referer": referer})
    assert read(page).one("a", "重新登录")["href"] == "/login/"


def test_who_lost_sight_of_a_ticket_gets_the_text_back_too(shangjia2, order_a):
    ticket = TicketFactory(order=order_a)
    page = signed_in(shangjia2).post(address(ticket, "submit"), answer(TEXTS["emoji"]))
    assert page.status_code == 404
    assert "工单不存在或无权查看" in page.text
    assert given_back(page) == [TEXTS["emoji"]]


def test_who_changed_role_meanwhile_gets_the_text_back_too(order_a):
    ticket = TicketFactory(order=order_a)
    page = signed_in(UserFactory()).post(address(ticket, "submit"), answer(TEXTS["emoji"]))
    assert page.status_code == 403
    assert given_back(page) == [TEXTS["emoji"]]


def test_more_text_than_any_form_of_ours_takes_is_a_page_in_chinese(dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    page = signed_in(dianyuan).post(address(ticket, "submit"), answer("长" * 1_000_000))
    assert page.status_code == 400
    assert "内容过长" in page.text


def test_a_late_answer_is_taken_like_any_other(dianyuan, order_a):
    ticket = TicketFactory(order=order_a, opened_ago=timedelta(days=3))
    page = signed_in(dianyuan).post(address(ticket, "submit"), answer(), follow=True)
    assert "超时" in read(page).one("section", id="result").one(class_="took").text
