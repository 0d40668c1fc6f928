"""The whole demo world: shops, people, orders and stories, told in the order in which they happened."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random

from django.db.models import Count

from orders.models import Customer, Order
from tickets import scanning
from tickets.models import Category, Ticket

from . import purchases
from .consumers import invent_customers
from .people import House, move_in
from .phrases import Phrases
from .purchases import Purchase
from .shops import Shop, read_shops
from .stories import Story, compose
from .telling import Happening, Teller

CUSTOMERS = 240
# States of an order that can carry a second complaint: the goods are in the consumer's hands.
IN_HAND = {"delivered", "completed"}


@dataclass(frozen=True)
class World:
    """What was loaded."""

    house: House
    shops: list[Shop]
    orders: int
    tickets: dict[str, int]


def order_numbers() -> list[str]:
    """The numbers of all orders of the demo, by which it is recognised."""
    return [purchases.order_number(index) for index in range(sum(shop.orders for shop in read_shops()))]


def build(
    rng: Random, now: datetime, progress: Callable[[list[Happening]], list[Happening]] = lambda told: told
) -> World:
    """Write everything, as seen from ``now``; belongs in one transaction. ``progress`` wraps what is told."""
    shops = read_shops()
    house = move_in({shop.code: shop.name for shop in shops})
    customers = Customer.objects.bulk_create(invent_customers(rng, CUSTOMERS))
    categories = {
        name: _category(name) for name in sorted({case.category for shop in shops for case in shop.cases})
    }

    stories, bought, told = [], [], []
    for shop in shops:
        shop_stories = compose(shop, rng, now, categories)
        shop_bought = _buy(shop, shop_stories, house, customers, rng, now, told)
        stories += shop_stories
        bought += shop_bought
    purchases.write(bought)

    phrases = Phrases(rng)
    for story in sorted(stories, key=lambda story: story.opened_at):
        told += Teller(story, house, phrases, rng).happenings
    told = sorted((one for one in told if one[0] <= now), key=lambda one: one[0])
    for _, happen in progress(told):
        happen()
    scanning.run()
    by_status = Ticket.objects.values_list("status").annotate(Count("pk")).order_by()
    return World(house, shops, Order.objects.count(), dict(by_status))


def _category(name: str) -> Category:
    return Category.objects.get_or_create(name=name)[0]


def _buy(
    shop: Shop,
    stories: list[Story],
    house: House,
    customers: list[Customer],
    rng: Random,
    now: datetime,
    told: list[Happening],
) -> list[Purchase]:
    """The shop's orders: those the stories are about, now and then one order for two or three of them, and the rest."""
    merchant = house.merchants[shop.code]
    bought = []
    for group in _share_orders(stories, rng):
        first = group[0]
        goods = list(dict.fromkeys(story.case.goods for story in group))
        goods += [
            key for key in rng.sample(list(shop.goods), rng.choice([0, 0, 1, 1, 2])) if key not in goods
        ]
        purchase = Purchase.at(
            first.opened_at, first.case.order, rng, merchant, rng.choice(customers), goods, shop
        )
        for story in group:
            story.purchase = purchase
        told += purchase.natural_course(first.case.order, first.opened_at, rng)
        bought.append(purchase)
    while len(bought) < shop.orders:
        state = rng.choices(
            ["unpaid", "closed", "paid", "in_transit", "delivered", "refunding", "completed"],
            weights=[2, 2, 5, 6, 8, 1, 9],
        )[0]
        goods = rng.sample(list(shop.goods), rng.choice([1, 1, 1, 2, 2, 3]))
        bought.append(Purchase.at(now, state, rng, merchant, rng.choice(customers), goods, shop))
    return bought


def _share_orders(stories: list[Story], rng: Random) -> list[list[Story]]:
    """Stories grouped by order, each group oldest first. Only what was delivered gets a second complaint."""
    groups: list[list[Story]] = []
    for story in sorted(stories, key=lambda story: story.opened_at):
        fitting = [
            group
            for group in groups[-12:]
            if story.case.order in IN_HAND
            and group[0].case.order in IN_HAND
            and len(group) < 3
            and all(other.category != story.category for other in group)
        ]
        if fitting and rng.random() < 0.22:
            rng.choice(fitting).append(story)
        else:
            groups.append([story])
    return groups
