"""转派商户: the order was the wrong one; the ticket goes to the merchant of the right one."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from tests.factories import (
    ANSWER,
    REASON,
    OrderFactory,
    TicketFactory,
    ask_extension,
    returned_ticket,
    submit,
    submitted_ticket,
    ticket_on_hold,
)
from tests.pages import read, signed_in
from tests.rows import allowed, kinds_of, rows_of
from tests.tickets.pressing import given_back
from tickets import scanning
from tickets.clock import database_now
from tickets.lifecycle import Status
from tickets.models import Round, Ticket

pytestmark = pytest.mark.django_db


HOUR = timedelta(hours=1)


MAKERS = [TicketFactory, returned_ticket, submitted_ticket, ticket_on_hold]


@pytest.mark.parametrize("make", MAKERS)
def test_the_ticket_is_about_the_right_order_and_its_merchants_turn_begins(make, order_a, order_b, kefu):
    ticket = make(order=order_a)
    rounds = ticket.round_no
    ticket.transfer(by_user=kefu, order=order_b, reason=REASON)
    kept = Ticket.objects.get(pk=ticket.pk)
    assert (kept.order, kept.order_number, kept.merchant, kept.customer) == (
        order_b,
        order_b.number,
        order_b.merchant,
        order_b.customer,
    )
    assert (kept.status, kept.round_no, kept.is_returned, kept.result, kept.assignee) == (
        Status.WAITING_MERCHANT, rounds + 1, False, None, None,
    )  # fmt: skip
    before, now = kept.rounds.get(number=rounds), kept.rounds.get(number=rounds + 1)
    assert (before.merchant, before.is_open, before.is_running) == (order_a.merchant, False, False)
    assert (now.merchant, now.is_open, now.is_running, now.started_at) == (
        order_b.merchant, True, True, kept.handled_at,
    )  # fmt: skip
    assert allowed(now) == 4 * HOUR
    assert (kept.due_at, kept.stopped_at) == (now.due_at, None)


def test_the_history_says_from_whom_to_whom_and_why(order_a, order_b, kefu):
    ticket = TicketFactory(order=order_a)
    ticket.transfer(by_user=kefu, order=order_b, reason="订单号看错了一位")
    event = ticket.events.get(kind="transferred")
    assert event.round.number == 2
    assert event.text.splitlines() == [
        "订单号看错了一位",
        "原商户：亲贝母婴旗舰店（订单 QB10000001）",
        "新商户：童乐玩具专营店（订单 QB20000002）",
    ]


def test_an_answer_given_before_stays_in_the_history(order_a, order_b, kefu):
    ticket = submitted_ticket(order=order_a)
    ticket.transfer(by_user=kefu, order=order_b, reason=REASON)
    assert ticket.rounds.get(number=1).result.text == ANSWER
    assert kinds_of(ticket) == ["opened", "submitted", "transferred"]


def test_a_deadline_that_was_missed_stays_with_the_merchant_before(order_a, order_b, kefu):
    ticket = TicketFactory(order=order_a, opened_ago=9 * HOUR)
    ticket.transfer(by_user=kefu, order=order_b, reason=REASON)
    late = Round.objects.get(overdue_at__isnull=False)
    assert (late.ticket, late.merchant, late.overdue_at) == (ticket, order_a.merchant, late.due_at)
    assert late.overdue_recorded_at == late.closed_at
    assert kinds_of(ticket) == ["opened", "overdue", "transferred"]
    assert Ticket.objects.get(pk=ticket.pk).was_late
    assert scanning.run().flagged == 0


def test_a_pause_ends_with_it(order_a, order_b, kefu):
    ticket = ticket_on_hold(order=order_a)
    ticket.transfer(by_user=kefu, order=order_b, reason=REASON)
    pause = ticket.rounds.get(number=1).pauses.get()
    assert pause.ended_at == ticket.handled_at
    assert scanning.run().resumed == 0


def test_a_pause_that_was_over_already_ended_when_it_was_over(order_a, order_b, kefu):
    ticket = ticket_on_hold(order=order_a, opened_ago=8 * HOUR)
    until = ticket.rounds.get().pauses.get().until
    ticket.transfer(by_user=kefu, order=order_b, reason=REASON)
    before = ticket.rounds.get(number=1)
    assert before.pauses.get().ended_at == until
    assert before.overdue_at == before.due_at


def test_a_wish_for_more_time_lapses(order_a, order_b, kefu):
    ticket = TicketFactory(order=order_a)
    extension = ask_extension(ticket)
    ticket.transfer(by_user=kefu, order=order_b, reason=REASON)
    extension.refresh_from_db()
    assert (extension.answer, extension.answered_at) == ("lapsed", ticket.handled_at)


def test_the_order_is_kept_as_it_is_now_and_the_one_before_as_it_was(order_a, order_b, kefu):
    ticket = TicketFactory(order=order_a)
    taken_at = ticket.snapshot.taken_at
    order_a.seller_remark = "后来改过的备注"
    order_a.save()
    ticket.transfer(by_user=kefu, order=order_b, reason=REASON)
    snapshot = Ticket.objects.get(pk=ticket.pk).snapshot
    assert snapshot.taken_at == ticket.handled_at
    assert snapshot.facts["phone"] == order_b.phone
    [former] = snapshot.facts["former"]
    assert (former["order_number"], former["merchant"], former["phone"], former["seller_remark"]) == (
        order_a.number, "亲贝母婴旗舰店", order_a.phone, "",
    )  # fmt: skip
    assert former["taken_at"][:19] == taken_at.isoformat()[:19]


def test_a_second_transfer_keeps_both_orders_before(order_a, order_b, kefu):
    ticket = TicketFactory(order=order_a)
    for order in (order_b, OrderFactory()):
        ticket.transfer(by_user=kefu, order=order, reason=REASON)
    facts = Ticket.objects.get(pk=ticket.pk).snapshot.facts
    assert [former["order_number"] for former in facts["former"]] == [order_a.number, order_b.number]
    assert all("former" not in former for former in facts["former"])


@pytest.mark.parametrize("make", MAKERS)
def test_another_order_of_the_same_merchant_is_put_right_and_nothing_else_changes(
    make, order_a, merchant_a, dianyuan, kefu
):
    ticket, right = make(order=order_a), OrderFactory(merchant=merchant_a, number="QB10000009")
    before = rows_of(ticket)
    ticket.transfer(by_user=kefu, order=right, reason="选错了订单")
    after = rows_of(ticket)
    assert {name for name in after if after[name] != before[name]} == {"ticket", "events", "snapshots"}
    changed = {name for name, value in after["ticket"][0].items() if value != before["ticket"][0][name]}
    assert changed == {"order_id", "order_number", "customer_id"}
    event = ticket.events.order_by("pk").last()
    assert event.text == "选错了订单\n更正订单：QB10000001 → QB10000009，商户不变"
    assert event.from_status == event.to_status == ticket.status


def test_what_makes_no_sense_is_refused_and_changes_nothing(order_a, order_b, kefu):
    ticket = TicketFactory(order=order_a)
    order_b.merchant.is_active = False
    order_b.merchant.save()
    before = rows_of(ticket)
    for order, sentence in (
        (order_a, "工单现在就是这个订单，请填写正确的订单号"),
        (order_b, "商户「童乐玩具专营店」已停用，工单无人处理"),
    ):
        with pytest.raises(ValidationError) as refusal:
            ticket.transfer(by_user=kefu, order=order, reason=REASON)
        assert refusal.value.message_dict == {"order_number": [sentence]}
        assert rows_of(ticket) == before


def test_an_answer_that_came_meanwhile_is_not_taken_away_unread(order_a, order_b, kefu):
    ticket = TicketFactory(order=order_a)
    visitor = signed_in(kefu)
    form = read(visitor.get(ticket.get_absolute_url())).one(
        "form", action=f"/tickets/{ticket.number}/transfer/"
    )
    submit(ticket, database_now())
    sent = form.sends() | {"transfer-order_number": order_b.number, "transfer-reason": "订单号看错了一位"}
    answer = visitor.post(form["action"], sent)
    assert answer.status_code == 409
    assert "订单号看错了一位" in answer.text
    assert Ticket.objects.get(pk=ticket.pk).merchant == order_a.merchant


# ---- the page ----


def test_the_form_finds_the_order_and_names_the_new_merchant(order_a, order_b, kefu):
    ticket = TicketFactory(order=order_a)
    visitor = signed_in(kefu)
    form = read(visitor.get(ticket.get_absolute_url())).one(
        "form", action=f"/tickets/{ticket.number}/transfer/"
    )
    sent = form.sends() | {
        "transfer-order_number": f" {order_b.number} ",
        "transfer-reason": "订单号看错了一位",
    }
    answer = visitor.post(form["action"], sent, follow=True)
    assert "已转派给商户「童乐玩具专营店」，开始新一轮计时" in answer.text
    assert Ticket.objects.get(pk=ticket.pk).order == order_b


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "请填写正确的订单号"),
        ("QB404", "没有找到该订单，请核对订单号"),
        ("QB10000001", "工单现在就是这个订单，请填写正确的订单号"),
    ],
)
def test_a_wrong_number_is_refused_at_the_field_and_given_back(typed, sentence, order_a, kefu):
    ticket = TicketFactory(order=order_a)
    sent = {"transfer-order_number": typed, "transfer-reason": "订单号看错了一位"}
    answer = signed_in(kefu).post(f"/tickets/{ticket.number}/transfer/", sent)
    form = read(answer).one("form", action=f"/tickets/{ticket.number}/transfer/")
    assert answer.status_code == 422
    assert form.errors() == [sentence]
    assert form.sends() | sent == form.sends()


def test_where_the_ticket_has_moved_on_the_number_is_shown_beside_what_happened(order_a, order_b, kefu):
    ticket = TicketFactory(order=order_a)
    sent = {"transfer-order_number": order_b.number, "transfer-reason": "订单号看错了一位"}
    ticket.cancel(by_user=kefu, reason="消费者不再需要处理")
    page = signed_in(kefu).post(f"/tickets/{ticket.number}/transfer/", sent)
    assert page.status_code == 409
    assert {order_b.number, "订单号看错了一位"} <= set(given_back(page))


def test_while_the_number_is_typed_the_order_is_shown_and_a_choice_is_only_named(kefu, order_a, order_b):
    visitor = signed_in(kefu)
    found = visitor.get("/orders/lookup/", {"transfer-order_number": order_b.number})
    assert "童乐玩具专营店" in found.text
    several = read(visitor.get("/orders/lookup/", {"transfer-order_number": "QB1"}))
    assert order_a.number in several.text
    assert several.all("button") == []
