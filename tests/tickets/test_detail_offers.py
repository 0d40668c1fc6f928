"""What the reader of a ticket's page can do at its bottom: the merchant's one form, customer service's actions."""

import pytest

from tests.factories import (
    TicketFactory,
    cancelled_ticket,
    completed_ticket,
    reopened_ticket,
    returned_ticket,
    submitted_ticket,
    ticket_on_hold,
)
from tests.pages import page_of, read, signed_in

pytestmark = pytest.mark.django_db

MERCHANTS = ["shangjia", "dianyuan"]
SERVICE = ["kefu", "zhuguan"]
EVERY_STATE = [
    TicketFactory,
    submitted_ticket,
    returned_ticket,
    completed_ticket,
    reopened_ticket,
    cancelled_ticket,
]


@pytest.mark.parametrize("who", MERCHANTS)
@pytest.mark.parametrize("make", [TicketFactory, returned_ticket, reopened_ticket])
def test_the_one_primary_button_hands_the_answer_over(make, who, order_a, request):
    page = page_of(make(order=order_a), request.getfixturevalue(who))
    assert [button.text for button in page.all(class_="primary")] == ["提交工单"]
    assert page.one("section", id="result").all("button", class_="primary")


def test_the_field_for_the_answer_is_empty(dianyuan, order_a):
    field = page_of(returned_ticket(order=order_a), dianyuan).one("textarea", name="result")
    assert (field.value, "placeholder" in field.attrs, "required" in field.attrs) == ("", False, True)


def test_no_outcome_is_chosen_beforehand(dianyuan, order_a):
    page = page_of(TicketFactory(order=order_a), dianyuan)
    radios = page.all("input", type="radio", name="outcome")
    assert [radio["value"] for radio in radios] == ["solved", "partly", "unsolved", "platform"]
    assert [radio for radio in radios if "checked" in radio.attrs] == []
    labels = [page.one("label", for_=radio["id"]).one("strong").text for radio in radios]
    assert labels == ["已解决", "部分解决", "未解决", "需平台协助"]


def test_the_form_remembers_the_round_it_was_shown_in(dianyuan, order_a):
    ticket = returned_ticket(order=order_a)
    form = page_of(ticket, dianyuan).one("form", action=f"/tickets/{ticket.number}/submit/#result")
    assert form.sends()["seen_round"] == "2"


@pytest.mark.parametrize(
    ("make", "sentence", "sayings"),
    [
        (submitted_ticket, "已提交，等待客服审核", ["message"]),
        (completed_ticket, "工单已完结", []),
        (cancelled_ticket, "工单已撤销，无需处理", []),
    ],
)
def test_where_it_is_not_the_merchants_turn_there_is_nothing_to_answer(
    make, sentence, sayings, dianyuan, order_a
):
    page = page_of(make(order=order_a), dianyuan)
    block = page.one("section", id="result")
    assert sentence in block.text
    assert [form["data-draft"] for form in block.all("form")] == sayings
    assert page.all(class_="primary") == []


@pytest.mark.parametrize("who", SERVICE)
@pytest.mark.parametrize(
    ("make", "verbs"),
    [
        (TicketFactory, ["hold", "remind", "transfer", "cancel"]),
        (submitted_ticket, ["approve", "return", "transfer", "cancel"]),
        (returned_ticket, ["hold", "remind", "assign", "transfer", "cancel"]),
        (completed_ticket, ["reopen", "rate", "invite"]),
        (reopened_ticket, ["hold", "remind", "assign", "transfer", "cancel"]),
        (ticket_on_hold, ["resume", "transfer", "cancel"]),
        (cancelled_ticket, []),
    ],
)
def test_customer_service_is_offered_what_the_state_allows(make, verbs, who, order_a, request):
    ticket = make(order=order_a)
    page = page_of(ticket, request.getfixturevalue(who))
    forms = page.one("section", id="result").all("form")
    verbs = verbs + (["note"] if make is cancelled_ticket else ["message", "note"])
    addresses = [form["action"].removesuffix("#say") for form in forms]
    assert addresses == [f"/tickets/{ticket.number}/{verb}/" for verb in verbs]


@pytest.mark.parametrize("make", EVERY_STATE)
def test_customer_service_has_no_primary_button_and_no_answer_to_write(make, kefu, order_a):
    page = page_of(make(order=order_a), kefu)
    assert page.all(class_="primary") == []
    assert page.all("input", name="outcome") == []
    assert page.all("textarea", name="result") == []


def test_fields_for_reasons_are_empty_and_have_names_of_their_own(kefu, order_a):
    page = page_of(submitted_ticket(order=order_a), kefu)
    fields = page.one("section", id="result").all("textarea")
    assert [(field["name"], field.value) for field in fields] == [
        ("approve-note", ""), ("return-reason", ""), ("transfer-reason", ""), ("cancel-reason", ""),
        ("message-text", ""), ("note-text", ""),
    ]  # fmt: skip
    assert [field for field in fields if "placeholder" in field.attrs] == []
    ids = [element["id"] for element in page.walk() if "id" in element.attrs]
    assert sorted(set(ids)) == sorted(ids)


def test_a_look_and_a_link_are_asked_for_once_at_a_time(order_a, kefu):
    forms = {"reveal": TicketFactory(order=order_a), "invite": completed_ticket(order=order_a)}
    for verb, ticket in forms.items():
        page = read(signed_in(kefu).get(ticket.get_absolute_url()))
        form = next(each for each in page.all("form") if f"/{verb}/" in each["action"])
        assert "data-lock" in form.attrs


def test_what_is_only_marked_as_read_needs_no_key(order_a, dianyuan):
    page = read(signed_in(dianyuan).get(TicketFactory(order=order_a).get_absolute_url()))
    assert "form_key" not in page.one("form", data_reads=True).sends()
