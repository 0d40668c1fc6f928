"""One chunk of a load: its rows, and their way into the database in one transaction with the note that it is done."""

from collections import deque
from functools import cache
from random import Random

from django.db import connection, transaction

from orders.models import Customer
from tickets.models import Ticket

from . import ledger, mall, sinks
from .mall import House, Rules
from .plan import Plan, day_of
from .purchases import Till, consumer, customer_row
from .tables import OF_CHUNKS, Rows
from .telling import Teller
from .words import Words

DAY = 86_400
# One ticket in so many is about an order that already has one.
AGAIN = 0.06


@cache
def words_of(seed: int) -> Words:
    return Words(seed)


@cache
def house_of(plan: Plan) -> House:
    return mall.build(plan, words_of(plan.seed))


@cache
def rules() -> Rules:
    return Rules()


def rows_of(plan: Plan, chunk: int) -> Rows:
    """The rows of a chunk; the same whenever they are asked for."""
    words, random = words_of(plan.seed), Random(f"chunk {plan.seed} {chunk}")
    rows: Rows = {model: [] for model in OF_CHUNKS}
    house = house_of(plan)
    till = Till(plan, words, random, rows, chunk)
    teller = Teller(plan, house, rules(), words, random, rows, chunk)
    rows[Customer] += [
        customer_row(consumer(words, plan.seed, place), plan.now - 320 * DAY)
        for place in plan.consumers_of(chunk)
    ]
    lately: deque = deque(maxlen=200)
    for ticket in plan.tickets_of(chunk):
        stretch = plan.stretch_of(ticket)
        place = ticket - stretch.first
        created = stretch.moment((place + random.random()) / stretch.count)
        number = f"GD{day_of(stretch.day):%Y%m%d}-{stretch.before + place + 1:06d}"
        # Evenly spread, so that the share is kept exactly at any size.
        is_open = (place * 0.618_033_988_75) % 1 < stretch.is_open
        if lately and random.random() < AGAIN:
            bought = lately.popleft()
        else:
            bought = till.sell(house.shop(random.random()), created)
            lately.append(bought)
        teller.tell(ticket + 1, number, created, is_open, bought)
    return rows


def load(plan: Plan, chunk: int) -> int:
    """Writes a chunk; returns how many tickets it holds."""
    rows = rows_of(plan, chunk)
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL TimeZone = 'UTC'")
                cursor.execute("SET LOCAL synchronous_commit = off")
        ledger.note(f"chunk:{chunk:06d}")
        sinks.write(rows)
    return len(rows[Ticket])
