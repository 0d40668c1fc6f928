"""Reasons of honest failures and of returns: asked for at every door, kept as they were."""

import pytest
from django.core.exceptions import ValidationError

from tests.factories import (
    ANSWER,
    REASON,
    CategoryFactory,
    TicketFactory,
    reason_code,
    returned_ticket,
    submitted_ticket,
)
from tests.pages import read, signed_in
from tests.rows import rows_of
from tickets.models import Category, ReasonCode, Result

pytestmark = pytest.mark.django_db
ASKED = {"unsolved": "请选择未解决的原因", "platform": "请选择需平台协助的原因"}


def wrong_codes(kind: str) -> dict[str, ReasonCode | None]:
    """Everything that is no reason of this kind for 商品质量."""
    return {
        "none": None,
        "of another kind": reason_code("return" if kind != "return" else "unsolved"),
        "out of use": ReasonCode.objects.create(kind=kind, name="停用的", is_active=False),
    }


@pytest.mark.parametrize("outcome", ASKED)
def test_who_has_failed_says_why(outcome, dianyuan, order_a, subtests):
    ticket = TicketFactory(order=order_a)
    before = rows_of(ticket)
    for name, code in wrong_codes(outcome).items():
        with subtests.test(name), pytest.raises(ValidationError) as wrong:
            ticket.submit(by_user=dianyuan, outcome=outcome, text=ANSWER, code=code)
        assert wrong.value.message_dict == {f"{outcome}_code": [ASKED[outcome]]}
    code = ReasonCode.objects.create(kind=outcome, name="x", category=CategoryFactory(name="发票"))
    with pytest.raises(ValidationError, match="不适用于该问题类型"):
        ticket.submit(by_user=dianyuan, outcome=outcome, text=ANSWER, code=code)
    assert rows_of(ticket) == before


@pytest.mark.parametrize("outcome", ["solved", "partly"])
def test_who_has_not_failed_needs_no_reason_and_keeps_none(outcome, dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    result = ticket.submit(by_user=dianyuan, outcome=outcome, text=ANSWER, code=reason_code("unsolved"))
    assert (result.reason_code, result.reason_name) == (None, "")
    assert ticket.events.get(kind="submitted").reason_name == ""


def test_a_return_has_a_reason_of_its_own(kefu, order_a, subtests):
    ticket = submitted_ticket(order=order_a)
    before = rows_of(ticket)
    for name, code in wrong_codes("return").items():
        with subtests.test(name), pytest.raises(ValidationError) as wrong:
            ticket.return_to_merchant(by_user=kefu, reason=REASON, code=code)
        assert wrong.value.message_dict == {"code": ["请选择退回类别"]}
    assert rows_of(ticket) == before


def test_a_new_name_of_a_reason_changes_no_history(kefu, order_a):
    ticket = returned_ticket(order=order_a, outcome="unsolved")
    for code in ReasonCode.objects.all():
        code.name = f"新 {code.name}"
        code.save()
    progress = read(signed_in(kefu).get(ticket.get_absolute_url())).one("section", id="progress").text
    assert Result.objects.get().reason_name == "消费者联系不上"
    assert "未解决 消费者联系不上" in " ".join(progress.split())
    assert "没有写明处理经过" in progress
    assert "新 " not in progress


# ---- on the page ----


def sent(outcome: str, **also) -> dict:
    return {"result": ANSWER, "outcome": outcome, "seen_round": 1} | also


@pytest.mark.parametrize("outcome", ASKED)
def test_the_page_asks_for_the_reason_and_gives_everything_back(outcome, dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    page = signed_in(dianyuan).post(f"/tickets/{ticket.number}/submit/", sent(outcome))
    form = read(page).one("form", action=f"/tickets/{ticket.number}/submit/#result")
    assert (page.status_code, form.errors()) == (422, [ASKED[outcome]])
    assert form.one("textarea").value == ANSWER


@pytest.mark.parametrize("outcome", ASKED)
def test_the_chosen_reason_is_kept(outcome, dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    codes = {f"{kind}_code": reason_code(kind).pk for kind in ASKED}  # both lists stand on a page without CSS
    page = signed_in(dianyuan).post(f"/tickets/{ticket.number}/submit/", sent(outcome, **codes))
    assert page.status_code == 302
    assert Result.objects.get().reason_code == reason_code(outcome)


def test_one_round_trip_shows_everything_that_is_missing(dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    page = signed_in(dianyuan).post(f"/tickets/{ticket.number}/submit/", sent("unsolved", result="不行"))
    errors = read(page).one("form", action=f"/tickets/{ticket.number}/submit/#result").errors()
    assert errors[0] == "请选择未解决的原因"
    assert "未处理成功也需说明实际情况" in errors


@pytest.mark.parametrize("code", ["", "x", "999999"])
def test_a_return_without_its_reason_is_asked_for_it(code, kefu, order_a):
    ticket = submitted_ticket(order=order_a)
    about = {"return-reason": REASON, "return-seen_round": 1, "return-code": code}
    page = signed_in(kefu).post(f"/tickets/{ticket.number}/return/", about)
    form = read(page).one("form", action=f"/tickets/{ticket.number}/return/")
    assert (page.status_code, form.errors()) == (422, ["请选择退回类别"])
    assert form.one("textarea").value == REASON


def test_only_reasons_that_fit_the_category_are_offered(dianyuan, order_a):
    for name in ("发票", "商品质量"):
        ReasonCode.objects.create(kind="unsolved", name=f"只用于{name}", category=CategoryFactory(name=name))
    ReasonCode.objects.create(kind="unsolved", name="停用的", is_active=False)
    page = read(signed_in(dianyuan).get(TicketFactory(order=order_a).get_absolute_url()))
    offered = [option.text for option in page.one("select", name="unsolved_code").all("option")]
    assert "只用于商品质量" in offered
    assert {"只用于发票", "停用的"} & set(offered) == set()


def test_the_guide_of_the_category_stands_beside_the_field_and_never_in_it(dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    page = read(signed_in(dianyuan).get(ticket.get_absolute_url()))
    assert ticket.category.guide.split("\n")[0] in page.one("aside", class_="guide").text
    field = page.one("textarea", name="result")
    assert (field.value, "placeholder" in field.attrs) == ("", False)


def test_every_category_begins_with_a_guide():
    assert [category.name for category in Category.objects.all() if len(category.guide) < 30] == []


@pytest.mark.parametrize("outcome", ["partly", "unsolved", "platform"])
def test_an_honest_failure_is_shown_without_alarm(outcome, kefu, order_a):
    ticket = submitted_ticket(order=order_a, outcome=outcome)
    page = read(signed_in(kefu).get(ticket.get_absolute_url()))
    tones = [badge["data-tone"] for badge in page.one("section", id="result").all("span", class_="badge")]
    assert {"bad", "warn"} & set(tones) == set()
    stage = page.one("section", id="progress").all("li")[-1]
    assert stage["data-tone"] == "neutral"
