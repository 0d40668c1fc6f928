"""What the database holds about a ticket, for tests that say that nothing has changed."""

from datetime import timedelta

from tickets.models import Alert, Event, Extension, Message, OrderSnapshot, Pause, Result, Round, Ticket


def rows_of(ticket: Ticket) -> dict[str, list[dict]]:
    """Every row of the ticket with every column, straight from the database."""
    return {
        "ticket": list(Ticket.objects.filter(pk=ticket.pk).values()),
        "rounds": list(Round.objects.filter(ticket=ticket.pk).order_by("pk").values()),
        "results": list(Result.objects.filter(round__ticket=ticket.pk).order_by("pk").values()),
        "events": list(Event.objects.filter(ticket=ticket.pk).order_by("pk").values()),
        "alerts": list(Alert.objects.filter(ticket=ticket.pk).order_by("pk").values()),
        "pauses": list(Pause.objects.filter(round__ticket=ticket.pk).order_by("pk").values()),
        "extensions": list(Extension.objects.filter(round__ticket=ticket.pk).order_by("pk").values()),
        "messages": list(Message.objects.filter(ticket=ticket.pk).order_by("pk").values()),
        "snapshots": list(OrderSnapshot.objects.filter(ticket=ticket.pk).values()),
    }


def kinds_of(ticket: Ticket) -> list[str]:
    """What has happened to the ticket, in the order in which it is told."""
    return list(ticket.events.order_by("occurred_at", "pk").values_list("kind", flat=True))


def allowed(round_: Round) -> timedelta:
    """The wall clock from a round's start to its deadline: its time limit, where the calendar is 7×24."""
    return round_.due_at - round_.started_at
