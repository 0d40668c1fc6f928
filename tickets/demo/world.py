"""The whole demo world: shops, people, orders and stories, told in the order in which they happened."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.core.exceptions import ValidationError
from django.db.models import Count
from django.utils import timezone

from orders.models import Order
from tickets import scanning
from tickets.models import Category, Notice, Phrase, Ticket
from tickets.models.calendar import import_holidays

from . import clocks, consumers, handovers, people, purchases
from .judging import judge
from .people import House
from .phrases import Phrases
from .pictures import Album
from .purchases import Happening, Purchase
from .shops import Case, Shop, read_shops
from .stories import Story, compose
from .telling import Teller
from .till import Till, Wish

CUSTOMERS = 240
# States of an order that can carry a second complaint: the goods are in the consumer's hands.
IN_HAND = {"delivered", "completed"}
# So long nobody has looked into the inbox.
NEWS = timedelta(hours=3)


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
    rng: Random, now: datetime, progress: Callable[[list[Happening]], Iterable[Happening]] = iter
) -> World:
    """Write everything, as seen from ``now``; belongs in one transaction. ``progress`` wraps what is told."""
    shops = read_shops()
    with suppress(ValidationError):  # the library does not know the year yet
        import_holidays(timezone.localdate(now).year)
    house = people.move_in({shop.code: shop.name for shop in shops})
    households = consumers.move_in(rng, CUSTOMERS)
    categories = {
        name: _category(name) for name in sorted({case.category for shop in shops for case in shop.cases})
    }

    stories, bought, told = [], [], []
    for shop in shops:
        # Who shares an order depends on the hour; with dice of its own that changes nothing else.
        till = Till(shop, house.merchants[shop.code], households, Random(rng.getrandbits(64)))  # noqa: S311
        shop_stories = compose(shop, rng, now, categories)
        sold, course = _sell(till, shop_stories, now)
        stories, bought, told = stories + shop_stories, bought + sold, told + course
    purchases.write(bought)

    phrases, album = Phrases(rng), Album()
    handovers.mistake(stories)
    tellers = [Teller(story, house, phrases, album, rng) for story in stories]
    told += [happening for teller in tellers for happening in teller.happenings]
    # With dice of its own: whoever takes a ticket, the stories stay the same.
    told += handovers.hand_over(tellers, house, now, Random(len(stories)))  # noqa: S311
    told.append(clocks.before_the_weekend(house, now))
    _keep_phrases(house)
    told = sorted((one for one in told if one[0] <= now), key=lambda one: one[0])
    for _, happen in progress(told):
        happen()
    scanning.run()
    clocks.turn_clocks(house, now)
    _read_the_news(now)
    judge(house, now)
    by_status = Ticket.objects.values_list("status").annotate(Count("pk")).order_by()
    return World(house, shops, Order.objects.count(), dict(by_status))


def _read_the_news(now: datetime) -> None:
    """What people have been told earlier, or about tickets that are over, they have read."""
    # One after the other: PostgreSQL knows nothing yet about tables that were filled just now, and joins them badly.
    Notice.objects.unread().filter(created_at__lt=now - NEWS).update(read_at=now)
    over = Ticket.objects.filter(is_open=False).values_list("pk", flat=True)
    Notice.objects.unread().filter(ticket__in=list(over)).update(read_at=now)


def _keep_phrases(house: House) -> None:
    """What both sides often write."""
    rows = [
        (None, "催问进展", "工单 {工单号} 的消费者还在等，请尽快填写处理结果，谢谢。"),
        (None, "请补单号", "请在处理结果中写明补发或退款的单号和预计到账、送达时间。"),
        *((merchant, "补发", "订单 {订单号} 已安排今天补发，快递单号："
           ) for merchant in house.merchants.values()),
        *((merchant, "退款", "已同意退款，款项三个工作日内原路退回，退款金额："
           ) for merchant in house.merchants.values()),
    ]  # fmt: skip
    Phrase.objects.bulk_create(
        Phrase(merchant=merchant, title=title, text=text, position=place * 10)
        for place, (merchant, title, text) in enumerate(rows, start=1)
    )


def _category(name: str) -> Category:
    return Category.objects.get_or_create(name=name)[0]


def _sell(till: Till, stories: list[Story], now: datetime) -> tuple[list[Purchase], list[Happening]]:
    """The shop's orders, and what happens to them by themselves.

    First those the stories are about, now and then one for two or three of them; the rest is for the lists.
    """
    bought, told = [], []
    for group in _share_orders(stories, till.rng):
        state, seen_at = group[0].case.order, group[0].opened_at
        wishes = [wish for story in group for wish in _wishes(story.case)]
        purchase = till.sell(seen_at, state, till.add_something(wishes, till.rng.choice([0, 0, 1, 1, 2])))
        told += purchase.natural_course(state, seen_at, till.rng)
        bought.append(purchase)
        for story in group:
            story.purchase = purchase
    while len(bought) < till.shop.orders:
        bought.append(till.sell_something(now))
    return bought, told


def _wishes(case: Case) -> list[Wish]:
    """What a case needs in its order."""
    wishes = [Wish(case.goods, case.spec, case.quantity)]
    return [*wishes, Wish(case.also)] if case.also else wishes


def _share_orders(stories: list[Story], rng: Random) -> list[list[Story]]:
    """Stories grouped by order, each group oldest first. Only what was delivered gets a second complaint."""
    groups: list[list[Story]] = []
    for story in sorted(stories, key=lambda story: story.opened_at):
        fitting = [group for group in groups[-12:] if _fits(story, group)]
        if fitting and rng.random() < 0.25:
            rng.choice(fitting).append(story)
        else:
            groups.append([story])
    return groups


def _fits(story: Story, group: list[Story]) -> bool:
    """Whether the story may be about the order of this group: another article of it, another kind of problem."""
    return (
        len(group) < 3
        and story.case.order in IN_HAND
        and group[0].case.order in IN_HAND
        and not story.case.also
        and all(
            other.category != story.category and story.case.goods not in {other.case.goods, other.case.also}
            for other in group
        )
    )
