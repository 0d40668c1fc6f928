"""时限: rows that managers change, and what a change touches."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from tests.factories import (
    REASON,
    CategoryFactory,
    PolicyFactory,
    TicketFactory,
    reason_code,
    submitted_ticket,
)
from tests.pages import signed_in
from tests.rows import allowed, rows_of
from tickets.lifecycle import Urgency
from tickets.models import Calendar, Category, Policy
from tickets.models.catalogue import PolicyBook

pytestmark = pytest.mark.django_db


def general(urgency: str = Urgency.NORMAL) -> Policy:
    return Policy.objects.get(category=None, urgency=urgency)


def test_the_product_starts_with_the_agreed_deadlines_and_some_categories():
    rows = Policy.objects.filter(category=None).values_list("urgency", "warning_minutes", "deadline_minutes")
    assert sorted(rows) == [("important", 90, 180), ("normal", 120, 240), ("urgent", 60, 120)]
    assert Category.objects.filter(is_active=True).count() >= 5


def test_the_policy_of_the_category_goes_before_the_general_one(order_a):
    delivery, quality = CategoryFactory(name="物流配送"), CategoryFactory(name="商品质量")
    PolicyFactory(category=delivery, urgency=Urgency.NORMAL, warning_minutes=20, deadline_minutes=45)
    quick, usual = (
        TicketFactory(order=order_a, category=delivery),
        TicketFactory(order=order_a, category=quality),
    )
    assert allowed(quick.rounds.get()) == timedelta(minutes=45)
    assert quick.warn_at - quick.created_at == timedelta(minutes=20)
    assert allowed(usual.rounds.get()) == timedelta(hours=4)


def test_for_an_urgency_that_the_category_does_not_name_the_general_one_holds(order_a):
    delivery = CategoryFactory(name="物流配送")
    PolicyFactory(category=delivery, urgency=Urgency.URGENT, warning_minutes=20, deadline_minutes=45)
    assert allowed(TicketFactory(order=order_a, category=delivery).rounds.get()) == timedelta(hours=4)


def test_a_changed_policy_leaves_running_rounds_alone(order_a):
    ticket = TicketFactory(order=order_a)
    before = rows_of(ticket)
    policy = general()
    policy.deadline_minutes, policy.warning_minutes = 30, 10
    policy.save()
    assert rows_of(ticket) == before


def test_a_changed_policy_holds_for_rounds_that_begin_afterwards(order_a, kefu):
    ticket = submitted_ticket(order=order_a)
    Policy.objects.filter(pk=general().pk).update(deadline_minutes=30, warning_minutes=10)
    ticket.return_to_merchant(by_user=kefu, reason=REASON, code=reason_code("return"))
    first, second = ticket.rounds.order_by("number")
    assert (allowed(first), allowed(second)) == (timedelta(hours=4), timedelta(minutes=30))
    assert allowed(TicketFactory(order=order_a).rounds.get()) == timedelta(minutes=30)


def test_a_deleted_policy_leaves_the_times_of_its_rounds(order_a):
    ticket = TicketFactory(order=order_a)
    general().delete()
    round_ = ticket.rounds.get()
    assert round_.policy is None
    assert allowed(round_) == timedelta(hours=4)


def test_where_no_policy_is_set_one_reads_whom_to_ask():
    Policy.objects.filter(urgency=Urgency.IMPORTANT).delete()
    with pytest.raises(ValidationError, match="未设置重要工单的处理时限，请联系主管"):
        PolicyBook().find(CategoryFactory().pk, Urgency.IMPORTANT)


def test_a_book_of_policies_is_read_once(django_assert_num_queries):
    categories = [CategoryFactory(name=f"类型{n}") for n in range(20)]
    with django_assert_num_queries(1):
        book = PolicyBook()
        for category in categories:
            book.find(category.pk, Urgency.NORMAL)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"warning_minutes": 240, "deadline_minutes": 240}, "一般预警必须早于处理时限"),
        ({"warning_minutes": 0, "deadline_minutes": 240}, "一般预警至少1分钟"),
        ({"urgency": "normal", "category": None}, "该紧急程度的通用时限已存在。"),
    ],
)
def test_the_admin_reads_why_a_policy_cannot_be(values, sentence):
    other = {
        "category": CategoryFactory(),
        "urgency": "urgent",
        "warning_minutes": 60,
        "deadline_minutes": 120,
        "calendar": Calendar.objects.get(is_always=True),
    }
    with pytest.raises(ValidationError) as wrong:
        Policy(**other | values).full_clean()
    assert sentence in wrong.value.messages


@pytest.fixture
def no_service_time():
    """A calendar whose shifts somebody has taken away behind the product's back."""
    calendar = Calendar.objects.create(name="空日历")
    Policy.objects.update(calendar=calendar)


def test_a_calendar_without_service_time_is_a_sentence_when_a_ticket_is_opened(
    kefu, order_a, no_service_time
):
    page = signed_in(kefu).post(
        "/tickets/new/",
        {
            "order_number": order_a.number,
            "category": CategoryFactory().pk,
            "urgency": Urgency.NORMAL,
            "problem": "收到的连体衣开线，要求换货。",
        },
    )
    assert page.status_code == 422
    assert "服务日历「空日历」没有可用的服务时间" in page.text


def test_a_calendar_without_service_time_is_a_sentence_when_a_ticket_is_returned(kefu, order_a):
    ticket = submitted_ticket(order=order_a)
    calendar = Calendar.objects.create(name="空日历")
    Policy.objects.update(calendar=calendar)
    page = signed_in(kefu).post(
        f"{ticket.get_absolute_url()}return/",
        {"return-reason": REASON, "return-code": reason_code("return").pk, "return-seen_round": 1},
    )
    assert page.status_code == 422
    assert "服务日历「空日历」没有可用的服务时间" in page.text
    ticket.refresh_from_db()
    assert ticket.round_no == 1
