"""What happened to a ticket: rounds, what belongs to them, and what was said, as ``History`` tells it."""

from collections.abc import Iterable
from functools import cache, partial
from types import SimpleNamespace

from django.db import DEFAULT_DB_ALIAS, connection

from merchants.models import User

from ..models import (
    Alert,
    AlertLevel,
    Attachment,
    Calendar,
    Event,
    Exemption,
    Extension,
    Message,
    Pause,
    Rating,
    Result,
    Round,
    Ticket,
)
from .prepared import OWN_SHOP, PERSON, TICKET, Bundle, Rows
from .rows import Act, Answer, Rated, Rung, Said


def _in_order(model, columns: Iterable[str]) -> list[str]:
    """The columns in the model's own order, in which ``from_db`` takes them."""
    return [field.attname for field in model._meta.concrete_fields if field.attname in columns]


PERSON_COLUMNS = ("username", "name", "role", "merchant__name")
ROUND_COLUMNS = _in_order(Round, {
    "id", "ticket_id", "merchant_id", "number", "started_at", "calendar_id", "warn_at", "critical_at", "due_at",
    "is_open", "is_running", "submitted_at", "closed_at", "overdue_at", "paused_at", "skipped", "took",
})  # fmt: skip
CALENDAR_COLUMNS = ("name", "is_always", "observes_holidays")
ATTACHMENT_COLUMNS = _in_order(Attachment, {
    "id", "key", "ticket_id", "result_id", "message_id", "purpose", "purged_at", "position", "name",
    "caption", "media_type", "size", "thumbnail_name", "bound_at",
})  # fmt: skip


def story_of(ticket: Ticket, viewer: User | None) -> SimpleNamespace:
    """What ``History`` tells of a ticket to ``viewer``; without one nothing of what was said. One statement."""
    return SimpleNamespace(
        **_bundle(connection.vendor, viewer and viewer.role).ask(**values_of(ticket, viewer))
    )


def values_of(ticket: Ticket, viewer: User | None) -> dict:
    """What stands in the place of the stand-ins."""
    return {
        "ticket": ticket.pk,
        "order": ticket.order_id,
        "customer": ticket.customer_id,
        "shop": ticket.merchant_id,
        "category": ticket.category_id,
        "person": viewer and viewer.pk,
        "own_shop": viewer and viewer.merchant_id,
    }


def reader(role: str) -> User:
    """A person of this role, with stand-ins for who it is; what they may see is asked for with ``for_user()``."""
    own_shop = OWN_SHOP if User(role=role).is_merchant else None
    return User(pk=PERSON, role=role, merchant_id=own_shop)


@cache
def _bundle(vendor: str, role: str | None) -> Bundle:
    return Bundle(**story(role and reader(role)))


def story(viewer: User | None) -> dict[str, Rows]:
    """The kinds of rows that make a story."""
    kinds = {
        "rounds": Rows(
            Round.objects.filter(ticket=TICKET).order_by("number"),
            [*ROUND_COLUMNS, "merchant__name", *(f"calendar__{name}" for name in CALENDAR_COLUMNS)],
            _round,
        ),
        "pauses": _objects(Pause, "round_id", "reason", "started_at", "until", "ended_at"),
        "extensions": _objects(
            Extension, "round_id", "reason", "due_before", "due_wanted", "answer", "answered_at"
        ),
        "exempted": Rows(
            Exemption.objects.active().filter(round__ticket=TICKET), ["round_id"], lambda row: row[0]
        ),
        "results": Rows(
            Result.objects.filter(round__ticket=TICKET),
            [
                *("pk", "round_id", "outcome", "text", "reason_name", "submitted_at"),
                *(f"submitted_by__{name}" for name in PERSON_COLUMNS),
            ],
            Answer._make,
        ),
        "events": Rows(
            Event.objects.filter(ticket=TICKET).order_by("occurred_at", "id"), Act._fields, Act._make
        ),
        "attachments": Rows(
            # Without a viewer nothing of what was said.
            (Attachment.objects.for_user(viewer) if viewer else Attachment.objects.filter(message=None))
            .bound()
            .filter(ticket=TICKET),
            [*ATTACHMENT_COLUMNS, *(f"uploaded_by__{name}" for name in PERSON_COLUMNS)],
            attachment,
        ),
        "alerts": Rows(
            Alert.objects.filter(round__ticket=TICKET).exclude(level=AlertLevel.URGENT),
            Rung._fields,
            Rung._make,
        ),
        "ratings": Rows(
            Rating.objects.given().filter(ticket=TICKET),
            ["round_id", "stars", "words", "at", *(f"by__{name}" for name in PERSON_COLUMNS)],
            Rated._make,
        ),
    }
    if viewer:
        kinds["messages"] = Rows(
            Message.objects.for_user(viewer).filter(ticket=TICKET), Said._fields, Said._make
        )
    return kinds


def objects(rows, *columns: str) -> Rows:
    """Rows as objects of their model with nothing but these columns."""
    columns = _in_order(rows.model, columns)
    return Rows(rows, columns, partial(rows.model.from_db, DEFAULT_DB_ALIAS, columns))


def _objects(model, *columns: str) -> Rows:
    """What belongs to the ticket's rounds, in the model's own order."""
    return objects(model.objects.filter(round__ticket=TICKET), "id", *columns)


def _round(row: list) -> Round:
    columns = len(ROUND_COLUMNS)
    read = Round.from_db(DEFAULT_DB_ALIAS, ROUND_COLUMNS, row[:columns])
    read.merchant_name, *calendar = row[columns:]
    if read.calendar_id:
        read.calendar = Calendar.from_db(
            DEFAULT_DB_ALIAS, ("id", *CALENDAR_COLUMNS), [read.calendar_id, *calendar]
        )
    return read


def attachment(row: list) -> Attachment:
    columns = len(ATTACHMENT_COLUMNS)
    read = Attachment.from_db(DEFAULT_DB_ALIAS, ATTACHMENT_COLUMNS, row[:columns])
    read.uploader = row[columns:]
    return read
