"""合并重复: one ticket is cancelled and leads to the other; both say so."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from tests.factories import (
    REASON,
    OrderFactory,
    TicketFactory,
    cancelled_ticket,
    completed_ticket,
    submitted_ticket,
    ticket_on_hold,
)
from tests.pages import read, signed_in
from tests.rows import rows_of
from tickets.clock import database_now
from tickets.lifecycle import Status
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("make", [TicketFactory, submitted_ticket, ticket_on_hold])
@pytest.mark.parametrize("make_other", [TicketFactory, submitted_ticket, ticket_on_hold, completed_ticket])
def test_it_is_cancelled_and_leads_to_the_other_which_stays_as_it_is(make, make_other, order_a, kefu):
    ticket, other = make(order=order_a), make_other(order=order_a)
    before = rows_of(other)
    ticket.merge(by_user=kefu, into=other, reason=REASON)
    kept = Ticket.objects.get(pk=ticket.pk)
    assert (kept.status, kept.is_open, kept.merged_into) == (Status.CANCELLED, False, other)
    assert not kept.rounds.filter(is_open=True).exists()
    after = rows_of(other)
    assert {name for name in after if after[name] != before[name]} == {"events"}


def test_both_tell_it(order_a, kefu):
    ticket, other = TicketFactory(order=order_a), completed_ticket(order=order_a)
    ticket.merge(by_user=kefu, into=other, reason="消费者重复来电")
    here, there = ticket.events.get(kind="merged"), other.events.get(kind="merged")
    assert (here.text, here.from_status, here.to_status) == (
        f"消费者重复来电\n并入 {other.number}",
        "waiting_merchant",
        "cancelled",
    )
    assert (there.text, there.from_status, there.to_status) == (
        f"消费者重复来电\n{ticket.number} 并入本工单",
        "completed",
        "completed",
    )


def test_a_missed_deadline_stays_recorded(order_a, kefu):
    ticket = TicketFactory(order=order_a, opened_ago=timedelta(hours=9))
    ticket.merge(by_user=kefu, into=TicketFactory(order=order_a), reason=REASON)
    assert Ticket.objects.get(pk=ticket.pk).was_late
    assert ticket.rounds.get().overdue_at == ticket.due_at


def test_another_order_of_the_same_consumer_will_do(order_a, merchant_a, kefu):
    other = TicketFactory(order=OrderFactory(merchant=merchant_a, customer=order_a.customer))
    ticket = TicketFactory(order=order_a)
    ticket.merge(by_user=kefu, into=other, reason=REASON)
    assert ticket.merged_into == other


def refused(ticket: Ticket, other: Ticket, by_user) -> str:
    before = rows_of(ticket), rows_of(other)
    with pytest.raises(ValidationError) as refusal:
        ticket.merge(by_user=by_user, into=other, reason=REASON)
    assert (rows_of(ticket), rows_of(other)) == before
    return refusal.value.message_dict["into"][0]


def test_what_cannot_take_it_is_refused_with_the_reason(order_a, order_b, merchant_a, kefu):
    ticket = TicketFactory(order=order_a)
    assert refused(ticket, ticket, kefu) == "不能合并到工单自己"
    cancelled = cancelled_ticket(order=order_a)
    assert refused(ticket, cancelled, kefu) == f"{cancelled} 已撤销，不能合并到它"
    stranger = TicketFactory(order=OrderFactory(merchant=merchant_a))
    assert refused(ticket, stranger, kefu) == f"{stranger} 不是同一订单或同一消费者的工单，不能合并"
    elsewhere = TicketFactory(order=OrderFactory(customer=order_a.customer))
    assert refused(ticket, elsewhere, kefu) == f"{elsewhere} 属于其他商户，不能合并"
    put_away = completed_ticket(order=order_a)
    Ticket.objects.filter(pk=put_away.pk).update(archived_at=database_now())
    assert refused(ticket, put_away, kefu) == f"{put_away} 已归档，不能合并到它"


def test_without_a_known_consumer_only_the_order_counts(merchant_a, kefu):
    ticket, other = (TicketFactory(order=OrderFactory(merchant=merchant_a, customer=None)) for _ in range(2))
    assert "不是同一订单或同一消费者" in refused(ticket, other, kefu)


def test_there_are_no_chains(order_a, kefu):
    first, second, third = TicketFactory.create_batch(3, order=order_a)
    first.merge(by_user=kefu, into=second, reason=REASON)
    assert refused(third, first, kefu) == f"{first} 已合并到其他工单，请填写合并后的那一张"
    assert refused(second, third, kefu) == "已有工单并入本工单，不能再合并；请把另一张合并到本工单"


def test_each_page_leads_to_the_other(order_a, kefu, dianyuan):
    ticket, other = TicketFactory.create_batch(2, order=order_a)
    ticket.merge(by_user=kefu, into=other, reason=REASON)
    for person in (kefu, dianyuan):
        page = read(signed_in(person).get(ticket.get_absolute_url()))
        message = page.one("section", id="ticket").one("p", class_="message")
        assert message.text == f"本工单是重复的，已并入 {other.number}，请在那里继续。"
        assert message.one("a")["href"] == other.get_absolute_url()
        page = read(signed_in(person).get(other.get_absolute_url()))
        block = page.one("section", id="related")
        assert block.all("h3")[0].text == "并入本工单"
        assert block.all("a")[0]["href"] == ticket.get_absolute_url()


def test_where_the_other_went_to_another_merchant_nothing_leads_there(order_a, order_b, kefu, dianyuan):
    ticket, other = TicketFactory.create_batch(2, order=order_a)
    ticket.merge(by_user=kefu, into=other, reason=REASON)
    other.transfer(by_user=kefu, order=order_b, reason=REASON)
    page = read(signed_in(dianyuan).get(ticket.get_absolute_url()))
    assert (
        page.one("section", id="ticket").one("p", class_="message").text
        == "本工单是重复的，已并入另一张工单。"
    )
    assert [link for link in page.all("a", href=True) if other.number in link["href"]] == []


def test_it_is_offered_where_there_is_something_to_merge_into(order_a, kefu):
    ticket = TicketFactory(order=order_a)
    action = f"/tickets/{ticket.number}/merge/"
    assert read(signed_in(kefu).get(ticket.get_absolute_url())).all("form", action=action) == []
    other = TicketFactory(order=order_a)
    page = read(signed_in(kefu).get(ticket.get_absolute_url()))
    form = page.one("form", action=action)
    assert [option["value"] for option in form.one("datalist").all("option")] == [other.number]


def test_what_others_were_merged_into_is_not_offered_to_go_into_another(order_a, kefu):
    first, second, third = TicketFactory.create_batch(3, order=order_a)
    first.merge(by_user=kefu, into=second, reason=REASON)
    page = read(signed_in(kefu).get(second.get_absolute_url()))
    assert page.all("form", action=f"/tickets/{second.number}/merge/") == []
    assert list(second.duplicates()) == []
    assert list(third.duplicates()) == [second]


def test_the_form_merges_and_says_so(order_a, kefu):
    ticket, other = TicketFactory.create_batch(2, order=order_a)
    visitor = signed_in(kefu)
    form = read(visitor.get(ticket.get_absolute_url())).one("form", action=f"/tickets/{ticket.number}/merge/")
    sent = form.sends() | {"merge-into": f" {other.number.lower()} ", "merge-reason": "同一件事"}
    answer = visitor.post(form["action"], sent, follow=True)
    assert f"已并入 {other.number}，本工单已撤销" in answer.text


@pytest.mark.parametrize(
    ("typed", "sentence"), [("", "请填写并入的工单号"), ("GD1", "没有找到该工单，请核对工单号")]
)
def test_a_number_that_is_none_is_refused_at_the_field(typed, sentence, order_a, kefu):
    ticket, _ = TicketFactory.create_batch(2, order=order_a)
    sent = {"merge-into": typed, "merge-reason": "同一件事，消费者重复来电"}
    answer = signed_in(kefu).post(f"/tickets/{ticket.number}/merge/", sent)
    form = read(answer).one("form", action=f"/tickets/{ticket.number}/merge/")
    assert answer.status_code == 422
    assert form.errors() == [sentence]
    assert form.sends()["merge-reason"] == "同一件事，消费者重复来电"
