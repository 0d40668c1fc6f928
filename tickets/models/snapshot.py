import json
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from orders.masking import mask_address, mask_name, mask_phone, mask_text
from orders.mentions import consumer_names
from orders.models import Order, OrderStatus, ShipmentStatus

from ..timeliness import moment_words

# The facts of an order that a ticket is argued about, in the order a page shows them.
ORDER_FACTS = [
    "status", "total_amount", "paid_amount", "discount_amount", "freight_amount", "refund_amount",
    "ordered_at", "paid_at", "shipped_at", "completed_at",
    "consignee", "phone", "address", "buyer_remark", "seller_remark",
]  # fmt: skip
CONSUMER_FACTS = frozenset({"consignee", "phone", "address"})
LINE_FACTS = ["sku", "title", "spec", "quantity", "unit_price", "amount"]
SHIPMENT_FACTS = ["carrier", "tracking_number", "status", "shipped_at", "delivered_at"]

MASKS = {
    "consignee": mask_name, "phone": mask_phone, "address": mask_address,
    "buyer_remark": mask_text, "seller_remark": mask_text,
}  # fmt: skip


class OrderSnapshot(models.Model):
    """The order as it was when the ticket was opened; the order itself goes on changing.

    When the order turned out to be the wrong one, this is the right one as it was then, and ``facts["former"]`` lists
    what was kept of those before it: the same facts and ``order_number``, ``merchant``, ``taken_at``, ``until``, and
    the ``names`` and ``addresses`` that a text about it may hold.
    """

    ticket = models.OneToOneField("tickets.Ticket", models.PROTECT, primary_key=True, related_name="snapshot")
    facts = models.JSONField("订单事实", encoder=DjangoJSONEncoder)
    taken_at = models.DateTimeField("保存时间")

    class Meta:
        verbose_name = verbose_name_plural = "订单快照"

    def __str__(self) -> str:
        return f"快照 {self.taken_at:%Y-%m-%d %H:%M}"

    def renew(self, before: Order, order: Order, now: datetime) -> None:
        """Keep the facts of ``order``, which is meant now; what was kept of the one ``before`` stays with them."""
        earlier = self.facts.pop("former", [])
        kept = self.facts | {
            "order_number": before.number,
            "merchant": str(before.merchant),
            "taken_at": self.taken_at,
            "until": now,
            "names": consumer_names(before),
            "addresses": [before.address],
        }
        self.facts, self.taken_at = order_facts(order) | {"former": [*earlier, kept]}, now
        self.save(update_fields=["facts", "taken_at"])


def order_facts(order: Order, lines: Iterable | None = None, shipments: Iterable | None = None) -> dict:
    """The facts of an order as plain values.

    Reads ``order.lines`` and ``order.shipments`` where they are not given; prefetch for many.
    """
    lines = order.lines.all() if lines is None else lines
    shipments = order.shipments.all() if shipments is None else shipments
    return {
        **_plain(order, ORDER_FACTS),
        "lines": [_plain(line, LINE_FACTS) for line in lines],
        "shipments": [_plain(parcel, SHIPMENT_FACTS) for parcel in shipments],
    }


def _plain(thing, names: list[str]) -> dict:
    """Facts in one way of writing: ``80`` and ``80.00`` are the same amount, whoever wrote them."""
    values = {name: getattr(thing, name) for name in names}
    return {name: f"{value:.2f}" if isinstance(value, Decimal) else value for name, value in values.items()}


def differences(
    snapshot: OrderSnapshot, order: Order, *, with_consumer: bool = True, lines=None, shipments=None
) -> list[dict[str, str]]:
    """What differs between the order as it was and as it is: label, then, now; consumers' data masked, or left out.

    ``lines`` and ``shipments`` as in ``order_facts``.
    """
    then = snapshot.facts
    now = json.loads(json.dumps(order_facts(order, lines, shipments), cls=DjangoJSONEncoder))
    found = [
        {
            "label": str(Order._meta.get_field(name).verbose_name),
            "then": shown(name, then[name]),
            "now": shown(name, now[name]),
        }
        for name in ORDER_FACTS
        if name in then and then[name] != now[name] and (with_consumer or name not in CONSUMER_FACTS)
    ]
    if then.get("lines") != now["lines"]:
        found.append({"label": "商品", "then": _lines(then.get("lines", [])), "now": _lines(now["lines"])})
    before = {parcel["tracking_number"]: parcel for parcel in then.get("shipments", [])}
    for parcel in now["shipments"]:
        was = before.get(parcel["tracking_number"])
        if was != parcel:
            found.append(
                {
                    "label": f"物流 {parcel['tracking_number']}",
                    "then": _parcel(was) if was else "",
                    "now": _parcel(parcel),
                }
            )
    return found


def shown(name: str, value: str | None) -> str:
    """One kept fact as a page may show it; '' for what nobody told us."""
    if value in (None, ""):
        return ""
    if name in MASKS:
        return MASKS[name](value)
    if name == "status":
        return OrderStatus(value).label if value in OrderStatus.values else value
    if name.endswith("_amount"):
        return f"¥{Decimal(value):,.2f}"
    return moment_words(datetime.fromisoformat(value))


def _lines(lines: list[dict]) -> str:
    return "、".join(f"{line['title']} ×{line['quantity'] or '?'}" for line in lines)


def _parcel(parcel: dict) -> str:
    status = parcel["status"]
    return ShipmentStatus(status).label if status in ShipmentStatus.values else parcel["carrier"] or "已登记"
