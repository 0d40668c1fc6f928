"""What the database holds about a ticket, for tests that say that nothing has changed."""

from tickets.models import Event, OrderSnapshot, Result, Round, Ticket


def rows_of(ticket: Ticket) -> dict[str, list[dict]]:
    """Every row of the ticket with every column, straight from the database."""
    return {
        "ticket": list(Ticket.objects.filter(pk=ticket.pk).values()),
        "rounds": list(Round.objects.filter(ticket=ticket.pk).order_by("pk").values()),
        "results": list(Result.objects.filter(round__ticket=ticket.pk).order_by("pk").values()),
        "events": list(Event.objects.filter(ticket=ticket.pk).order_by("pk").values()),
        "snapshots": list(OrderSnapshot.objects.filter(ticket=ticket.pk).values()),
    }


def kinds_of(ticket: Ticket) -> list[str]:
    """What has happened to the ticket, in the order in which it is told."""
    return list(ticket.events.order_by("occurred_at", "pk").values_list("kind", flat=True))
