"""时限策略: managers set deadlines; what runs already keeps its own."""

from datetime import timedelta

import pytest

from tests.factories import CategoryFactory, TicketFactory, submitted_ticket
from tests.pages import read
from tests.tickets.deadlines.pages import PAGE, TYPED, at, general, own, said, table
from tickets import clock
from tickets.lifecycle import Urgency
from tickets.models import Policy, Round

pytestmark = pytest.mark.django_db


def test_it_lists_the_policies_in_words_the_general_ones_first(visitor):
    own()
    rows = table(visitor.get(PAGE), "policies")
    assert [(row["问题类型"], row["紧急程度"], row["时限"]) for row in rows] == [
        ("全部类型", "一般", "4小时00分"),
        ("全部类型", "重要", "3小时00分"),
        ("全部类型", "紧急", "2小时00分"),
        ("物流配送", "一般", "45分"),
    ]
    assert (rows[0]["一般预警"], rows[0]["服务日历"], rows[0]["最长挂起"]) == ("2小时00分", "7×24", "48小时")


def test_a_policy_for_a_category_decides_on_its_next_ticket(visitor, order_a, always):
    category = CategoryFactory(name="物流配送")
    typed = TYPED | {"category": category.pk, "urgency": "normal", "calendar": always.pk}
    assert visitor.post(at("policy_new"), typed)["Location"] == PAGE
    ticket = TicketFactory(order=order_a, category=category)
    assert ticket.due_at - ticket.created_at == timedelta(hours=1)


def test_changing_a_policy_leaves_running_rounds_alone(visitor, order_a, always):
    running = TicketFactory(order=order_a)
    before = Round.objects.values().get(ticket=running)
    visitor.post(at("policy_edit", general()), TYPED | {"calendar": always.pk})
    assert Round.objects.values().get(ticket=running) == before
    later = TicketFactory(order=order_a, category=CategoryFactory(name="发票"))
    assert later.due_at - later.created_at == timedelta(hours=1)


def test_the_edit_page_says_whom_the_change_concerns(visitor, order_a):
    policy = own()
    TicketFactory(order=order_a, category=policy.category)
    submitted_ticket(order=order_a, category=policy.category)
    TicketFactory(order=order_a, category=policy.category, opened_ago=timedelta(days=8))
    TicketFactory(order=order_a, category=policy.category, urgency=Urgency.URGENT)
    words = said(visitor.get(at("policy_edit", policy)))
    assert "进行中的 2 个处理轮次保持原来的截止时间" in words
    assert "最近7天新建了 2 张这类工单" in words


def test_a_general_policy_does_not_count_what_has_a_policy_of_its_own(visitor, order_a):
    TicketFactory(order=order_a, category=own().category)
    TicketFactory(order=order_a, category=CategoryFactory(name="发票"))
    assert "最近7天新建了 1 张这类工单" in said(visitor.get(at("policy_edit", general())))


def test_a_held_round_counts_among_those_that_keep_their_deadline(visitor, order_a, kefu):
    ticket = TicketFactory(order=order_a)
    ticket.hold(by_user=kefu, reason="等消费者回复", until=clock.database_now() + timedelta(hours=5))
    assert "进行中的 1 个处理轮次" in said(visitor.get(at("policy_edit", general())))


def test_what_a_policy_is_for_cannot_be_changed_afterwards(visitor, always):
    policy, other = general(), CategoryFactory(name="发票")
    typed = TYPED | {"calendar": always.pk, "category": other.pk, "urgency": "urgent"}
    visitor.post(at("policy_edit", policy), typed)
    policy.refresh_from_db()
    assert (policy.category, policy.urgency, policy.deadline_minutes) == (None, "normal", 60)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"warning_minutes": "60"}, "一般预警必须早于处理时限"),
        ({"warning_minutes": "0"}, "一般预警至少1分钟"),
        ({"deadline_minutes": "43201"}, "处理时限应在2到43200分钟（30天）之间"),
        ({"deadline_minutes": ""}, "请填写处理时限的分钟数"),
        ({"hold_hours": "0"}, "最长挂起应在1到720小时（30天）之间"),
        ({"calendar": ""}, "请选择服务日历"),
    ],
)
def test_an_impossible_policy_is_refused_beside_its_field(visitor, always, typed, sentence):
    policy = general()
    page = visitor.post(at("policy_edit", policy), TYPED | {"calendar": always.pk} | typed)
    field = read(page).one("ul", id=f"id_{next(iter(typed))}_error")
    assert (page.status_code, field.text) == (422, sentence)
    assert general().deadline_minutes == 240


def test_a_second_policy_for_the_same_thing_is_refused(visitor, always):
    policy = own()
    typed = TYPED | {"category": policy.category_id, "urgency": "normal", "calendar": always.pk}
    page = visitor.post(at("policy_new"), typed)
    assert page.status_code == 422
    assert read(page).errors() == ["该问题类型和紧急程度的时限已存在。"]
    assert Policy.objects.filter(category=policy.category).count() == 1


def test_a_category_goes_back_to_the_general_policy(visitor, order_a):
    policy = own()
    running = TicketFactory(order=order_a, category=policy.category)
    assert visitor.post(at("policy_delete", policy))["Location"] == PAGE
    later = TicketFactory(order=order_a, category=policy.category)
    assert later.due_at - later.created_at == timedelta(hours=4)
    assert running.rounds.get().due_at == running.due_at


def test_the_general_policy_of_an_urgency_cannot_be_deleted(visitor):
    page = visitor.post(at("policy_delete", general()), follow=True)
    assert "通用时限不能删除" in said(page)
    assert general()
    assert not read(visitor.get(at("policy_edit", general()))).all(
        "form", action=at("policy_delete", general())
    )
