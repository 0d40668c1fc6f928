"""关联工单: what else there is about the same order, and about the same consumer."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from .models import Ticket

MOST = 5


@dataclass(frozen=True)
class Related:
    """Some tickets, the newest first; ``url`` lists all of them where there are more."""

    label: str
    tickets: Sequence
    url: str


def of_order(ticket: Ticket, user):
    """The other tickets about the same order that this person may see, the newest first."""
    return _others(ticket, user).filter(order=ticket.order_id)


def of_consumer(ticket: Ticket, user):
    """The tickets about other orders of the same consumer; none where the consumer is not known."""
    return _others(ticket, user).filter(customer=ticket.customer_id).exclude(order=ticket.order_id)


def _others(ticket: Ticket, user):
    return Ticket.objects.for_user(user).exclude(pk=ticket.pk).order_by("-created_at", "-id")


def groups(ticket: Ticket, same_order: Sequence, same_consumer: Sequence) -> list[Related]:
    """The groups that hold anything, out of the first ``MOST`` + 1 of each."""
    asked = [
        _group("同一订单", same_order, order_number=ticket.order_number),
        _group("同一消费者", same_consumer, consumer_of=ticket.number),
    ]
    return [group for group in asked if group.tickets]


def _group(label: str, found: Sequence, **asked: str) -> Related:
    url = f"{reverse('tickets:list')}?{urlencode({'tab': 'all'} | asked)}" if len(found) > MOST else ""
    return Related(label, found[:MOST], url)
