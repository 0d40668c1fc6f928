"""The facts that tickets are about: consumers, orders, articles, parcels. Consumer 7 is always the same."""

import json
from typing import NamedTuple

from orders.models import Order, OrderLine, Shipment

from .moments import at, date_text, iso
from .words import Words

DAY = 86_400
CARRIERS = ["顺丰速运", "中通快递", "圆通速递", "韵达速递", "极兔速递", "京东物流", "中国邮政", "申通快递"]
# A step through all numbers that looks like none: prime to what it is taken modulo.
STEP = 618_033_989


class Consumer(NamedTuple):
    key: int
    account: str
    name: str
    phone: str
    address: str


class Bought(NamedTuple):
    """An order that a ticket can be about; ``facts`` as a ticket keeps them."""

    key: int
    number: str
    shop: object
    customer: int
    ordered_at: int
    facts: str


def consumer(words: Words, seed: int, place: int) -> Consumer:
    """The consumer at a place, counted from 0. Nothing is looked up: everything follows from the place."""
    mixed = (place * STEP + seed * 7_919) % 1_000_000_007
    lists = words.lists
    surname, given, city = lists["surname"], lists["given"], lists["city"]
    name = surname[mixed % len(surname)] + given[mixed // 64 % len(given)]
    if mixed % 3:
        name += given[mixed // 4_096 % len(given)]
    phone = f"1{3 + mixed % 7}{(mixed * 31 + place) % 10**9:09d}"
    home = lists["place"][mixed // 128 % len(lists["place"])]
    address = f"{city[mixed % len(city)]}{home}{mixed % 40 + 1}幢{mixed // 40 % 30 + 1}0{mixed % 4 + 1}室"
    nick = lists["nick"][mixed // 16 % len(lists["nick"])]
    return Consumer(place + 1, f"{nick}{place + 1}", name, phone, address)


def customer_row(person: Consumer, created: int) -> tuple:
    return (person.key, person.account, person.name, person.phone, at(created))


class Till:
    """Rings up orders into ``rows``, with keys that belong to one chunk."""

    def __init__(self, plan, words: Words, random, rows: dict, chunk: int):
        self.plan, self.words, self.random, self.rows = plan, words, random, rows
        self.consumers = max(1, plan.consumers_of(chunk).stop)
        self.order_key = chunk * plan.chunk
        self.line_key, self.parcel_key = self.order_key * 4, self.order_key * 2

    def sell(self, shop, before: int) -> Bought:
        """An order with a shop, made one to twelve days before a moment."""
        random, words = self.random, self.words
        chance = random.random
        self.order_key += 1
        key = self.order_key
        # Those of earlier chunks come again, the earliest most often.
        place = int(self.consumers * chance() ** 1.3)
        person = consumer(words, self.plan.seed, place)
        ordered = before - int((1 + 11 * chance()) * DAY)
        paid, shipped = ordered + 60 + int(chance() * 600), ordered + int((0.2 + 0.7 * chance()) * DAY)
        arrived = shipped + int((1 + 3 * chance()) * DAY)
        arrived = arrived if arrived < before else None
        lines, total = self._lines(key, chance)
        discount = total // 10 if chance() < 0.5 else 0
        freight = 0 if total > 9_900 else 800
        status = "shipped" if arrived is None or chance() < 0.3 else "completed"
        done = arrived + DAY // 2 if status == "completed" else None
        done = done if done and done < before else None
        status = "shipped" if done is None else status
        refunded = total - discount if chance() < 0.15 else None
        remark = words.text(random, "remark", 0.6) if chance() < 0.3 else ""
        seller = words.text(random, "approval", 0.6) if chance() < 0.08 else ""
        number = f"QB{date_text(ordered // DAY).replace('-', '')}{key:08d}"
        parcels = self._parcels(key, chance, shipped, arrived)
        facts = {
            "status": status,
            "total_amount": money(total),
            "paid_amount": money(total - discount + freight),
            "discount_amount": money(discount),
            "freight_amount": money(freight),
            "refund_amount": None,
            "ordered_at": iso(ordered),
            "paid_at": iso(paid),
            "shipped_at": iso(shipped),
            "completed_at": iso(done),
            "consignee": person.name,
            "phone": person.phone,
            "address": person.address,
            "buyer_remark": remark,
            "seller_remark": seller,
            "lines": lines,
            "shipments": parcels,
        }
        self.rows[Order].append(
            (
                key, number, shop.key, person.key, "refunding" if refunded else status, money(total),
                money(total - discount + freight), money(refunded), money(discount), money(freight), at(ordered),
                at(paid), at(shipped), at(done), person.name, person.phone, person.address, remark, seller,
                at(shipped), at(before if refunded else shipped),
            )
        )  # fmt: skip
        return Bought(key, number, shop, person.key, ordered, json.dumps(facts, ensure_ascii=False))

    def _lines(self, order: int, chance) -> tuple[list[dict], int]:
        lists, rows = self.words.lists, self.rows[OrderLine]
        kept, total = [], 0
        for position in range(1, 2 + int(chance() * chance() * 3.2)):
            self.line_key += 1
            word = self.words.word
            brand, thing, adjective = word(chance, "brand"), word(chance, "thing"), word(chance, "adjective")
            sku = f"{len(thing)}{int(chance() ** 2 * 90_000):05d}"
            title = f"{brand}{adjective}{thing}{word(chance, 'adjective')}款"
            spec = f"{word(chance, 'colour')} / {lists['size'][int(chance() * len(lists['size']))]}"
            price, quantity = 990 + int(chance() ** 3 * 90_000), 1 + int(chance() ** 3 * 4)
            unit, amount = money(price), money(price * quantity)
            rows.append((self.line_key, order, position, sku, title, spec, quantity, unit, amount))
            kept.append(
                {"sku": sku, "title": title, "spec": spec, "quantity": quantity, "unit_price": unit, "amount": amount}
            )  # fmt: skip
            total += price * quantity
        return kept, total

    def _parcels(self, order: int, chance, shipped: int, arrived: int | None) -> list[dict]:
        kept = []
        for _ in range(2 if chance() < 0.08 else 1):
            self.parcel_key += 1
            carrier = CARRIERS[int(len(CARRIERS) * chance() ** 1.5)]
            tracking = f"{'SF' if carrier[0] == '顺' else 'YT'}{(self.parcel_key * STEP) % 10**13:013d}"
            status = "delivered" if arrived else "problem" if chance() < 0.1 else "in_transit"
            self.rows[Shipment].append(
                (self.parcel_key, order, carrier, tracking, status, at(shipped), at(arrived))
            )
            kept.append(
                {"carrier": carrier, "tracking_number": tracking, "status": status,
                 "shipped_at": iso(shipped), "delivered_at": iso(arrived)}
            )  # fmt: skip
        return kept


def money(cents: int | None) -> str | None:
    return None if cents is None else f"{cents // 100}.{cents % 100:02d}"
