"""A chunk of orders into the database, in a handful of statements and one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, models, reset_queries, transaction
from django.db.models import prefetch_related_objects

from merchants.models import Merchant

from ..models import Customer, Order, OrderLine, Shipment
from ..models.order import PERSONAL_FACTS
from .matching import match_lines
from .merging import Consumer, ToldOrder

FOREIGN = "订单号已属于其他商户"


@dataclass
class Outcome:
    """What became of a chunk: how many orders of each kind, and the rows (line, reason) that were refused."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


def upsert(told: list[ToldOrder], *, write: bool) -> Outcome:
    """Create what is new, change what differs, leave alone what is the same. With ``write`` false only say so.

    When another import was quicker with the same new order or consumer, the chunk is done once more and finds it.
    """
    try:
        return _upsert(told, write)
    except IntegrityError:
        return _upsert(told, write)
    finally:
        reset_queries()  # with DEBUG Django would keep every statement, orders and all


def _upsert(told: list[ToldOrder], write: bool) -> Outcome:
    if not write:
        return Chunk(told, lock=False).outcome
    with transaction.atomic():
        chunk = Chunk(told, lock=True)
        chunk.write()
    return chunk.outcome


class Chunk:
    """The difference between what the file tells of some orders and what is stored."""

    def __init__(self, told: list[ToldOrder], *, lock: bool):
        self.outcome = Outcome()
        self.new: list[Order] = []
        self.changed: list[Order] = []
        self.order_fields: set[str] = set()
        self.lines = Difference(OrderLine)
        self.shipments = Difference(Shipment)
        stored = self._stored(told, lock)
        self.customers = Customers(order.consumer for order in told if order.consumer)
        for order in told:
            self._compare(order, stored.get(order.number))

    def _stored(self, told: list[ToldOrder], lock: bool) -> dict[str, Order]:
        orders = Order.objects.filter(number__in=[order.number for order in told]).select_related("customer")
        if lock:
            # Imports for the same merchant take turns, chunk by chunk; so do imports and verbs on the same orders.
            ours = Merchant.objects.filter(pk__in={order.merchant.pk for order in told}).order_by("pk")
            list(ours.select_for_update(no_key=True).values_list("pk"))
            orders = orders.select_for_update(no_key=True, of=("self",)).order_by("pk")
        stored = {order.number: order for order in orders}
        if any(order.articles for order in told):
            prefetch_related_objects(list(stored.values()), "lines")
        if any(order.parcels for order in told):
            prefetch_related_objects(list(stored.values()), "shipments")
        return stored

    def _compare(self, told: ToldOrder, stored: Order | None) -> None:
        if stored and stored.merchant_id != told.merchant.pk:
            self.outcome.refused += [(line, FOREIGN) for line in told.lines]
            return
        order = stored or Order(number=told.number, merchant=told.merchant)
        facts = told.facts
        if order.anonymised_at:  # an old file does not bring back what was taken out
            facts = {name: value for name, value in facts.items() if name not in PERSONAL_FACTS}
        different = set_values(order, facts)
        if not order.anonymised_at and self._set_customer(order, told):
            different.add("customer")
        different |= self._compare_lines(order, told.articles, stored)
        different |= self._compare_parcels(order, told.parcels, stored)
        if not stored:
            self.new.append(order)
            self.outcome.created += 1
        elif different:
            self.changed.append(order)
            self.order_fields |= different - {"lines", "shipments"}
            self.outcome.updated += 1
        else:
            self.outcome.unchanged += 1

    def _set_customer(self, order: Order, told: ToldOrder) -> bool:
        """Whether the order's consumer changes. A phone number does not displace a consumer known by the account."""
        known_better = told.consumer_told == "phone" and order.customer and order.customer.account
        if not told.consumer_told or known_better:
            return False
        customer = self.customers.get(told.consumer)
        if order.customer_id == (customer.pk if customer else None) and (not customer or customer.pk):
            return False
        order.customer = customer
        return True

    def _compare_lines(self, order: Order, articles: list[dict[str, Any]], stored: Order | None) -> set[str]:
        if not articles:
            return set()
        lines = list(stored.lines.all()) if stored else []
        position = max((line.position for line in lines), default=0)
        differ = False
        for line, article in match_lines(lines, articles):
            if line is None:
                position += 1
                line = OrderLine(order=order, position=position)
            differ |= self.lines.note(line, article)
        return {"lines"} if differ else set()

    def _compare_parcels(
        self, order: Order, parcels: dict[str, dict[str, Any]], stored: Order | None
    ) -> set[str]:
        if not parcels:
            return set()
        known = {parcel.tracking_number: parcel for parcel in stored.shipments.all()} if stored else {}
        differ = False
        for number, facts in parcels.items():
            differ |= self.shipments.note(
                known.get(number) or Shipment(order=order, tracking_number=number), facts
            )
        return {"shipments"} if differ else set()

    def write(self) -> None:
        self.customers.create_missing()
        for order in [*self.new, *self.changed]:
            order.customer = order.customer  # takes over the key that the consumer has got meanwhile
        Order.objects.bulk_create(self.new)
        replace(Order, self.changed, {*self.order_fields, "updated_at"})
        self.lines.write()
        self.shipments.write()


class Difference:
    """Rows of one kind below the orders: which are new and which have changed, and in what."""

    def __init__(self, model: type[models.Model]):
        self.model = model
        self.new: list[models.Model] = []
        self.changed: list[models.Model] = []
        self.fields: set[str] = set()

    def note(self, row: models.Model, values: dict[str, Any]) -> bool:
        """Sets the values; whether there is something to write."""
        different = set_values(row, values)
        if row.pk is None:
            self.new.append(row)
        elif different:
            self.changed.append(row)
            self.fields |= different
        return row.pk is None or bool(different)

    def write(self) -> None:
        for row in self.new:
            row.order = row.order  # takes over the key that a new order has got meanwhile
        self.model.objects.bulk_create(self.new)
        replace(self.model, self.changed, self.fields)


class Customers:
    """The consumers that a chunk names: those that are known, and those to be created."""

    def __init__(self, named: Iterable[Consumer]):
        named = set(named)
        known = Customer.objects.filter(
            models.Q(account__in=[each.account for each in named if each.account])
            | models.Q(account="", phone__in=[each.phone for each in named if not each.account])
        )
        self._customers = {
            Consumer(customer.account, "" if customer.account else customer.phone): customer
            for customer in (known if named else [])
        }

    def get(self, consumer: Consumer | None) -> Customer | None:
        """The consumer, unsaved when new; always the same object for the same consumer."""
        if consumer is None:
            return None
        return self._customers.setdefault(consumer, Customer(account=consumer.account, phone=consumer.phone))

    def create_missing(self) -> None:
        missing = [consumer for consumer, customer in self._customers.items() if customer.pk is None]
        # Always in the same order, so that two imports wait for each other and not in a circle.
        Customer.objects.bulk_create(self._customers[consumer] for consumer in sorted(missing))


def set_values(row: models.Model, values: dict[str, Any]) -> set[str]:
    """Sets what differs and returns the names of it."""
    different = {name for name, value in values.items() if getattr(row, name) != value}
    for name in different:
        setattr(row, name, values[name])
    return different


def replace(model: type[models.Model], rows: list[models.Model], fields: set[str]) -> None:
    """Write these fields of stored rows in one statement, which a CASE for every row and field would not be."""
    if rows:
        model.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["id"], update_fields=sorted(fields)
        )
