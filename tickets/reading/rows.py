"""What is read about a ticket, row by row: values, where the page only shows them."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from merchants.models import Merchant, User
from orders.models import OrderLine, Shipment, ShipmentStatus

from ..addresses import address
from ..lifecycle import EventKind, Outcome, Status
from ..models.alert import AlertLevel
from ..models.message import MessageAudience
from ..models.rating import LOW_STARS


class Act(NamedTuple):
    """An ``Event``."""

    round_id: int
    kind: str
    actor_id: int | None
    actor_name: str
    actor_role: str
    text: str
    reason_name: str
    occurred_at: datetime

    def get_kind_display(self) -> str:
        return EventKind(self.kind).label


class Answer(NamedTuple):
    """A ``Result``; its last four fields say who gave it."""

    pk: int
    round_id: int
    outcome: str
    text: str
    reason_name: str
    submitted_at: datetime
    username: str
    name: str
    role: str
    merchant_name: str | None

    @property
    def submitted_by(self) -> User:
        return person(*self[-4:])

    def get_outcome_display(self) -> str:
        return Outcome(self.outcome).label


class Rung(NamedTuple):
    """An ``Alert``."""

    round_id: int
    level: int
    occurred_at: datetime

    def get_level_display(self) -> str:
        return AlertLevel(self.level).label


class Said(NamedTuple):
    """A ``Message``."""

    pk: int
    round_id: int
    audience: str
    author_name: str
    author_role: str
    text: str
    at: datetime

    @property
    def is_internal(self) -> bool:
        return self.audience == MessageAudience.INTERNAL

    def get_audience_display(self) -> str:
        return MessageAudience(self.audience).label


class Rated(NamedTuple):
    """A ``Rating`` that was given; the last four fields say who wrote it down, if anybody did."""

    round_id: int
    stars: int
    words: str
    at: datetime
    username: str | None
    name: str | None
    role: str | None
    merchant_name: str | None

    @property
    def by(self) -> User | None:
        return person(*self[-4:]) if self.username else None

    @property
    def is_low(self) -> bool:
        return self.stars <= LOW_STARS


class Article(NamedTuple):
    """An ``OrderLine``."""

    sku: str
    title: str
    spec: str
    quantity: int | None
    unit_price: Decimal | None
    amount: Decimal | None


class Parcel(NamedTuple):
    """A ``Shipment``."""

    carrier: str
    tracking_number: str
    status: str
    shipped_at: datetime | None
    delivered_at: datetime | None

    def get_status_display(self) -> str:
        return ShipmentStatus(self.status).label if self.status in ShipmentStatus.values else self.status


class Other(NamedTuple):
    """Another ``Ticket``, as a link to it shows it."""

    number: str
    status: str
    category: str
    merchant_id: int
    merchant: str
    created_at: datetime

    def get_absolute_url(self) -> str:
        return address("detail", self.number)

    def get_status_display(self) -> str:
        return Status(self.status).label


class Present(NamedTuple):
    """A ``Presence``."""

    is_typing: bool
    username: str
    name: str

    @property
    def person(self) -> str:
        return self.name or self.username


class Offered(NamedTuple):
    """A ``ReasonCode`` that can be chosen."""

    kind: str
    pk: int
    name: str


class Colleague(NamedTuple):
    """A ``User`` whom one can name: in a text, or as who is to work on the ticket."""

    pk: int
    username: str
    name: str
    role: str

    def __str__(self) -> str:
        return self.name or self.username


def articles_of(orders: Collection[int]) -> dict[int, list[Article]]:
    """The lines of some orders (keys), by the order's key. One statement."""
    return _by_order(OrderLine.objects.filter(order__in=orders), Article)


def parcels_of(orders: Collection[int]) -> dict[int, list[Parcel]]:
    """The shipments of some orders (keys), by the order's key. One statement."""
    return _by_order(Shipment.objects.filter(order__in=orders), Parcel)


def _by_order(rows, kind) -> dict[int, list]:
    by_order = defaultdict(list)
    for order, *values in rows.values_list("order_id", *kind._fields):
        by_order[order].append(kind._make(values))
    return by_order


def person(username: str, name: str, role: str, merchant_name: str | None) -> User:
    """Somebody as history names them; not to be saved."""
    return User(
        username=username,
        name=name,
        role=role,
        merchant=Merchant(name=merchant_name) if merchant_name else None,
    )
