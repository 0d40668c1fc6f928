"""Finding the order somebody means while they type."""

from . import phones
from .models import Order
from .models.order import LONGEST_NUMBER

MOST = 8
SHORTEST = 3


class Lookup:
    """What a text finds: exactly one order (``order``), or a few to choose from (``matches``).

    ``text`` is what a page may repeat of it: of a phone number only the mark, which finds the same orders again.
    """

    def __init__(self, user, text: str):
        self.text = text.replace("\x00", "").strip()
        self.order: Order | None = None
        self.matches: list[Order] = []
        orders = Order.objects.for_user(user).select_related("merchant")
        if not self.text or len(self.text) > LONGEST_NUMBER:
            return
        self.order = orders.prefetch_related("lines", "shipments").filter(number=self.text).first()
        if self.order is None and phones.looks_like_mobile(self.text):
            self.text = phones.phone_mark(self.text)
        if self.order is None and phones.is_mark(self.text):
            self.matches = list(orders.with_phone(self.text).order_by("-ordered_at", "-id")[:MOST])
        elif self.order is None and len(self.text) >= SHORTEST:
            self.matches = list(orders.filter(number__startswith=self.text).order_by("number")[:MOST])

    @property
    def nothing(self) -> bool:
        """Whether a text long enough to mean something found nothing."""
        return len(self.text) >= SHORTEST and self.order is None and not self.matches

    def open_tickets(self):
        """The order's tickets that are not finished yet: perhaps the matter is known."""
        return (
            self.order.tickets.open().select_related("category").order_by("-created_at") if self.order else []
        )
