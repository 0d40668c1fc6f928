"""转派同事: somebody of the same shop, with a reason, by the shop itself or by customer service."""

import pytest
from django.core.exceptions import ValidationError

from tests.factories import REASON, TicketFactory, UserFactory
from tests.pages import read, signed_in
from tests.rows import rows_of
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("who", ["kefu", "zhuguan", "shangjia", "dianyuan"])
def test_the_colleague_holds_it_and_the_reason_is_told(who, order_a, dianyuan, request):
    person = request.getfixturevalue(who)
    colleague = UserFactory(staff_of=order_a.merchant, name="周店员")
    ticket = TicketFactory(order=order_a)
    ticket.claim(by_user=dianyuan)
    ticket.assign(by_user=person, to=colleague, reason=REASON)
    event = ticket.events.last()
    assert Ticket.objects.get(pk=ticket.pk).assignee == colleague
    assert (event.kind, event.actor, event.text) == ("assigned", person, f"{REASON}\n处理人：周店员")


def test_somebody_who_cannot_work_on_it_is_refused(order_a, kefu, dianyuan, shangjia2, subtests):
    away = UserFactory(staff_of=order_a.merchant, name="离职员", is_active=False)
    ticket = TicketFactory(order=order_a)
    before = rows_of(ticket)
    for person in (shangjia2, away, kefu):
        with subtests.test(person=str(person)):
            with pytest.raises(ValidationError) as refusal:
                ticket.assign(by_user=kefu, to=person, reason=REASON)
            assert "to" in refusal.value.message_dict
            assert rows_of(ticket) == before


def test_whoever_has_it_already_is_refused(order_a, kefu, dianyuan):
    ticket = TicketFactory(order=order_a)
    ticket.assign(by_user=kefu, to=dianyuan, reason=REASON)
    with pytest.raises(ValidationError, match="该工单已由李店员处理"):
        ticket.assign(by_user=kefu, to=dianyuan, reason=REASON)
    assert ticket.events.filter(kind="assigned").count() == 1


def test_without_a_reason_it_is_refused(order_a, kefu, dianyuan):
    ticket = TicketFactory(order=order_a)
    with pytest.raises(ValidationError, match="请填写转派原因"):
        ticket.assign(by_user=kefu, to=dianyuan, reason=" ……")


@pytest.mark.parametrize("who", ["kefu", "shangjia"])
def test_the_page_offers_the_shops_people_who_can_work(who, order_a, dianyuan, shangjia, shangjia2, request):
    UserFactory(staff_of=order_a.merchant, name="离职员", is_active=False)
    ticket = TicketFactory(order=order_a)
    ticket.claim(by_user=dianyuan)
    page = read(signed_in(request.getfixturevalue(who)).get(ticket.get_absolute_url()))
    form = page.one("form", action=f"/tickets/{ticket.number}/assign/")
    assert [option.text for option in form.all("option")] == ["请选择", "钱店长"]


def test_an_empty_form_says_what_is_missing_and_gives_back_what_was_typed(order_a, kefu, dianyuan):
    ticket = TicketFactory(order=order_a)
    answer = signed_in(kefu).post(f"/tickets/{ticket.number}/assign/", {"assign-reason": "今天轮休"})
    form = read(answer).one("form", action=f"/tickets/{ticket.number}/assign/")
    assert answer.status_code == 422
    assert form.errors() == ["请选择同事"]
    assert form.sends()["assign-reason"] == "今天轮休"


def test_the_form_hands_the_ticket_over(order_a, kefu, dianyuan):
    ticket = TicketFactory(order=order_a)
    visitor = signed_in(kefu)
    form = read(visitor.get(ticket.get_absolute_url())).one(
        "form", action=f"/tickets/{ticket.number}/assign/"
    )
    answer = visitor.post(
        form["action"],
        form.sends() | {"assign-to": dianyuan.pk, "assign-reason": "由熟悉的同事跟进"},
        follow=True,
    )
    assert "已转派给李店员" in answer.text
    assert Ticket.objects.get(pk=ticket.pk).assignee == dianyuan
