"""The ticket's page: the ticket with all that it has one of, and everything that it has several of."""

from functools import cache
from types import SimpleNamespace

from django.db import connection
from django.db.models.functions import Now

from merchants.access import WORKING_ROLES, NotVisible
from merchants.models import User
from orders.models import OrderLine, Shipment

from ..lifecycle import verbs_for
from ..models import Attachment, Draft, Phrase, Presence, ReasonCode, ReasonKind, Ticket
from ..models.ticket import NOT_VISIBLE
from ..related import MOST, of_consumer, of_order
from .prepared import CATEGORY, CUSTOMER, NUMBER, ORDER, SHOP, TICKET, Bundle, Question, Rows
from .rows import Article, Colleague, Offered, Other, Parcel, Present
from .story import ATTACHMENT_COLUMNS, objects, reader, story, values_of

# As many as somebody can read through.
MOST_DUPLICATES = 20
OTHER_COLUMNS = ("number", "status", "category__name", "merchant_id", "merchant__name", "created_at")
# What a verb that can be pressed needs beside itself.
NEEDED_BY = {
    "assign": {"workers"},
    "merge": {"duplicates"},
    "submit": {"unsolved", "platform"},
    "return": {"return"},
}


def find_ticket(user: User, number: str) -> Ticket:
    """The ticket with this number that the person may see, with all that its page shows one of; ``as_of`` is the
    database's time. One statement. ``NotVisible`` otherwise.
    """
    found = []
    if user.role in WORKING_ROLES and "\x00" not in number:  # which no text column can hold
        found = _ticket(connection.vendor, user.role).ask(number=number, own_shop=user.merchant_id)
    if not found:
        raise NotVisible(NOT_VISIBLE)
    return found[0]


@cache
def _ticket(vendor: str, role: str) -> Question:
    tickets = Ticket.objects.for_user(reader(role)).filter(number=NUMBER).order_by()
    return Question(
        tickets.select_related(
            "merchant", "category", "opened_by", "order__customer", "snapshot", "assignee", "merged_into"
        ).annotate(as_of=Now())
    )


def page_of(ticket: Ticket, user: User) -> SimpleNamespace:
    """Everything else that the ticket's page shows this person. One statement.

    What nobody can press is not read for (``duplicates``, ``workers``, the reasons): it is empty then.
    """
    needed = frozenset(_needed(ticket, user))
    read = dict.fromkeys(SOMETIMES, ()) | _bundle(connection.vendor, user.role, needed).ask(
        **values_of(ticket, user)
    )
    return SimpleNamespace(**read)


def _needed(ticket: Ticket, user: User) -> set[str]:
    if ticket.archived_at:
        return set()
    needed = {"colleagues", "staged"}
    for transition in verbs_for(user, ticket.status):
        needed |= NEEDED_BY.get(transition.verb, set())
    return needed


@cache
def _bundle(vendor: str, role: str, needed: frozenset[str]) -> Bundle:
    user = reader(role)
    sometimes = {name: make(user) for name, make in SOMETIMES.items() if name in needed}
    return Bundle(**story(user), **_always(user), **sometimes)


def _always(user: User) -> dict[str, Rows]:
    ticket = stand_in()
    merged = Ticket.objects.for_user(user).filter(merged_into=TICKET).order_by("created_at")
    return {
        "lines": Rows(OrderLine.objects.filter(order=ORDER), Article._fields, Article._make),
        "shipments": Rows(Shipment.objects.filter(order=ORDER).order_by("pk"), Parcel._fields, Parcel._make),
        "drafts": objects(Draft.objects.about(user, ticket), "id", "verb", "round_no", "fields", "saved_at"),
        "present": Rows(
            Presence.objects.others(ticket, user, Now()),
            ["is_typing", "person__username", "person__name"],
            Present._make,
        ),
        "phrases": objects(Phrase.objects.for_user(user), "id", "owner_id", "title", "text"),
        "merged": _others(merged[:MOST_DUPLICATES]),
        "of_order": _others(of_order(ticket, user)[: MOST + 1]),
        "of_consumer": _others(of_consumer(ticket, user)[: MOST + 1]),
    }


def _reasons(kind: str):
    return lambda user: Rows(
        ReasonCode.objects.offered(kind, CATEGORY), ["kind", "pk", "name"], Offered._make
    )


SOMETIMES = {
    "colleagues": lambda user: Rows(
        User.objects.side_of(user).exclude(pk=user.pk).order_by("name", "pk"),
        Colleague._fields,
        Colleague._make,
    ),
    "workers": lambda user: Rows(
        User.objects.for_user(user).working_for(SHOP).order_by("name", "pk"),
        Colleague._fields,
        Colleague._make,
    ),
    "duplicates": lambda user: _others(stand_in().duplicates()[:MOST_DUPLICATES]),
    "staged": lambda user: objects(
        Attachment.objects.staged().filter(uploaded_by=user, ticket=TICKET).order_by("pk"),
        *ATTACHMENT_COLUMNS,
    ),
    **{kind.value: _reasons(kind) for kind in ReasonKind},
}


def stand_in() -> Ticket:
    """A ticket in whose place any other can be asked about."""
    return Ticket(pk=TICKET, order_id=ORDER, customer_id=CUSTOMER, merchant_id=SHOP)


def _others(tickets) -> Rows:
    return Rows(tickets, OTHER_COLUMNS, Other._make)
