"""新建工单: how a ticket comes into being, one or many."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from orders.models import Order
from tests.factories import CategoryFactory, OrderFactory, TicketFactory
from tests.rows import kinds_of
from tickets.clock import database_now
from tickets.lifecycle import Refused, Status, Urgency
from tickets.models import Event, OrderSnapshot, Policy, Round, Ticket, TicketDraft

MOMENT = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
PROBLEM = "收到的连体衣开线，宝宝不能穿"


def draft(order, problem: str = PROBLEM, urgency: str = Urgency.NORMAL) -> TicketDraft:
    return TicketDraft(order, CategoryFactory(), urgency, problem)


def test_a_ticket_reaches_the_merchant_and_the_consumer_of_its_order(order_a, kefu):
    ticket = Ticket.open(draft(order_a), by_user=kefu)
    ticket.refresh_from_db()
    assert (ticket.merchant, ticket.customer) == (order_a.merchant, order_a.customer)
    assert (ticket.order, ticket.order_number, ticket.opened_by) == (order_a, order_a.number, kefu)
    assert (ticket.status, ticket.is_open, ticket.round_no) == (Status.WAITING_MERCHANT, True, 1)
    assert (ticket.is_returned, ticket.was_late, ticket.result, ticket.completed_at) == (
        False, False, None, None,
    )  # fmt: skip


def test_an_order_whose_consumer_is_unknown_can_have_a_ticket(merchant_a, kefu):
    order = OrderFactory(merchant=merchant_a, customer=None)
    assert Ticket.open(draft(order), by_user=kefu).customer_id is None


def test_its_first_round_begins_with_it(order_a, kefu):
    ticket = Ticket.open(draft(order_a), by_user=kefu, at=MOMENT)
    (first,) = ticket.rounds.all()
    assert (first.number, first.merchant, first.urgency) == (1, order_a.merchant, Urgency.NORMAL)
    assert (first.is_open, first.is_running, first.overdue_at) == (True, True, None)
    assert (first.started_at, first.due_at) == (MOMENT, MOMENT + timedelta(hours=4))
    assert (ticket.warn_at, ticket.due_at) == (first.warn_at, first.due_at)
    assert ticket.created_at == ticket.handled_at == MOMENT


def test_its_history_begins_with_who_opened_it(order_a, zhuguan):
    ticket = Ticket.open(draft(order_a), by_user=zhuguan, at=MOMENT)
    event = ticket.events.get()
    assert (event.kind, event.actor, event.actor_name, event.actor_role) == (
        "opened", zhuguan, "赵主管", "主管",
    )  # fmt: skip
    assert (event.from_status, event.to_status) == ("", Status.WAITING_MERCHANT)
    assert event.occurred_at == event.recorded_at == MOMENT


def test_without_a_moment_it_is_opened_by_the_databases_clock(order_a, kefu):
    before = database_now()
    ticket = Ticket.open(draft(order_a), by_user=kefu)
    assert before <= ticket.created_at <= database_now()


@pytest.mark.parametrize("who", ["shangjia", "dianyuan", "sysadmin"])
def test_only_customer_service_opens_tickets(who, order_a, request):
    with pytest.raises(Refused, match="只有客服和主管可以新建工单"):
        Ticket.open(draft(order_a), by_user=request.getfixturevalue(who))
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"problem": ""}, "problem", "请填写问题描述"),
        ({"problem": "\u200b\u3164 \n"}, "problem", "请填写问题描述"),
        ({"problem": "长" * 10_001}, "problem", "问题描述最多10000字，现在是10001字"),
        ({"urgency": ""}, "urgency", "请选择紧急程度"),
        ({"urgency": "特急"}, "urgency", "请选择紧急程度"),
    ],
)
def test_a_draft_that_is_wrong_is_refused_by_field(wrong, field, sentence, order_a, kefu):
    with pytest.raises(ValidationError) as refusal:
        Ticket.open(draft(order_a, **wrong), by_user=kefu)
    assert refusal.value.message_dict == {field: [sentence]}
    assert not Ticket.objects.exists()


def test_a_merchant_that_was_switched_off_gets_no_new_tickets(order_a, kefu):
    order_a.merchant.is_active = False
    order_a.merchant.save()
    with pytest.raises(ValidationError, match="商户「亲贝母婴旗舰店」已停用"):
        Ticket.open(draft(order_a), by_user=kefu)


def test_without_any_policy_nothing_is_opened(order_a, kefu):
    Policy.objects.filter(urgency=Urgency.URGENT).delete()
    with pytest.raises(ValidationError, match="未设置紧急工单的处理时限，请联系主管"):
        Ticket.open(draft(order_a, urgency=Urgency.URGENT), by_user=kefu)
    assert not Ticket.objects.exists()


def test_the_problem_is_kept_as_it_was_written(order_a, kefu):
    text = "第一行\n\u3000\u3000第二行 <b>😀</b> '; -- {{ 7*7 }}"
    ticket = Ticket.open(draft(order_a, problem=f"  {text}\r\n"), by_user=kefu)
    assert Ticket.objects.get(pk=ticket.pk).problem == text


def test_many_are_opened_as_one_would_be(order_a, order_b, kefu):
    drafts = [
        draft(order_a, problem="第一个问题"),
        draft(order_b, problem="第二个问题", urgency=Urgency.URGENT),
        draft(order_a, problem="第三个问题"),
    ]
    tickets = Ticket.open_many(iter(drafts), by_user=kefu, at=MOMENT)
    assert [ticket.problem for ticket in tickets] == ["第一个问题", "第二个问题", "第三个问题"]
    assert [ticket.number for ticket in tickets] == [f"GD20261123-00000{n}" for n in (1, 2, 3)]
    for ticket, one in zip(tickets, drafts, strict=True):
        kept = Ticket.objects.get(pk=ticket.pk)
        assert (kept.order, kept.merchant, kept.urgency) == (one.order, one.order.merchant, one.urgency)
        assert kinds_of(kept) == ["opened"]
        assert kept.rounds.get().due_at == kept.due_at
        assert kept.snapshot.facts["consignee"] == one.order.consignee


def test_one_wrong_draft_keeps_all_of_them_out(order_a, kefu):
    with pytest.raises(ValidationError):
        Ticket.open_many([draft(order_a), draft(order_a, problem=" ")], by_user=kefu)
    assert [model.objects.count() for model in (Ticket, Round, Event, OrderSnapshot)] == [0, 0, 0, 0]


def test_none_at_all_is_no_error(kefu):
    assert Ticket.open_many([], by_user=kefu) == []


def test_fifty_cost_as_many_statements_as_one(merchant_a, kefu, django_assert_num_queries):
    for _ in range(50):
        OrderFactory(merchant=merchant_a)
    orders = Order.objects.select_related("merchant").prefetch_related("lines", "shipments")
    category = CategoryFactory()
    for many in (1, 50):
        drafts = [TicketDraft(order, category, Urgency.NORMAL, PROBLEM) for order in orders[:many]]
        # Two of them keep what is searched; SQLite needs two more for that.
        with django_assert_num_queries(13 if connection.vendor == "postgresql" else 15):
            Ticket.open_many(drafts, by_user=kefu)


def test_an_order_can_have_several_tickets(order_a):
    TicketFactory(order=order_a)
    TicketFactory(order=order_a)
    assert order_a.tickets.count() == 2


def test_a_consumer_who_only_asks_has_a_problem_too(kefu, order_a):
    assert Ticket.open(draft(order_a, "？？？？"), by_user=kefu).problem == "？？？？"


def test_a_kind_of_problem_that_is_out_of_use_opens_nothing(order_a, kefu):
    unused = CategoryFactory(name="停用的类型", is_active=False)
    with pytest.raises(ValidationError) as wrong:
        Ticket.open(TicketDraft(order_a, unused, Urgency.NORMAL, PROBLEM), by_user=kefu)
    assert wrong.value.message_dict == {"category": ["问题类型「停用的类型」已停用"]}
