"""归档: a ticket that has been over for long enough becomes unchangeable."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from ..clock import database_now
from ..lifecycle import EventKind
from .event import SYSTEM_NAME, SYSTEM_ROLE, Event
from .incident import Incident
from .round import Round


class ArchivingQuerySet:
    """What can be said about archiving; ``TicketQuerySet`` brings the rest."""

    def to_be_archived(self, before: datetime):
        """Tickets that were over by ``before`` and have rested since; partial index ``ticket_to_archive``.

        A ticket whose missed deadline is still being looked into (异常处理) waits for the end of that.
        """
        looked_into = Incident.objects.open().filter(round__ticket=OuterRef("pk"))
        over = self.filter(is_open=False, archived_at__isnull=True, handled_at__lt=before)
        return over.exclude(Exists(looked_into))

    def archive(self, *, older_than: timedelta, batch: int, at: datetime | None = None) -> int:
        """归档 up to ``batch`` of them, the oldest first; returns how many. One transaction and five statements.

        Several at once share the work: on PostgreSQL they skip each other's tickets, on SQLite they wait.
        """
        now = at or database_now()
        waiting = self.to_be_archived(now - older_than).order_by("handled_at", "pk")
        if not waiting[:1]:  # look before asking SQLite for its one write lock
            return 0
        with transaction.atomic():
            locked = waiting.select_for_update(no_key=True, skip_locked=True, of=("self",))
            tickets = dict(locked.values_list("pk", "status")[:batch])
            last = Round.objects.filter(ticket__in=tickets, number=F("ticket__round_no"))
            Event.objects.bulk_create(
                Event(
                    ticket_id=ticket,
                    round_id=round_,
                    kind=EventKind.ARCHIVED,
                    actor_name=SYSTEM_NAME,
                    actor_role=SYSTEM_ROLE,
                    from_status=tickets[ticket],
                    to_status=tickets[ticket],
                    occurred_at=now,
                    recorded_at=now,
                )
                for round_, ticket in last.values_list("pk", "ticket_id")
            )
            self.model.objects.filter(pk__in=tickets).update(archived_at=now)
        return len(tickets)
