"""A round of the delivery worker: that it is noted, and what it costs."""

from datetime import timedelta

import pytest
from django.db import connection

from tests.tickets.notifying.outbox import mail_to
from tickets.models import Delivery, DeliveryRun
from tickets.notifying import claiming
from tickets.notifying.delivering import Worker, run_once

pytestmark = pytest.mark.django_db


# ---- that it runs ----


def test_a_round_is_noted():
    assert DeliveryRun.age() is None
    run_once()
    assert timedelta() <= DeliveryRun.age() < DeliveryRun.STALE_AFTER


def test_a_round_that_finds_nothing_writes_at_most_every_ten_seconds(clock, django_assert_num_queries):
    with Worker(clock) as worker:
        worker.go_round()
        clock.pass_by(timedelta(seconds=9))
        with django_assert_num_queries(4):
            worker.go_round()
        clock.pass_by(timedelta(seconds=1))
        worker.go_round()
    assert DeliveryRun.objects.get().finished_at == clock()


@pytest.mark.parametrize("how_many", [1, 40])
def test_a_claim_of_mails_costs_the_same_statements_for_one_and_for_many(
    how_many, person, clock, django_assert_num_queries
):
    for _ in range(how_many):
        mail_to(person, clock)
    with django_assert_num_queries(5):  # two of them are the savepoint that stands for the transaction here
        assert sum(len(claim.rows) for claim in claiming.claim_mails(clock())) == how_many


def test_the_outbox_is_searched_by_its_partial_index(person, clock):
    about = {"channel": "email", "person": person, "kind": "opened", "text": "-", "created_at": clock()}
    Delivery.objects.bulk_create(
        Delivery(key=f"old:{n}", state="sent", finished_at=clock(), next_attempt_at=clock(), **about)
        for n in range(2_000)
    )
    due = Delivery.objects.due(clock()).filter(channel="email").order_by("next_attempt_at", "pk")[:50]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tickets_delivery")
    assert "delivery_waiting" in due.explain()
