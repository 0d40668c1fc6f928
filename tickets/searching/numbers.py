"""What a typed text is the number or the name of: that is found by its key, and first.

A whole phone number never comes this far: the page has put its mark in the place of it (``SearchForm.masked_query``).
"""

from dataclasses import dataclass

from django.db.models import Q

from merchants.models import Merchant
from orders import phones
from orders.models import Order

from ..models import Ticket

# As many as a page can show; nothing that a number means has more.
MOST = 200


@dataclass(frozen=True, slots=True)
class Meant:
    """What a text is, in words, and the condition of its tickets; their ``keys`` where these are few."""

    what: str
    condition: Q
    keys: list[int] | None = None


def meant_by(user, text: str) -> Meant | None:
    """The ticket, order, parcel, phone or merchant that a text names, among what this person sees."""
    text = text.strip()
    if not text or len(text) > 64:
        return None
    tickets = Ticket.objects.for_user(user)
    if text.isascii() and any(character.isdigit() for character in text) and len(text) >= 4:
        for what, condition in _numbers(user, text):
            found = list(tickets.filter(condition).order_by("-pk").values_list("pk", flat=True)[:MOST])
            if found:
                return Meant(what, Q(pk__in=found), found)
    if user.is_service:
        merchant = Merchant.objects.filter(Q(name__iexact=text) | Q(code__iexact=text)).first()
        if merchant:
            return Meant(f"商户 {merchant}", Q(merchant=merchant))
    return None


def _numbers(user, text: str):
    yield f"工单号 {text.upper()}", Q(number=text.upper())
    yield f"订单号 {text}", Q(order_number=text)
    orders = Order.objects.for_user(user)
    parcels = {text, text.upper()}
    yield (
        f"运单号 {text.upper()}",
        Q(order__in=list(orders.filter(shipments__tracking_number__in=parcels)[:MOST])),
    )
    if phones.LAST_DIGITS.match(text):
        # A merchant's look at its consumers ends with the ticket.
        seen = Q() if user.is_service else Q(is_open=True)
        yield f"手机尾号 {text}", Q(order__in=orders.with_phone(text)) & seen
