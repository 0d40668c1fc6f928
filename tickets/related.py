"""关联工单: what else there is about the same order, and about the same consumer."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from .models import Ticket

MOST = 5


@dataclass(frozen=True)
class Related:
    """Some tickets, the newest first; ``url`` lists all of them where there are more."""

    label: str
    tickets: list[Ticket]
    url: str


def related_to(ticket: Ticket, user) -> list[Related]:
    """The groups that hold anything this person may see; two statements at most."""
    others = Ticket.objects.for_user(user).exclude(pk=ticket.pk).select_related("category", "merchant")
    others = others.order_by("-created_at", "-id")
    groups = [_group("同一订单", others.filter(order=ticket.order_id), order_number=ticket.order_number)]
    if ticket.customer_id:
        theirs = others.filter(customer=ticket.customer_id).exclude(order=ticket.order_id)
        groups.append(_group("同一消费者", theirs, consumer_of=ticket.number))
    return [group for group in groups if group.tickets]


def _group(label: str, tickets, **asked: str) -> Related:
    found = list(tickets[: MOST + 1])
    url = f"{reverse('tickets:list')}?{urlencode({'tab': 'all'} | asked)}" if len(found) > MOST else ""
    return Related(label, found[:MOST], url)
