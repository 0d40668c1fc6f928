from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from orders.models import Order

# The facts of an order that a ticket is argued about, in the order a page shows them.
ORDER_FACTS = [
    "status", "total_amount", "paid_amount", "discount_amount", "freight_amount", "refund_amount",
    "ordered_at", "paid_at", "shipped_at", "completed_at",
    "consignee", "phone", "address", "buyer_remark", "seller_remark",
]  # fmt: skip
LINE_FACTS = ["sku", "title", "spec", "quantity", "unit_price", "amount"]
SHIPMENT_FACTS = ["carrier", "tracking_number", "status", "shipped_at", "delivered_at"]


class OrderSnapshot(models.Model):
    """The order as it was when the ticket was opened; the order itself goes on changing."""

    ticket = models.OneToOneField("tickets.Ticket", models.PROTECT, primary_key=True, related_name="snapshot")
    facts = models.JSONField("订单事实", encoder=DjangoJSONEncoder)
    taken_at = models.DateTimeField("保存时间")

    class Meta:
        verbose_name = verbose_name_plural = "订单快照"

    def __str__(self) -> str:
        return f"快照 {self.taken_at:%Y-%m-%d %H:%M}"


def order_facts(order: Order) -> dict:
    """The facts of an order as plain values. Reads ``order.lines`` and ``order.shipments``; prefetch for many."""
    return {
        **{name: getattr(order, name) for name in ORDER_FACTS},
        "lines": [{name: getattr(line, name) for name in LINE_FACTS} for line in order.lines.all()],
        "shipments": [
            {name: getattr(parcel, name) for name in SHIPMENT_FACTS} for parcel in order.shipments.all()
        ],
    }
