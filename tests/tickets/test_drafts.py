"""Nothing typed is lost: drafts are kept while one writes, come back, and go with the act they were for."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from tests.factories import (
    ANSWER,
    REASON,
    TicketFactory,
    completed_ticket,
    reason_code,
    returned_ticket,
    submitted_ticket,
    ticket_on_hold,
)
from tests.pages import read, signed_in
from tests.tickets.drafting import WORDS, form_of, save, value_of
from tickets.clock import database_now
from tickets.models import Draft, Ticket
from tickets.models.draft import LIMIT, MOST_FIELDS, WrittenElsewhere

pytestmark = pytest.mark.django_db


# ---- saved and back ----


@pytest.mark.parametrize(
    ("makes", "who", "verb", "name"),
    [
        (TicketFactory, "dianyuan", "submit", "result"),
        (TicketFactory, "shangjia", "extend", "extend-reason"),
        (submitted_ticket, "kefu", "return", "return-reason"),
        (submitted_ticket, "zhuguan", "approve", "approve-note"),
        (TicketFactory, "kefu", "cancel", "cancel-reason"),
        (TicketFactory, "kefu", "hold", "hold-reason"),
        (TicketFactory, "kefu", "remind", "remind-note"),
        (completed_ticket, "kefu", "reopen", "reopen-reason"),
    ],
)
def test_a_draft_is_in_its_form_on_the_next_page_on_any_device(makes, who, verb, name, order_a, request):
    ticket, person = makes(order=order_a), request.getfixturevalue(who)
    answer = save(signed_in(person), ticket, verb, **{name: WORDS})
    assert answer.status_code == 200
    assert value_of(signed_in(person), ticket, verb, name) == WORDS


def test_the_answer_says_when_on_shanghais_clock_and_which_version(dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    told = save(signed_in(dianyuan), ticket, result=WORDS).json()
    draft = Draft.objects.get()
    assert told["stamp"] == draft.stamp
    assert len(told["clock"]) == len("12:03:07")
    assert told["clock"][2:] == draft.saved_at.strftime(":%M:%S")


def test_the_other_fields_come_back_too(dianyuan, kefu, order_a):
    ticket = TicketFactory(order=order_a)
    save(signed_in(dianyuan), ticket, result=WORDS, outcome="partly")
    save(signed_in(kefu), ticket, "hold", **{"hold-reason": WORDS, "hold-until": "2030-01-02T10:30"})
    form = form_of(signed_in(dianyuan).get(ticket.get_absolute_url()), ticket, "submit")
    assert form.sends()["outcome"] == "partly"
    assert value_of(signed_in(kefu), ticket, "hold", "hold-until") == "2030-01-02T10:30"


def test_the_page_says_quietly_that_a_draft_is_back_and_opens_its_action(kefu, order_a):
    ticket, visitor = TicketFactory(order=order_a), signed_in(kefu)
    save(visitor, ticket, "cancel", **{"cancel-reason": WORDS})
    page = read(visitor.get(ticket.get_absolute_url()))
    form = page.one("form", data_draft="cancel")
    assert "的草稿" in form.one("p", class_="draft").text
    assert "open" in form.parent.parent.attrs


def test_clearing_takes_the_draft_away_without_a_script(dianyuan, order_a):
    ticket, visitor = TicketFactory(order=order_a), signed_in(dianyuan)
    save(visitor, ticket, result=WORDS)
    page = read(visitor.get(ticket.get_absolute_url()))
    button = page.one("button", form="draft-clear")
    assert page.one("form", id="draft-clear")["method"] == "post"
    visitor.post(button["formaction"])
    assert value_of(visitor, ticket, "submit", "result") == ""


def test_nobody_else_sees_it(dianyuan, shangjia, kefu, order_a):
    ticket = TicketFactory(order=order_a)
    save(signed_in(dianyuan), ticket, result=WORDS)
    for person in (shangjia, kefu):
        assert WORDS not in signed_in(person).get(ticket.get_absolute_url()).text


def test_who_may_not_see_the_ticket_keeps_nothing_on_it(shangjia2, order_a):
    ticket = TicketFactory(order=order_a)
    assert save(signed_in(shangjia2), ticket, result=WORDS).status_code == 404
    assert not Draft.objects.exists()


@pytest.mark.parametrize("text", ["", "  \r\n\t", "\u200b\u3164"])
def test_blanks_are_no_draft_and_take_away_what_there_was(text, dianyuan, order_a):
    ticket, visitor = TicketFactory(order=order_a), signed_in(dianyuan)
    save(visitor, ticket, result=WORDS)
    assert save(visitor, ticket, result=text).json() == {"stamp": "", "clock": ""}
    assert not Draft.objects.exists()


def test_what_no_database_keeps_is_left_out(dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    Draft.keep(by_user=dianyuan, verb="submit", fields={"result": f"\x00{WORDS}\ud800"}, ticket=ticket)
    assert Draft.objects.get().fields == {"result": WORDS}


@pytest.mark.parametrize(
    "fields", [{"result": "字" * LIMIT}, {f"field{n}": "字" for n in range(MOST_FIELDS + 1)}]
)
def test_more_than_a_draft_may_hold_is_refused(fields, dianyuan, order_a):
    ticket, visitor = TicketFactory(order=order_a), signed_in(dianyuan)
    save(visitor, ticket, result=WORDS)
    answer = save(visitor, ticket, **fields)
    assert (answer.status_code, answer.json()) == (422, {"sentence": "内容过长，草稿没有保存"})
    assert Draft.objects.get().fields == {"result": WORDS}


@pytest.mark.parametrize("verb", ["", "x" * 21, "Return", "a b", "%00"])
def test_a_strange_verb_keeps_nothing(verb, dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    assert save(signed_in(dianyuan), ticket, verb, result=WORDS).status_code == 422


@pytest.mark.parametrize("round_no", ["", "x", "-1", "99999", "１"])
def test_a_strange_round_is_the_rounds_of_now(round_no, dianyuan, order_a):
    ticket = returned_ticket(order=order_a)
    assert save(signed_in(dianyuan), ticket, round_no=round_no, result=WORDS).status_code == 200
    assert Draft.objects.get().round_no == 2


# ---- two windows, two devices ----


def test_a_page_that_does_not_know_the_latest_version_does_not_overwrite_it(dianyuan, order_a):
    ticket, visitor = TicketFactory(order=order_a), signed_in(dianyuan)
    first = save(visitor, ticket, result=WORDS, stamp="").json()
    answer = save(visitor, ticket, result="另一台设备上写的", stamp="")
    assert answer.status_code == 409
    assert answer.json() == {"stamp": first["stamp"], "clock": first["clock"], "fields": {"result": WORDS}}
    assert Draft.objects.get().fields == {"result": WORDS}
    assert save(visitor, ticket, result="知道了，用这一份", stamp=first["stamp"]).status_code == 200


def test_the_same_words_from_two_windows_are_no_quarrel(dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    for _ in range(2):
        Draft.keep(by_user=dianyuan, verb="submit", fields={"result": WORDS}, ticket=ticket, stamp="")


def test_blanking_out_what_another_window_wrote_is_a_quarrel(dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    Draft.keep(by_user=dianyuan, verb="submit", fields={"result": WORDS}, ticket=ticket)
    with pytest.raises(WrittenElsewhere):
        Draft.keep(by_user=dianyuan, verb="submit", fields={}, ticket=ticket, stamp="")


# ---- used up by the verb ----


def test_the_verb_takes_its_draft_with_it_and_leaves_the_others(dianyuan, shangjia, order_a):
    ticket = TicketFactory(order=order_a)
    for person in (dianyuan, shangjia):
        save(signed_in(person), ticket, result=WORDS)
        save(signed_in(person), ticket, "extend", **{"extend-reason": WORDS})
    ticket.submit(by_user=dianyuan, outcome="solved", text=ANSWER)
    assert set(Draft.objects.values_list("person__username", "verb")) == {
        ("dianyuan", "extend"),
        ("shangjia", "submit"),
        ("shangjia", "extend"),
    }


def test_a_verb_that_fails_leaves_the_draft(dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    save(signed_in(dianyuan), ticket, result=WORDS)
    with pytest.raises(ValidationError):
        ticket.submit(by_user=dianyuan, outcome="solved", text="好")
    assert Draft.objects.get().fields == {"result": WORDS}


def test_a_ticket_that_goes_on_by_itself_touches_nobodys_draft(kefu, order_a):
    ticket = ticket_on_hold(order=order_a)
    save(signed_in(kefu), ticket, "cancel", **{"cancel-reason": WORDS})
    ticket.resume(at=database_now() + timedelta(days=1))
    assert Draft.objects.count() == 1


# ---- without a script: a form that came back is a draft ----


def test_a_refused_form_is_there_again_when_the_page_is_opened_anew(dianyuan, order_a):
    ticket, visitor = TicketFactory(order=order_a), signed_in(dianyuan)
    page = visitor.post(
        f"/tickets/{ticket.number}/submit/", {"result": "太短", "outcome": "partly", "seen_round": 1}
    )
    assert page.status_code == 422
    assert form_of(page, ticket, "submit")["data-draft-stamp"] == Draft.objects.get().stamp
    assert value_of(visitor, ticket, "submit", "result") == "太短"


def test_a_refused_empty_form_is_no_draft(dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    signed_in(dianyuan).post(f"/tickets/{ticket.number}/submit/", {"outcome": "partly", "seen_round": 1})
    assert not Draft.objects.exists()


# ---- the ticket moved on ----


def returned_meanwhile(ticket: Ticket, colleague, clerk) -> None:
    ticket.submit(by_user=colleague, outcome="solved", text=ANSWER)
    ticket.return_to_merchant(by_user=clerk, code=reason_code("return"), reason=REASON)


def unsent_of(visitor, ticket: Ticket):
    return read(visitor.get(ticket.get_absolute_url())).all("details", class_="unsent")


def test_words_for_an_older_round_stand_beside_what_happened_and_not_in_the_new_form(
    dianyuan, shangjia, kefu, order_a
):
    ticket, visitor = TicketFactory(order=order_a), signed_in(dianyuan)
    save(visitor, ticket, result=WORDS, outcome="partly")
    returned_meanwhile(ticket, shangjia, kefu)
    assert value_of(visitor, ticket, "submit", "result") == ""
    [block] = unsent_of(visitor, ticket)
    assert "您在第1轮写的“提交工单”没有提交" in block.text
    assert "王客服（客服）于" in block.text
    assert block.one("textarea", readonly=True).value == WORDS


def test_they_are_sent_anew_in_one_press(dianyuan, shangjia, kefu, order_a):
    ticket, visitor = TicketFactory(order=order_a), signed_in(dianyuan)
    save(visitor, ticket, result=WORDS, outcome="partly")
    returned_meanwhile(ticket, shangjia, kefu)
    [block] = unsent_of(visitor, ticket)
    form = block.one("form")
    assert visitor.post(form["action"], form.sends()).status_code == 302
    result = ticket.rounds.get(number=2).result
    assert (result.text, result.outcome) == (WORDS, "partly")
    assert unsent_of(visitor, ticket) == []


def test_who_may_not_act_any_more_has_them_to_copy_and_to_clear(dianyuan, shangjia, order_a):
    ticket, visitor = TicketFactory(order=order_a), signed_in(dianyuan)
    save(visitor, ticket, result=WORDS)
    ticket.submit(by_user=shangjia, outcome="solved", text=ANSWER)
    [block] = unsent_of(visitor, ticket)
    assert block.all("form") == []
    visitor.post(block.one("button", form="draft-clear")["formaction"])
    assert unsent_of(visitor, ticket) == []


def test_writing_in_the_new_round_leaves_the_words_of_the_old_one(dianyuan, shangjia, kefu, order_a):
    ticket, visitor = TicketFactory(order=order_a), signed_in(dianyuan)
    save(visitor, ticket, result=WORDS)
    returned_meanwhile(ticket, shangjia, kefu)
    save(visitor, ticket, round_no=2, result="第二轮写的")
    assert [block.one("textarea").value for block in unsent_of(visitor, ticket)] == [WORDS]
    assert value_of(visitor, ticket, "submit", "result") == "第二轮写的"
