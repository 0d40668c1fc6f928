"""Sentences about tickets: what a page lists and what a tab counts."""

from django.db.models import Count, F, Min, Q

from merchants.access import ScopedQuerySet

from ..lifecycle import Status
from .archiving import ArchivingQuerySet
from .figures import TicketFigures

# The tabs of the ticket list, in their order; each is one condition, used for listing and for counting alike.
TABS = {"todo": "待处理", "due_soon": "即将超时", "overdue": "已超时", "returned": "被退回", "all": "全部"}


def tab_condition(tab: str, now) -> Q:
    """The condition of one tab at ``now`` (the database's time)."""
    waiting = Q(is_open=True, status=Status.WAITING_MERCHANT)
    return {
        "todo": waiting,
        "due_soon": waiting & Q(warn_at__lte=now, due_at__gt=now),
        "overdue": waiting & Q(due_at__lte=now),
        "returned": waiting & Q(is_returned=True),
        "all": Q(),
    }[tab]


class TicketQuerySet(ArchivingQuerySet, TicketFigures, ScopedQuerySet):
    def in_tab(self, tab: str, now) -> "TicketQuerySet":
        """The tickets that a tab of the list shows."""
        return self.filter(tab_condition(tab, now))

    def tab_counts(self, now) -> dict[str, int]:
        """How many of these tickets each tab shows. One statement, which looks at each: for a few, named one by one.

        The list counts all there are by the indexes of what is open (``list_page.counts_of``).
        """
        return self.aggregate(**{tab: Count("pk", filter=tab_condition(tab, now) or None) for tab in TABS})

    def oldest_open(self) -> int | None:
        """The lowest key of what is open, read from the index of it (``+ 0``: not by walking through the closed)."""
        return self.open().aggregate(oldest=Min(F("pk") + 0))["oldest"]

    def open(self) -> "TicketQuerySet":
        """Tickets somebody still has to act on."""
        return self.filter(is_open=True)

    def awaiting_review(self) -> "TicketQuerySet":
        """Tickets whose result customer service has to check."""
        return self.filter(is_open=True, status=Status.WAITING_REVIEW)

    def next_for(self, user, besides: str = ""):
        """The ticket that most urgently waits for this person, or ``None``; ``besides`` is the number of another.

        For a merchant's people the one that is due first, for customer service the result that waits longest.
        """
        tickets = self.for_user(user).exclude(number=besides.replace("\x00", ""))
        if user.is_merchant:
            return (
                tickets.filter(is_open=True, status=Status.WAITING_MERCHANT).order_by("due_at", "id").first()
            )
        return tickets.awaiting_review().order_by("stopped_at", "id").first()

    def overdue(self, now) -> "TicketQuerySet":
        """Tickets that are late now: the merchant's turn, and the deadline has passed."""
        return self.in_tab("overdue", now)

    def due_soon(self, now) -> "TicketQuerySet":
        """Tickets past their first warning and not late yet."""
        return self.in_tab("due_soon", now)

    def submitted_late(self) -> "TicketQuerySet":
        """Tickets whose current round was submitted at or after its deadline."""
        return self.exclude(status=Status.CANCELLED).filter(result__isnull=False, stopped_at__gte=F("due_at"))
