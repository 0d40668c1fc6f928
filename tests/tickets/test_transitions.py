"""The table of what may follow what, walked whole: every verb from every state by every role."""

import re
from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError

from merchants.access import NotVisible
from tests.factories import (
    ANSWER,
    REASON,
    OrderFactory,
    TicketFactory,
    UserFactory,
    answerer,
    ask_extension,
    cancelled_ticket,
    completed_ticket,
    reason_code,
    returned_ticket,
    submit,
    submitted_ticket,
    ticket_on_hold,
)
from tests.rows import rows_of
from tickets.clock import database_now
from tickets.lifecycle import TRANSITIONS, AlreadyHandled, Outcome, Refused, Status, verbs_for
from tickets.models import Ticket

PEOPLE = ["kefu", "zhuguan", "shangjia", "dianyuan", "sysadmin"]
SERVICE, MERCHANT = {"kefu", "zhuguan"}, {"shangjia", "dianyuan"}
MAY = {
    "submit": MERCHANT,
    "approve": SERVICE,
    "return": SERVICE,
    "cancel": SERVICE,
    "reopen": SERVICE,
    "hold": SERVICE,
    "resume": SERVICE,
    "remind": SERVICE,
    "extend": MERCHANT,
    "grant": SERVICE,
    "decline": SERVICE,
    "claim": MERCHANT,
    "release": MERCHANT,
    "assign": SERVICE | MERCHANT,
    "transfer": SERVICE,
    "merge": SERVICE,
    "rate": SERVICE,
}
METHODS = {
    "return": "return_to_merchant",
    "extend": "ask_extension",
    "grant": "grant_extension",
    "decline": "decline_extension",
}
FROM = {
    "submit": {"waiting_merchant"},
    "approve": {"waiting_review"},
    "return": {"waiting_review"},
    "cancel": {"waiting_merchant", "waiting_review", "on_hold"},
    "reopen": {"completed"},
    "hold": {"waiting_merchant"},
    "resume": {"on_hold"},
    "remind": {"waiting_merchant"},
    "extend": {"waiting_merchant"},
    "grant": {"waiting_merchant"},
    "decline": {"waiting_merchant"},
    "claim": {"waiting_merchant"},
    "release": {"waiting_merchant"},
    "assign": {"waiting_merchant"},
    "transfer": {"waiting_merchant", "waiting_review", "on_hold"},
    "merge": {"waiting_merchant", "waiting_review", "on_hold"},
    "rate": {"completed"},
}
TO = {
    "submit": "waiting_review",
    "approve": "completed",
    "return": "waiting_merchant",
    "cancel": "cancelled",
    "reopen": "waiting_merchant",
    "hold": "on_hold",
    "resume": "waiting_merchant",
    "remind": "waiting_merchant",
    "extend": "waiting_merchant",
    "grant": "waiting_merchant",
    "decline": "waiting_merchant",
    "claim": "waiting_merchant",
    "release": "waiting_merchant",
    "assign": "waiting_merchant",
    "transfer": "waiting_merchant",
    "merge": "cancelled",
    "rate": "completed",
}
EVENTS = {
    "submit": "submitted",
    "approve": "approved",
    "return": "returned",
    "cancel": "cancelled",
    "reopen": "reopened",
    "hold": "held",
    "resume": "resumed",
    "remind": "reminded",
    "extend": "extension_asked",
    "grant": "extension_granted",
    "decline": "extension_declined",
    "claim": "claimed",
    "release": "released",
    "assign": "assigned",
    "transfer": "transferred",
    "merge": "merged",
    "rate": "rated",
}


def act(verb: str, ticket: Ticket, by_user, **also) -> None:
    """Do ``verb`` with everything it must be given."""
    words = {
        "submit": {"outcome": Outcome.SOLVED, "text": ANSWER},
        "return": {"reason": REASON, "code": reason_code("return")},
        "cancel": {"reason": REASON},
        "reopen": {"reason": REASON},
        "hold": {"reason": REASON, "until": database_now() + timedelta(hours=2)},
        "extend": {"reason": REASON, "due_wanted": ticket.due_at + timedelta(hours=2)},
        "decline": {"reason": REASON},
        "assign": {"reason": REASON},
        "transfer": {"reason": REASON},
        "merge": {"reason": REASON},
        "rate": {"stars": 5},
    }
    # Made only where they are needed: somebody, an order, a ticket that the verb leads to.
    if verb == "assign":
        also["to"] = UserFactory(staff_of=ticket.merchant)
    if verb == "transfer":
        also["order"] = OrderFactory()
    if verb == "merge":
        also["into"] = TicketFactory(order=ticket.order)
    getattr(ticket, METHODS.get(verb, verb))(by_user=by_user, **words.get(verb, {}), **also)


def prepare(verb: str, ticket: Ticket) -> Ticket:
    """What has to be there beside the state: a request to be granted or declined, somebody who holds it."""
    if verb in {"grant", "decline"}:
        ask_extension(ticket)
    if verb == "release":
        ticket.claim(by_user=answerer(ticket))
    return ticket


TICKETS: dict[str, Callable[..., Ticket]] = {
    "waiting_merchant": TicketFactory,
    "waiting_review": submitted_ticket,
    "on_hold": ticket_on_hold,
    "completed": completed_ticket,
    "cancelled": cancelled_ticket,
}
ALLOWED = [(verb, status, who) for verb in MAY for status in sorted(FROM[verb]) for who in sorted(MAY[verb])]


def test_the_table_holds_exactly_these_verbs():
    assert set(TRANSITIONS) == set(MAY)


@pytest.mark.parametrize(("verb", "status", "who"), ALLOWED)
def test_an_allowed_verb_leads_where_the_table_says_and_is_recorded(verb, status, who, order_a, request):
    person = request.getfixturevalue(who)
    ticket = prepare(verb, TICKETS[status](order=order_a))
    act(verb, ticket, person)
    ticket.refresh_from_db()
    event = ticket.events.order_by("pk").last()
    assert (ticket.status, ticket.is_open) == (
        TO[verb],
        TO[verb] in {"waiting_merchant", "waiting_review", "on_hold"},
    )
    assert (event.kind, event.actor, event.from_status, event.to_status) == (
        EVENTS[verb],
        person,
        status,
        TO[verb],
    )


@pytest.mark.parametrize("status", Status.values)
def test_what_the_table_does_not_allow_is_refused_and_changes_nothing(status, everybody, order_a, subtests):
    ticket = TICKETS[status](order=order_a)
    before = rows_of(ticket)
    for verb, who in product(MAY, PEOPLE):
        if who in MAY[verb] and status in FROM[verb]:
            continue
        with subtests.test(verb=verb, who=who):
            kind, sentence = (
                (AlreadyHandled, "该工单已处理，请刷新后查看")
                if who in MAY[verb]
                else (Refused, f"您的角色不能执行“{TRANSITIONS[verb].label}”")
            )
            with pytest.raises(Refused) as refusal:
                act(verb, ticket, everybody[who])
            assert (type(refusal.value), str(refusal.value)) == (kind, sentence)
            assert rows_of(ticket) == before


@pytest.mark.parametrize("status", Status.values)
def test_for_another_merchants_person_the_ticket_does_not_exist(status, order_a, shangjia2, subtests):
    ticket = TICKETS[status](order=order_a)
    before = rows_of(ticket)
    for verb in MAY:
        with subtests.test(verb=verb):
            with pytest.raises(NotVisible) as refusal:
                act(verb, ticket, shangjia2)
            assert str(refusal.value) == "工单不存在或无权查看"
            assert rows_of(ticket) == before


@pytest.mark.parametrize("who", PEOPLE)
def test_a_page_offers_exactly_the_verbs_that_would_be_done(who, request):
    person = request.getfixturevalue(who)
    for status in Status.values:
        offered = {row.verb for row in verbs_for(person, status)}
        assert offered == {verb for verb in MAY if who in MAY[verb] and status in FROM[verb]}, status


def second_round(verb: str, order) -> Ticket:
    """A ticket in round 2, in a state from which ``verb`` may be done."""
    ticket = returned_ticket(order=order)
    if verb in {"approve", "return", "reopen", "rate"}:
        submit(ticket, ticket.handled_at)
    if verb in {"reopen", "rate"}:
        ticket.approve(by_user=ticket.opened_by, at=ticket.handled_at)
    if verb == "resume":
        act("hold", ticket, ticket.opened_by)
    return prepare(verb, ticket)


@pytest.mark.parametrize("verb", MAY)
def test_a_page_of_an_earlier_round_is_refused_though_the_state_is_the_same(verb, order_a, request):
    person = request.getfixturevalue(min(MAY[verb]))
    ticket = second_round(verb, order_a)
    before = rows_of(ticket)
    with pytest.raises(AlreadyHandled):
        act(verb, ticket, person, seen_round=1)
    assert rows_of(ticket) == before


@pytest.mark.parametrize("verb", MAY)
def test_a_page_of_the_current_round_is_good(verb, order_a, request):
    person = request.getfixturevalue(min(MAY[verb]))
    ticket = second_round(verb, order_a)
    act(verb, ticket, person, seen_round=2)
    assert ticket.status == TO[verb]


def test_after_a_refusal_the_ticket_at_hand_shows_what_happened_meanwhile(kefu, dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    as_on_the_old_page = Ticket.objects.get(pk=ticket.pk)
    ticket.cancel(by_user=kefu, reason=REASON)
    with pytest.raises(AlreadyHandled):
        act("submit", as_on_the_old_page, dianyuan)
    assert as_on_the_old_page.status == Status.CANCELLED
    assert as_on_the_old_page.handled_at == ticket.handled_at


@pytest.mark.parametrize("verb", ["return", "cancel", "reopen", "decline"])
def test_a_reason_that_says_nothing_is_refused(verb, kefu, order_a, subtests):
    ticket = second_round(verb, order_a)
    before = rows_of(ticket)
    method = getattr(ticket, METHODS.get(verb, verb))
    also = {"code": reason_code("return")} if verb == "return" else {}
    for reason in ["", "  \n", "……！", "\u200b\u2060", "😀"]:
        with subtests.test(reason=reason):
            with pytest.raises(ValidationError, match="请填写"):
                method(by_user=kefu, reason=reason, **also)
            assert rows_of(ticket) == before


def test_history_keeps_the_names_that_people_had(dianyuan, order_a, merchant_a):
    ticket = TicketFactory(order=order_a)
    act("submit", ticket, dianyuan)
    dianyuan.name = merchant_a.name = "改过的名字"
    dianyuan.save()
    merchant_a.save()
    event = ticket.events.get(kind="submitted")
    assert (event.actor_name, event.actor_role) == ("李店员", "亲贝母婴旗舰店")


# Orders and parcels have states of their own, which an import does write.
STATUS_WRITTEN = re.compile(
    r"\b(?!order\.|parcel\.|shipment\.)\w+\.status\s*=(?!=)"
    r"|update\([^)]*\bstatus\s*=|setattr\([^)]*[\"']status[\"']"
)


def test_no_page_form_command_or_admin_writes_a_status():
    """House rule: a transition is one verb on the model."""
    base = settings.BASE_DIR
    files = [path for app in ("tickets", "merchants", "qinqin") for path in (base / app).rglob("*.py")]
    outside = [path for path in files if not path.is_relative_to(base / "tickets" / "models")]
    found = [
        f"{path.relative_to(base)}:{number}: {line.strip()}"
        for path in outside
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if STATUS_WRITTEN.search(line)
    ]
    assert len(outside) > 20
    assert found == []
