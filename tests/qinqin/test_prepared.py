"""Prepared query sets: the ORM's answer, planned once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qinqin.prepared import Prepared, Together
from tests.factories import TicketFactory
from tickets.clock import database_now
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def test_slots_take_other_values_each_time_and_constants_stay(order_a):
    old, new = TicketFactory(order=order_a, opened_ago=timedelta(days=2)), TicketFactory(order=order_a)
    question = Prepared(
        lambda slots: Ticket.objects.filter(
            created_at__lt=slots.until_at, merchant=slots.merchant, problem__contains=""
        ).order_by("pk").values("number", "created_at")
    )  # fmt: skip
    now = database_now()
    both = [{"number": each.number, "created_at": each.created_at} for each in (old, new)]
    assert question.dicts(until_at=now, merchant=order_a.merchant_id) == both
    assert question.dicts(until_at=now - timedelta(days=1), merchant=order_a.merchant_id) == both[:1]
    assert question.dicts(until_at=now, merchant=0) == []


@pytest.mark.parametrize("text", ["100% 好", "%s", "'; DROP", "a\\'b", "%%"])
def test_a_constant_means_itself(text, order_a):
    ticket = TicketFactory(order=order_a, problem=f"请看 {text} 这里")
    TicketFactory(order=order_a)
    question = Prepared(lambda slots: Ticket.objects.filter(problem__contains=text).values_list("number"))
    assert [number for (number,) in question.rows()] == [ticket.number]


def test_what_is_asked_together_is_one_statement_with_its_time(order_a):
    ticket = TicketFactory(order=order_a)
    together = Together(
        {
            "all": lambda slots: Ticket.objects.values_list("id"),
            "due": lambda slots: Ticket.objects.filter(due_at__lte=slots.now_at).values_list("id"),
            "none": lambda slots: Ticket.objects.none().values_list("id"),
        },
        {
            "of": lambda slots: Ticket.objects.filter(merchant=slots.merchant).values_list("id"),
            "nobody": lambda slots: Ticket.objects.none().values_list("id"),
        },
    )
    before = database_now()
    with CaptureQueriesContext(connection) as queries:
        found = together.ask(merchant=order_a.merchant_id)
    assert len(queries) == 1
    assert before - timedelta(seconds=1) <= found.pop("now") <= database_now() + timedelta(seconds=1)
    assert found == {"all": 1, "due": 0, "none": 0, "of": [ticket.pk], "nobody": []}
