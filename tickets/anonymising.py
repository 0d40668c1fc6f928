"""Taking consumers out of what is kept (docs/decisions/0009-consumers-data.md).

A consumer goes when everything that concerned them is over: each order, each ticket archived and untouched for the
time that consumers are kept. Their facts are emptied; what people wrote about them is rewritten with the masks that
screens have always shown, because afterwards nobody would know any more which words to mask. History is append-only:
the rewriting goes through a door that stands open for its own transaction and for these texts only.
"""

import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import datetime

from django.db import connection, models, transaction
from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from orders.mentions import mask_known, of_former
from orders.models import Customer, Order
from orders.models.order import PERSONAL_FACTS

from .consumers_due import consumers_due, files_left, orders_due
from .evidence import purging
from .models import (
    Acknowledgement,
    Attachment,
    Event,
    Exemption,
    Extension,
    IncidentStep,
    Message,
    OrderSnapshot,
    Pause,
    Rating,
    Result,
    Reveal,
    Ticket,
)
from .searching import keeping
from .wording import RESULT_LETTERS

BATCH = 50
FILES_BATCH = 500
# Everything that people write on a ticket: model, the way to the ticket, texts. A new text belongs here; where the
# database guards it, also in TEXTS of tickets/migrations/_triggers.py, with a migration that sets its trigger again.
TEXTS: list[tuple[type[models.Model], str, list[str]]] = [
    (Ticket, "pk", ["problem"]),
    (Event, "ticket", ["text"]),
    (Result, "round__ticket", ["text"]),
    (Pause, "round__ticket", ["reason"]),
    (Extension, "round__ticket", ["reason", "words"]),
    (Acknowledgement, "round__ticket", ["note"]),
    (Exemption, "round__ticket", ["reason", "revoked_reason"]),
    (IncidentStep, "incident__round__ticket", ["text"]),
    (Rating, "ticket", ["words"]),
    (Reveal, "ticket", ["reason"]),
    (Message, "ticket", ["text"]),
    (Attachment, "ticket", ["name", "caption"]),
]
# The database keeps results at their least length; a mask may be shorter than the name it hides.
PADDING = "（个人信息已按期隐去）"
# The tickets that have left an order, by its number.
type Strayed = Mapping[str, set[int]]


@dataclass(frozen=True, slots=True)
class Purge:
    """How many consumers, orders, tickets and texts one run has changed, and how many photos and papers it has taken
    away.
    """

    consumers: int = 0
    orders: int = 0
    tickets: int = 0
    texts: int = 0
    files: int = 0

    def __add__(self, other: "Purge") -> "Purge":
        return Purge(*map(operator.add, astuple(self), astuple(other)))


# ---- how many go ----


def count_due(before: datetime) -> Purge:
    """What a run would change now, but for the texts, which it would have to read; nothing is written."""
    consumers = consumers_due(before)
    going = Order.objects.filter(anonymised_at__isnull=True)
    going = going.filter(Q(customer__in=consumers) | Q(pk__in=orders_due(before)))
    theirs = Attachment.objects.kept().filter(ticket__order__in=going)
    return Purge(
        consumers=consumers.count(),
        orders=going.count(),
        tickets=Ticket.objects.filter(order__in=going).count(),
        files=theirs.count() + files_left(before).count(),
    )


def count_held(before: datetime) -> int:
    """Consumers who have been known for long enough and stay, because something of theirs is open or young."""
    old = Customer.objects.filter(anonymised_at__isnull=True, created_at__lt=before)
    return old.count() - consumers_due(before).count()


# ---- how they go ----


def run(
    before: datetime, now: datetime, batch: int = BATCH, on_batch: Callable[[int], object] = lambda _: None
) -> Purge:
    """Everybody who is due, batch by batch, each in one transaction. Killed anywhere, the next run goes on."""
    done, strayed = Purge(), strayed_tickets()
    for due, take in ((consumers_due, _consumers), (orders_due, _lone_orders)):
        last = 0  # those who stay are looked at once, not again for every batch
        while wanted := list(
            due(before).filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:batch]
        ):
            purged, last = take(wanted, before, now, strayed), wanted[-1]
            done += purged
            on_batch(purged.consumers)
    while files := _lone_files(before, now):
        done += files
    return done


def strayed_tickets() -> Strayed:
    """The tickets that were about another order before theirs was put right, by that order's number.

    One look at all snapshots, once in a run: such tickets are few, and no index finds them.
    """
    found = defaultdict(set)
    kept = OrderSnapshot.objects.filter(facts__has_key="former").values_list("pk", "facts__former")
    for ticket, former in kept.iterator(FILES_BATCH):
        for facts in former:
            found[facts["order_number"]].add(ticket)
    return found


def _consumers(wanted: list[int], before: datetime, now: datetime, strayed: Strayed) -> Purge:
    """One batch of consumers. Who got a new ticket or a new order before the locks were there is no longer due."""
    with transaction.atomic():
        _lock(Order.objects.filter(customer__in=wanted), strayed)
        list(Customer.objects.select_for_update().filter(pk__in=wanted).order_by("pk").values_list("pk"))
        customers = list(consumers_due(before).filter(pk__in=wanted))
        return _anonymise(list(Order.objects.filter(customer__in=customers)), customers, now, strayed)


def _lone_orders(wanted: list[int], before: datetime, now: datetime, strayed: Strayed) -> Purge:
    with transaction.atomic():
        _lock(Order.objects.filter(pk__in=wanted), strayed)
        return _anonymise(list(orders_due(before).filter(pk__in=wanted)), [], now, strayed)


def _lock(orders: QuerySet[Order], strayed: Strayed) -> None:
    """The tickets that have left these orders, and the orders, in the order of verbs; consumers follow, as in imports.

    FOR UPDATE keeps new tickets and new orders waiting.
    """
    left = _strayed_from(orders.values_list("number", flat=True), strayed)
    list(Ticket.objects.select_for_update(no_key=True).filter(pk__in=left).order_by("pk").values_list("pk"))
    list(orders.select_for_update().order_by("pk").values_list("pk"))


def _strayed_from(numbers: Iterable[str], strayed: Strayed) -> set[int]:
    return {ticket for number in numbers for ticket in strayed.get(number, ())}


def _lone_files(before: datetime, now: datetime) -> Purge | None:
    """One batch of what ``files_left`` finds; ``None`` when there is nothing."""
    with transaction.atomic():
        left = list(files_left(before).order_by("pk").values_list("pk", flat=True)[:FILES_BATCH])
        if not left:
            return None
        with open_door():
            return Purge(files=purging.purge(Attachment.objects.filter(pk__in=left), now))


def _anonymise(orders: list[Order], customers: list[Customer], now: datetime, strayed: Strayed) -> Purge:
    whose = {customer.pk: customer for customer in customers}
    tickets = list(Ticket.objects.filter(order__in=orders).select_related("snapshot", "customer"))
    by_order = {order.pk: order for order in orders}
    # All that is known of one consumer hides what was written on any of their tickets.
    names, addresses = defaultdict(set), defaultdict(set)
    for order in orders:
        names[_key(order)] |= {order.consignee}
        addresses[_key(order)] |= {order.address}
        if customer := whose.get(order.customer_id):
            names[_key(order)] |= {customer.name, customer.account}
    for ticket in tickets:
        key = _key(by_order[ticket.order_id])
        facts = ticket.snapshot.facts
        kept_names, kept_addresses = of_former([facts, *facts.get("former", [])])
        names[key] |= set(kept_names)
        addresses[key] |= set(kept_addresses)
        if ticket.customer:
            names[key] |= {ticket.customer.name, ticket.customer.account}
    keys = {ticket.pk: {_key(by_order[ticket.order_id])} for ticket in tickets}
    # Tickets that are about somebody else now, and were about one of these: of them nothing else is touched.
    by_number = {order.number: order for order in orders}
    left = OrderSnapshot.objects.filter(pk__in=_strayed_from(by_number, strayed))
    others = list(left.exclude(ticket__order__in=orders))
    for snapshot in others:
        theirs = [each for each in snapshot.facts["former"] if each["order_number"] in by_number]
        keys[snapshot.pk] = {_key(by_number[each["order_number"]]) for each in theirs}
        for each in theirs:
            key = _key(by_number[each["order_number"]])
            kept_names, kept_addresses = of_former([each])
            names[key] |= set(kept_names)
            addresses[key] |= set(kept_addresses)

    def mask(ticket: int, text: str) -> str:
        known = keys[ticket]
        return mask_known(
            text, set().union(*(names[key] for key in known)), set().union(*(addresses[key] for key in known))
        )

    with open_door():
        texts = sum(_rewrite(model, path, fields, keys, mask) for model, path, fields in TEXTS)
        files = purging.purge(Attachment.objects.filter(ticket__in=tickets), now)
    for ticket in tickets:
        ticket.snapshot.facts = _without_consumer(ticket.snapshot.facts)
    for snapshot in others:
        snapshot.facts["former"] = [
            _without_consumer(each) if each["order_number"] in by_number else each
            for each in snapshot.facts["former"]
        ]
    snapshots = [ticket.snapshot for ticket in tickets] + others
    OrderSnapshot.objects.bulk_update(snapshots, ["facts"], batch_size=100)
    Order.objects.filter(pk__in=by_order).update(**dict.fromkeys(PERSONAL_FACTS, ""), anonymised_at=now)
    Customer.objects.filter(pk__in=whose).update(
        account=Concat(Value("已匿名:"), Cast("pk", CharField())), name="", phone="", anonymised_at=now
    )
    keeping.keep(*keys)
    return Purge(len(customers), len(orders), len(tickets), texts, files)


def _without_consumer(facts: dict) -> dict:
    """Kept facts with the consumer's emptied, those of the orders that were meant before included."""
    emptied = facts | {name: "" for name in PERSONAL_FACTS if name in facts}
    for several in ("names", "addresses"):
        if several in emptied:
            emptied[several] = []
    if "former" in emptied:
        emptied["former"] = [_without_consumer(each) for each in emptied["former"]]
    return emptied


def _key(order: Order) -> tuple[str, int]:
    return ("customer", order.customer_id) if order.customer_id else ("order", order.pk)


def _rewrite(
    model: type[models.Model],
    path: str,
    fields: list[str],
    tickets: Iterable[int],
    mask: Callable[[int, str], str],
) -> int:
    """Rewrite the texts of one table that say more than a screen would show; returns how many rows."""
    changed = []
    for row in list(model.objects.filter(**{f"{path}__in": list(tickets)}).annotate(of_ticket=F(path))):
        masked = {name: mask(row.of_ticket, getattr(row, name)) for name in fields}
        if model is Result and len(masked["text"]) < RESULT_LETTERS:
            masked["text"] += PADDING
        if any(getattr(row, name) != text for name, text in masked.items()):
            for name, text in masked.items():
                setattr(row, name, text)
            changed.append(row)
    model.objects.bulk_update(changed, fields, batch_size=100)
    return len(changed)


@contextmanager
def open_door() -> Iterator[None]:
    """Within it, and within the transaction around it, guarded tables let their texts be rewritten.

    PostgreSQL: a setting of this transaction, by which the trigger function lets pass what changes nothing but the
    texts named in the trigger (tickets/migrations/0024). SQLite: the triggers are gone for this transaction, which
    alone may write meanwhile, and a rollback or a killed process brings them back.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT set_config('qinqin.anonymising', 'on', true)")
            yield
            cursor.execute("SELECT set_config('qinqin.anonymising', '', true)")
            return
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '% BEFORE UPDATE %'"
            " AND sql LIKE '% is append-only%'"
        )
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        for _, sql in triggers:
            cursor.execute(sql)
