"""Which consumers are no longer needed, and what of theirs is still there (docs/decisions/0009-consumers-data.md)."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from orders.models import Customer, Order, OrderStatus

from .models import Attachment, Ticket

OPEN_ORDERS = (OrderStatus.UNPAID, OrderStatus.PAID, OrderStatus.SHIPPED, OrderStatus.REFUNDING)


def _held_tickets(before: datetime) -> QuerySet:
    """Tickets whose consumer is still needed."""
    return Ticket.objects.filter(Q(archived_at__isnull=True) | Q(handled_at__gte=before))


def _held_orders(before: datetime) -> QuerySet:
    """Orders that are going on, that are young, or that have such a ticket."""
    known_since = Coalesce("ordered_at", "imported_at")
    orders = Order.objects.annotate(known_since=known_since)
    held = Exists(_held_tickets(before).filter(order=OuterRef("pk")))
    return orders.filter(Q(status__in=OPEN_ORDERS) | Q(known_since__gte=before) | held)


def consumers_due(before: datetime) -> QuerySet[Customer]:
    """Consumers of whom nothing has been needed since ``before``."""
    due = Customer.objects.filter(anonymised_at__isnull=True, created_at__lt=before)
    due = due.exclude(Exists(_held_orders(before).filter(customer=OuterRef("pk"))))
    return due.exclude(Exists(_held_tickets(before).filter(customer=OuterRef("pk"))))


def orders_due(before: datetime) -> QuerySet[Order]:
    """Orders without a consumer of their own (nobody told us who, or the consumer is gone already)."""
    alone = Q(customer=None) | Q(customer__anonymised_at__isnull=False)
    due = Order.objects.filter(alone, anonymised_at__isnull=True)
    return due.exclude(pk__in=_held_orders(before).values("pk"))


def files_left(before: datetime) -> QuerySet[Attachment]:
    """Of whom nothing else is kept any more: consumers who went when files still stayed, tickets that came later."""
    over = Attachment.objects.filter(ticket__archived_at__isnull=False, ticket__handled_at__lt=before)
    return over.kept().filter(ticket__order__anonymised_at__isnull=False)
