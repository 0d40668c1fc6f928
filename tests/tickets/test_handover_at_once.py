"""Hand-overs at the same moment: one claim counts, and two who merge crosswise neither wait forever nor make a ring."""

import pytest
from django.core.exceptions import ValidationError

from tests.factories import ANSWER, REASON, OrderFactory, TicketFactory, UserFactory
from tests.rows import kinds_of
from tickets.lifecycle import Outcome, Refused, Status
from tickets.models import Ticket

from .test_concurrency import at_once, refusals, submission

pytestmark = [pytest.mark.processes, pytest.mark.usefixtures("committed")]


def test_of_five_who_claim_at_once_one_holds_it_and_the_others_hear_the_name():
    for _ in range(3):
        ticket = TicketFactory()
        people = [UserFactory(staff_of=ticket.merchant) for _ in range(5)]
        pages = [Ticket.objects.get(pk=ticket.pk) for _ in people]
        outcomes = at_once(
            *(lambda page=page, person=person: page.claim(by_user=person)
              for page, person in zip(pages, people, strict=True))
        )  # fmt: skip
        ticket.refresh_from_db()
        said = [str(one) for one in outcomes if isinstance(one, Refused)]
        assert said == [f"该工单已由{ticket.assignee}认领；需要您来处理，请打开工单点“接手”"] * 4
        assert kinds_of(ticket) == ["opened", "claimed"]
        assert ticket.events.get(kind="claimed").actor == ticket.assignee


def test_two_who_merge_crosswise_make_no_ring():
    order, person, other = OrderFactory(), UserFactory(), UserFactory()
    for _ in range(3):
        one, two = TicketFactory(order=order, by_user=person), TicketFactory(order=order, by_user=person)
        page_one, page_two = Ticket.objects.get(pk=one.pk), Ticket.objects.get(pk=two.pk)
        outcomes = at_once(
            lambda mine=page_one, into=two: mine.merge(by_user=person, into=into, reason=REASON),
            lambda mine=page_two, into=one: mine.merge(by_user=other, into=into, reason=REASON),
        )
        assert outcomes.count(None) == 1
        [refusal] = [outcome for outcome in outcomes if outcome is not None]
        assert isinstance(refusal, Refused | ValidationError)
        states = Ticket.objects.filter(pk__in=[one.pk, two.pk]).values_list("status", flat=True)
        assert sorted(states) == [Status.CANCELLED, Status.WAITING_MERCHANT]


def test_an_answer_and_a_transfer_at_once_never_leave_an_answer_with_the_wrong_merchant():
    for _ in range(3):
        ticket, right, clerk = TicketFactory(), OrderFactory(), UserFactory()
        person = UserFactory(staff_of=ticket.merchant)
        page = Ticket.objects.get(pk=ticket.pk)
        outcomes = at_once(
            submission(ticket, person, ANSWER),
            lambda page=page, right=right, clerk=clerk: page.transfer(
                by_user=clerk, order=right, reason=REASON, seen_round=1, seen_status="waiting_merchant"
            ),
        )
        ticket.refresh_from_db()
        if refusals(outcomes):  # the answer came first, and nobody had read it
            assert (ticket.status, ticket.merchant) == (Status.WAITING_REVIEW, person.merchant)
            assert ticket.result.outcome == Outcome.SOLVED
        else:  # the ticket was gone: not even that it exists is said
            assert sum(isinstance(one, Exception) for one in outcomes) == 1
            assert (ticket.status, ticket.merchant) == (Status.WAITING_MERCHANT, right.merchant)
            assert ticket.result is None
