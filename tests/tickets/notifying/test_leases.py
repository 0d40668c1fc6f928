"""What a worker has taken, and what becomes of it when the worker or the database goes away."""

from datetime import timedelta
from unittest import mock

import pytest
from django.db import OperationalError

from tests.tickets.notifying.outbox import fate, mail_to, message_to
from tickets.models import Delivery
from tickets.notifying import claiming
from tickets.notifying.channels import letters
from tickets.notifying.delivering import Delivered, Worker

pytestmark = pytest.mark.django_db


# ---- leases ----


def test_what_one_worker_has_taken_no_other_takes_before_the_lease_is_over(person, robot, clock):
    mail_to(person, clock)
    message_to(robot, clock)
    assert len(claiming.claim_mails(clock()) + claiming.claim_robots(clock(), 8)) == 2
    message_to(robot, clock)  # it is being sent to
    clock.pass_by(timedelta(seconds=29))
    assert claiming.claim_mails(clock()) + claiming.claim_robots(clock(), 8) == []
    clock.pass_by(claiming.LEASE)
    assert len(claiming.claim_mails(clock())) == 1
    assert [len(claim.rows) for claim in claiming.claim_robots(clock(), 8)] == [2]


def test_a_mail_that_arrived_after_the_lease_has_arrived(person, clock):
    delivery = mail_to(person, clock)
    (claim,) = claiming.claim_mails(clock())
    clock.pass_by(claiming.LEASE)
    claiming.claim_mails(clock())
    claiming.note(claim, None, clock())
    assert fate(delivery)[0] == "sent"


def test_a_failure_after_the_lease_is_left_to_the_next_holder(person, clock):
    delivery = mail_to(person, clock)
    (claim,) = claiming.claim_mails(clock())
    clock.pass_by(claiming.LEASE)
    claiming.claim_mails(clock())
    claiming.note(claim, letters.Undelivered("太晚"), clock())
    assert fate(delivery) == ("waiting", 0, "")


def test_what_a_worker_that_stops_has_not_tried_is_free_at_once(person, clock, mail_server):
    deliveries = [mail_to(person, clock) for _ in range(3)]
    worker = Worker(clock)
    with worker:
        mail_server.on_mail = worker.stop
        done = worker.finish(worker.go_round())
    assert done.sent == 1
    assert [fate(delivery)[0] for delivery in deliveries] == ["sent", "waiting", "waiting"]
    assert {row.next_attempt_at for row in Delivery.objects.filter(state="waiting")} == {clock()}


def test_what_the_database_does_not_take_now_is_noted_in_the_next_round(
    person, clock, mail_server, monkeypatch
):
    delivery = mail_to(person, clock)
    with Worker(clock) as worker:
        worker.go_round()
        with monkeypatch.context() as patch:
            patch.setattr(claiming, "note", mock.Mock(side_effect=OperationalError("gone")))
            with pytest.raises(OperationalError):
                worker.finish(Delivered(clock()))
        worker.finish(worker.go_round())
    assert fate(delivery) == ("sent", 1, "")
    assert len(mail_server.mails) == 1
