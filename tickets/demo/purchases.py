"""Orders, and what happens to them after they were placed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from orders.models import Order, OrderLine, OrderStatus, Shipment, ShipmentStatus

CARRIERS = {"青鸟速运": "QN", "蜗牛快递": "WN", "飞毛腿物流": "FM", "小橘灯快运": "XJ"}
NUMBER_STEP = 7919

Happening = tuple[datetime, Callable[[], None]]


def order_number(index: int) -> str:
    """The number of the demo's ``index``-th order; the same in every demo."""
    return f"BB{680_100_000_000 + index * NUMBER_STEP}"


def between(rng: Random, low: float, high: float) -> timedelta:
    """A span between ``low`` and ``high`` hours, in whole seconds."""
    return timedelta(seconds=rng.randint(int(low * 3600), int(high * 3600)))


@dataclass
class Purchase:
    """An order with its lines and parcels; unsaved until ``write``, then live.

    ``goods`` are the shop's keys of what the lines hold, in their order.
    """

    order: Order
    goods: list[str]
    lines: list[OrderLine] = field(default_factory=list)
    parcels: list[Shipment] = field(default_factory=list)

    def price_of(self, what: str, goods: str) -> Decimal:
        """How much is given back: ``line`` (all of that article), ``all``, or an amount in yuan."""
        paid = self.order.paid_amount
        if what == "all":
            return paid
        return min(paid, self.lines[self.goods.index(goods)].amount if what == "line" else Decimal(what))

    def new_parcel(self, rng: Random, shipped_at: datetime) -> Shipment:
        """An unsaved parcel on its way."""
        carrier = rng.choice(list(CARRIERS))
        return Shipment(
            order=self.order,
            carrier=carrier,
            tracking_number=f"{CARRIERS[carrier]}{rng.randrange(10**12, 10**13)}",
            status=ShipmentStatus.IN_TRANSIT,
            shipped_at=shipped_at,
        )

    def natural_course(self, state: str, seen_at: datetime, rng: Random) -> list[Happening]:
        """What happens to the order by itself after ``seen_at``."""
        course, at = [], seen_at.replace(microsecond=0)
        parcel = self.parcels[0] if self.parcels else None
        if state == "paid":
            at += between(rng, 6, 20)
            parcel = self.new_parcel(rng, at)
            course.append((at, lambda: self.ship(parcel)))
        if state in {"paid", "in_transit"}:
            at = delivered_at = at + between(rng, 2, 40)
            course.append((at, lambda: self.deliver(parcel, delivered_at)))
        if state in {"paid", "in_transit", "delivered"}:
            at = completed_at = at + between(rng, 40, 120)
            course.append((at, lambda: self.complete(completed_at)))
        return course

    def ship(self, parcel: Shipment) -> None:
        parcel.save()
        self.order.status, self.order.shipped_at = OrderStatus.SHIPPED, parcel.shipped_at
        self.order.save(update_fields=["status", "shipped_at", "updated_at"])

    def deliver(self, parcel: Shipment, at: datetime) -> None:
        parcel.status, parcel.delivered_at = ShipmentStatus.DELIVERED, at
        parcel.save(update_fields=["status", "delivered_at"])

    def complete(self, at: datetime) -> None:
        """The order is done, unless it was given back meanwhile."""
        if self.order.status == OrderStatus.SHIPPED:
            self.order.status, self.order.completed_at = OrderStatus.COMPLETED, at
            self.order.save(update_fields=["status", "completed_at", "updated_at"])

    def refund(self, what: str, goods: str) -> None:
        """Give money back; an order that was given back whole is closed."""
        order = self.order
        order.refund_amount = min(order.paid_amount, order.refund_amount + self.price_of(what, goods))
        if order.refund_amount == order.paid_amount:
            order.status = OrderStatus.CLOSED
        elif order.status == OrderStatus.REFUNDING:
            order.status = OrderStatus.COMPLETED
        order.save(update_fields=["refund_amount", "status", "updated_at"])

    def send_again(self, parcel: Shipment) -> None:
        """A second parcel; the first, if it got stuck, goes back."""
        parcel.save()
        shipment = self.parcels[0]
        if shipment.status == ShipmentStatus.PROBLEM:
            shipment.status = ShipmentStatus.RETURNED
            shipment.save(update_fields=["status"])
        self.remark(f"{self.order.seller_remark} 已补发 {parcel.tracking_number}".strip())

    def move_to(self, address: str) -> None:
        self.order.address = address
        self.order.save(update_fields=["address", "updated_at"])

    def remark(self, text: str) -> None:
        self.order.seller_remark = text
        self.order.save(update_fields=["seller_remark", "updated_at"])


def write(purchases: list[Purchase]) -> None:
    """Number the orders in the order of time and write them all, with lines and parcels."""
    purchases.sort(key=lambda purchase: purchase.order.ordered_at)
    for index, purchase in enumerate(purchases):
        purchase.order.number = order_number(index)
    Order.objects.bulk_create(purchase.order for purchase in purchases)
    OrderLine.objects.bulk_create(line for purchase in purchases for line in purchase.lines)
    Shipment.objects.bulk_create(parcel for purchase in purchases for parcel in purchase.parcels)
