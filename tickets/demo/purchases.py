"""Orders as they were at a moment, and what happened to them later."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from merchants.models import Merchant
from orders.models import Customer, Order, OrderLine, OrderStatus, Shipment, ShipmentStatus

from .consumers import invent_address
from .shops import Shop

CARRIERS = {"青鸟速运": "QN", "蜗牛快递": "WN", "飞毛腿物流": "FM", "小橘灯快运": "XJ"}
BUYER_REMARKS = [
    "请尽量发近期生产的日期，谢谢",
    "放门口鞋柜上就行，宝宝睡觉不要敲门",
    "周末家里没人，请周一再送",
    "送人的，麻烦不要放价格单",
    "到楼下先打电话",
    "着急用，能今天发就今天发",
]
SELLER_REMARKS = [
    "老客，随单送小样一份",
    "已电联确认地址",
    "仓库缺货一件，明早补齐一起发",
    "客户要求不放纸质单",
]

NUMBER_STEP = 7919


def order_number(index: int) -> str:
    """The number of the demo's ``index``-th order; the same in every demo."""
    return f"BB{680_100_000_000 + index * NUMBER_STEP}"


def between(rng: Random, low: float, high: float) -> timedelta:
    """A span between ``low`` and ``high`` hours, in whole seconds."""
    return timedelta(seconds=rng.randint(int(low * 3600), int(high * 3600)))


@dataclass
class Purchase:
    """An order with its lines and parcels; unsaved until ``write``, then live. ``goods`` are keys of the shop's."""

    order: Order
    goods: list[str]
    lines: list[OrderLine] = field(default_factory=list)
    parcels: list[Shipment] = field(default_factory=list)

    # How it came about.

    @classmethod
    def at(
        cls,
        seen_at: datetime,
        state: str,
        rng: Random,
        merchant: Merchant,
        customer: Customer,
        goods: list[str],
        shop: Shop,
    ) -> "Purchase":
        """An order that has come as far as ``state`` by ``seen_at``."""
        order = Order(
            merchant=merchant,
            customer=customer,
            consignee=customer.name,
            phone=customer.phone,
            address=invent_address(rng),
            buyer_remark=rng.choice(BUYER_REMARKS) if rng.random() < 0.2 else "",
            seller_remark=rng.choice(SELLER_REMARKS) if rng.random() < 0.12 else "",
        )
        purchase = cls(order, goods)
        purchase._fill(rng, shop)
        purchase._come_to(state, seen_at, rng)
        return purchase

    def _fill(self, rng: Random, shop: Shop) -> None:
        for position, article in enumerate((shop.goods[key] for key in self.goods), start=1):
            quantity = rng.choice([1, 1, 1, 2, 2, 3]) if article.price < 200 else 1
            spec = rng.randrange(len(article.specs))
            self.lines.append(
                OrderLine(
                    order=self.order,
                    position=position,
                    sku=f"{article.sku}-{spec + 1:02d}",
                    title=article.title,
                    spec=article.specs[spec],
                    quantity=quantity,
                    unit_price=article.price,
                    amount=article.price * quantity,
                )
            )
        goods_total = sum(line.amount for line in self.lines)
        order = self.order
        order.discount_amount = Decimal(int(goods_total) // 100 * rng.choice([0, 5, 8, 10]))
        order.freight_amount = Decimal(0 if goods_total >= 99 else 8)
        order.total_amount = goods_total + order.freight_amount
        order.paid_amount = order.total_amount - order.discount_amount
        order.refund_amount = Decimal(0)

    def _come_to(self, state: str, seen_at: datetime, rng: Random) -> None:
        hours_ago = {
            "unpaid": (0.2, 6),
            "closed": (30, 200),
            "paid": (14, 44),
            "in_transit": (44, 80),
            "stuck": (130, 180),
            "delivered": (90, 190),
            "refunding": (90, 190),
            "completed": (300, 480),
        }
        order = self.order
        order.ordered_at = seen_at - between(rng, *hours_ago[state])
        if state in {"unpaid", "closed"}:
            order.status = OrderStatus.UNPAID if state == "unpaid" else OrderStatus.CLOSED
            order.paid_amount = None
            return
        order.paid_at = order.ordered_at + timedelta(seconds=rng.randint(15, 600))
        order.status = OrderStatus.PAID
        if state == "paid":
            return
        order.status = OrderStatus.SHIPPED
        order.shipped_at = order.paid_at + between(rng, 5, 22)
        parcel = self.new_parcel(rng, order.shipped_at)
        self.parcels.append(parcel)
        if state == "stuck":
            parcel.status = ShipmentStatus.PROBLEM
        elif state in {"delivered", "refunding", "completed"}:
            parcel.status = ShipmentStatus.DELIVERED
            parcel.delivered_at = order.shipped_at + between(rng, 30, 60)
        if state == "refunding":
            order.status = OrderStatus.REFUNDING
        if state == "completed":
            order.status = OrderStatus.COMPLETED
            order.completed_at = parcel.delivered_at + between(rng, 48, 160)

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

    # What happened to it later.

    def ship(self, parcel: Shipment) -> None:
        self.order.status, self.order.shipped_at = OrderStatus.SHIPPED, parcel.shipped_at
        self.order.save(update_fields=["status", "shipped_at", "updated_at"])
        self._add(parcel)

    def deliver(self, at: datetime) -> None:
        parcel = self.parcels[0]
        parcel.status, parcel.delivered_at = ShipmentStatus.DELIVERED, at
        parcel.save(update_fields=["status", "delivered_at"])

    def complete(self, at: datetime) -> None:
        if self.order.status == OrderStatus.SHIPPED:
            self.order.status, self.order.completed_at = OrderStatus.COMPLETED, at
            self.order.save(update_fields=["status", "completed_at", "updated_at"])

    def price_of(self, what: str, article: str) -> Decimal:
        """How much is given back: ``line`` (all of that article), ``all``, or an amount in yuan."""
        paid = self.order.paid_amount
        if what == "all":
            return paid
        return min(paid, self.lines[self.goods.index(article)].amount if what == "line" else Decimal(what))

    def refund(self, what: str, article: str) -> None:
        """Give money back; an order that was given back whole is closed."""
        order = self.order
        order.refund_amount = min(order.paid_amount, order.refund_amount + self.price_of(what, article))
        if order.refund_amount == order.paid_amount:
            order.status = OrderStatus.CLOSED
        elif order.status == OrderStatus.REFUNDING:
            order.status = OrderStatus.COMPLETED
        order.save(update_fields=["refund_amount", "status", "updated_at"])

    def send_again(self, parcel: Shipment) -> None:
        """A second parcel; the first, if it got stuck, goes back."""
        first = self.parcels[0]
        if first.status == ShipmentStatus.PROBLEM:
            first.status = ShipmentStatus.RETURNED
            first.save(update_fields=["status"])
        self._add(parcel)
        self.remark(f"{self.order.seller_remark} 已补发 {parcel.tracking_number}".strip())

    def _add(self, parcel: Shipment) -> None:
        parcel.save()
        self.parcels.append(parcel)

    def move_to(self, address: str) -> None:
        self.order.address = address
        self.order.save(update_fields=["address", "updated_at"])

    def remark(self, text: str) -> None:
        self.order.seller_remark = text
        self.order.save(update_fields=["seller_remark", "updated_at"])

    def natural_course(
        self, state: str, seen_at: datetime, rng: Random
    ) -> list[tuple[datetime, Callable[[], None]]]:
        """What happens to the order by itself after ``seen_at``: (when, what), oldest first."""
        course, at = [], seen_at
        if state == "paid":
            at += between(rng, 6, 20)
            parcel = self.new_parcel(rng, at)
            course.append((at, lambda: self.ship(parcel)))
        if state in {"paid", "in_transit"}:
            at = delivered_at = at + between(rng, 2, 40)
            course.append((at, lambda: self.deliver(delivered_at)))
        if state in {"paid", "in_transit", "delivered"}:
            at = completed_at = at + between(rng, 40, 120)
            course.append((at, lambda: self.complete(completed_at)))
        return course


def write(purchases: list[Purchase]) -> None:
    """Number the orders in the order of time and write them all, with lines and parcels."""
    purchases.sort(key=lambda purchase: purchase.order.ordered_at)
    for index, purchase in enumerate(purchases):
        purchase.order.number = order_number(index)
    Order.objects.bulk_create(purchase.order for purchase in purchases)
    OrderLine.objects.bulk_create(line for purchase in purchases for line in purchase.lines)
    Shipment.objects.bulk_create(parcel for purchase in purchases for parcel in purchase.parcels)
