"""审核通过, 退回商家, 撤销工单, 重新打开, as customer service presses them."""

import pytest

from tests.factories import (
    REASON,
    TicketFactory,
    completed_ticket,
    reason_code,
    returned_ticket,
    submit,
    submitted_ticket,
)
from tests.pages import read, signed_in
from tests.rows import rows_of
from tests.tickets.pressing import (
    ALREADY_HANDLED,
    TEXTS,
    address,
    answer,
    form_of,
    given_back,
    messages_of,
    submitted_meanwhile,
    words,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scanned")]


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
