"""Saving by statements that are planned once is saving: the same rows, the same errors."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.test.utils import CaptureQueriesContext

from tests.factories import TicketFactory, submitted_ticket
from tickets.models import Draft, Event, Round, Ticket
from tickets.models.submission import Submission

pytestmark = pytest.mark.django_db


def test_what_is_saved_is_what_is_read_back(order_a):
    round_ = TicketFactory(order=order_a).rounds.get()
    round_.skipped = [{"from": "2026-05-01", "说明": "劳动节'\"%s"}]
    round_.took = timedelta(hours=1, microseconds=7)
    round_.responded_after = None
    round_.save(update_fields=["skipped", "took", "responded_after"])
    read = Round.objects.get(pk=round_.pk)
    assert (read.skipped, read.took, read.responded_after) == (round_.skipped, round_.took, None)


def test_a_new_row_has_its_key_and_what_the_database_filled_in(order_a):
    ticket = submitted_ticket(order=order_a)
    event = ticket.events.last()
    assert event.pk
    assert event.reason_name == Event.objects.get(pk=event.pk).reason_name == ""


def test_saving_a_row_that_is_gone_is_told(kefu):
    gone = Submission(pk=10**9, location="/")
    with pytest.raises(Submission.NotUpdated):
        gone.save(update_fields=["location"])


def test_an_expression_is_left_to_the_database(order_a):
    ticket = TicketFactory(order=order_a, problem="奶粉漏粉，罐身凹陷")
    ticket.problem = Concat(F("problem"), Value("，已拍照"))
    ticket.save(update_fields=["problem"])
    assert Ticket.objects.get(pk=ticket.pk).problem == "奶粉漏粉，罐身凹陷，已拍照"


def test_a_rule_of_the_database_speaks_as_ever(order_a):
    ticket = TicketFactory(order=order_a)
    ticket.status = "nonsense"
    with pytest.raises(IntegrityError), transaction.atomic():
        ticket.save(update_fields=["status"])


def test_only_the_named_fields_are_written(order_a):
    ticket = TicketFactory(order=order_a)
    Ticket.objects.filter(pk=ticket.pk).update(problem="别人同时改过的问题描述")
    ticket.was_late = True
    with CaptureQueriesContext(connection) as asked:
        ticket.save(update_fields=["was_late"])
    assert len(asked) == 1
    read = Ticket.objects.get(pk=ticket.pk)
    assert (read.was_late, read.problem) == (True, "别人同时改过的问题描述")


def test_using_a_draft_takes_that_one_and_no_other(order_a, kefu, dianyuan):
    ticket, words = TicketFactory(order=order_a), {"text": "写到一半的话"}
    for person, verb in [(kefu, "note"), (kefu, "message"), (dianyuan, "message")]:
        Draft.keep(by_user=person, ticket=ticket, verb=verb, round_no=1, fields=words)
    Draft.use(kefu, "note", ticket=ticket)
    assert set(Draft.objects.values_list("person__username", "verb")) == {
        (kefu.username, "message"), (dianyuan.username, "message"),
    }  # fmt: skip
