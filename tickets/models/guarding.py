"""What every verb of ``Ticket`` begins with: the ticket locked and read anew, for somebody who sees it."""

from functools import cache

from django.db import connection

from merchants.access import MERCHANT_ROLES, NotVisible

from ..reading.prepared import TICKET, Found, Question

NOT_VISIBLE = "工单不存在或无权查看"


class Guarding:
    """Lock and sight; ``Ticket`` brings the fields."""

    def check_seen_by(self, user) -> None:
        """``NotVisible`` for people of another merchant than the one that has the ticket now."""
        if user.role in MERCHANT_ROLES and user.merchant_id != self.merchant_id:
            raise NotVisible(NOT_VISIBLE)

    def _lock_for(self, by_user) -> None:
        """Lock the ticket's row until the transaction ends, and read it anew with its category and merchant.

        ``NotVisible`` when it is not this person's. Without ``by_user`` it is the system itself, on behalf of what
        somebody decided earlier. NO KEY leaves the foreign-key checks of concurrent event inserts alone.
        """
        [locked] = _locked_ticket(connection.vendor, type(self)).ask(ticket=self.pk)
        self.refresh_from_db(from_queryset=Found(locked))
        if by_user is not None:
            self.check_seen_by(by_user)


@cache
def _locked_ticket(vendor: str, tickets: type) -> Question:
    locked = tickets.objects.filter(pk=TICKET).order_by().select_for_update(no_key=True, of=("self",))
    return Question(locked.select_related("category", "merchant"))
