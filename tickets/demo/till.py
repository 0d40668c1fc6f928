"""How the orders of a shop come about."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from merchants.models import Merchant
from orders.models import Order, OrderLine, OrderStatus, ShipmentStatus

from .consumers import Household
from .purchases import Purchase, between
from .shops import Shop

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

# How long before the moment of looking an order in this state was placed, in hours.
PLACED_HOURS_AGO = {
    "unpaid": (0.2, 6),
    "closed": (30, 200),
    "paid": (14, 44),
    "in_transit": (44, 80),
    "stuck": (130, 180),
    "delivered": (90, 190),
    "refunding": (90, 190),
    "completed": (300, 480),
}
USUAL_STATES = {
    "unpaid": 2, "closed": 2, "paid": 5, "in_transit": 6, "delivered": 8, "refunding": 1, "completed": 9,
}  # fmt: skip
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Wish:
    """What somebody buys; without ``spec`` or ``quantity`` whatever comes."""

    goods: str
    spec: str = ""
    quantity: int = 0


class Till:
    """Where a shop's orders are made; none of them is written yet."""

    def __init__(self, shop: Shop, merchant: Merchant, households: list[Household], rng: Random):
        self.shop, self.merchant, self.households, self.rng = shop, merchant, households, rng

    def sell(self, seen_at: datetime, state: str, wishes: list[Wish]) -> Purchase:
        """An order that has come as far as ``state`` by ``seen_at``."""
        customer, address = self.rng.choice(self.households)
        order = Order(
            merchant=self.merchant,
            customer=customer,
            consignee=customer.name,
            phone=customer.phone,
            address=address,
            buyer_remark=self._now_and_then(BUYER_REMARKS),
            seller_remark=self._now_and_then(SELLER_REMARKS),
        )
        purchase = Purchase(order, [wish.goods for wish in wishes])
        purchase.lines = [self._line(order, position, wish) for position, wish in enumerate(wishes, start=1)]
        self._add_up(purchase)
        self._come_to(state, seen_at, purchase)
        return purchase

    def sell_something(self, seen_at: datetime) -> Purchase:
        """An order like most: nothing is wrong with it."""
        state = self.rng.choices(list(USUAL_STATES), weights=USUAL_STATES.values())[0]
        return self.sell(seen_at, state, self.add_something([], self.rng.choice([1, 1, 1, 2, 2, 3])))

    def add_something(self, wishes: list[Wish], how_many: int) -> list[Wish]:
        """The wishes and ``how_many`` others, if the shop has so many."""
        taken = {wish.goods for wish in wishes}
        others = [
            key for key in self.rng.sample(list(self.shop.goods), len(self.shop.goods)) if key not in taken
        ]
        return wishes + [Wish(key) for key in others[:how_many]]

    def _now_and_then(self, remarks: list[str]) -> str:
        return self.rng.choice(remarks) if self.rng.random() < 0.18 else ""

    def _line(self, order: Order, position: int, wish: Wish) -> OrderLine:
        article = self.shop.goods[wish.goods]
        spec = wish.spec or self.rng.choice(article.specs)
        usual = self.rng.choice([1, 1, 1, 2, 2, 3]) if article.price < 200 else 1
        quantity = wish.quantity or usual
        return OrderLine(
            order=order,
            position=position,
            sku=f"{article.sku}-{article.specs.index(spec) + 1:02d}",
            title=article.title,
            spec=spec,
            quantity=quantity,
            unit_price=article.price,
            amount=article.price * quantity,
        )

    def _add_up(self, purchase: Purchase) -> None:
        order, goods = purchase.order, sum(line.amount for line in purchase.lines)
        # To the cent, as the database gives them back: a snapshot compares texts.
        order.discount_amount = Decimal(int(goods) // 100 * self.rng.choice([0, 5, 8, 10])).quantize(CENT)
        order.freight_amount = Decimal(0 if goods >= 99 else 8).quantize(CENT)
        order.total_amount = goods + order.freight_amount
        order.paid_amount = order.total_amount - order.discount_amount
        order.refund_amount = Decimal(0).quantize(CENT)

    def _come_to(self, state: str, seen_at: datetime, purchase: Purchase) -> None:
        order, rng = purchase.order, self.rng
        order.ordered_at = seen_at.replace(microsecond=0) - between(rng, *PLACED_HOURS_AGO[state])
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
        parcel = purchase.new_parcel(rng, order.shipped_at)
        purchase.parcels.append(parcel)
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
