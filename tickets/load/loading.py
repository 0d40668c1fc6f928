"""The load from beginning to end, in an order that an interruption does not harm:

1. one transaction: the ledger with the plan, the merchants, the people, the last number of each day;
2. one transaction: indexes and foreign keys noted and dropped (PostgreSQL);
3. the chunks, each with its note in one transaction, by two processes (PostgreSQL) or one after the other;
4. the final steps, each noted when it is done.

Whoever starts it again with the same arguments goes on with what is not noted.
"""

from collections.abc import Callable

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from merchants.models import Merchant, User
from orders.models import Order
from tickets.models import Ticket
from tickets.models.numbering import DailyNumber

from . import chunks, ledger, mall, rebuilding, sinks
from .crew import crew, share
from .finishing import FINAL_STEPS
from .mall import Rules
from .plan import Plan

DROPPED = "dropped"
PASSWORD = "qinqin-demo"  # noqa: S105 - said aloud: nothing here is anybody's
# What somebody's house has.
FOREIGN = {"账号": User, "商户": Merchant, "订单": Order, "工单": Ticket}

Bar = Callable[[str, int, str], object]


class NotHere(Exception):
    """This database is no place for generated rows; the message says why."""


def prepared(wanted: Plan) -> Plan:
    """The plan to follow: the one that was begun here, or ``wanted``, begun now. ``NotHere`` where neither can be."""
    with transaction.atomic():
        if ledger.is_there():
            begun = ledger.plan()
            if not begun.asks_the_same(wanted):
                raise NotHere(
                    f"这个数据库里是 generate_load 用另外的参数生成的数据（--tickets {begun.tickets}"
                    f" --merchants {begun.merchants} --seed {begun.seed}），请换一个空数据库。"
                )
            return begun
        for what, model in FOREIGN.items():
            if model.objects.exists():
                raise NotHere(f"这个数据库里已有{what}，generate_load 只用于空数据库，未做任何改动。")
        Rules()
        ledger.begin(wanted)
        house = mall.build(wanted, chunks.words_of(wanted.seed), make_password(PASSWORD))
        sinks.write(house.rows | {DailyNumber: wanted.last_numbers()})
    return wanted


def run(plan: Plan, bar: Bar) -> bool:
    """Does what is left of a plan; returns whether anything was. ``bar(label, total, unit)`` makes a progress bar."""
    left = ledger.chunks_left(plan)
    steps = ledger.steps_left(step.name for step in FINAL_STEPS)
    if left:
        if DROPPED not in ledger.entries("step"):
            with transaction.atomic():
                rebuilding.take_away()
                ledger.note(f"step:{DROPPED}")
        with bar("生成工单", plan.tickets, "张") as progress:
            progress.update(plan.tickets - sum(len(plan.tickets_of(chunk)) for chunk in left))
            _load(plan, left, progress.update)
    for step in FINAL_STEPS:
        if step.name in steps:
            with bar(step.label, None, "项") as progress:
                for _ in step.work():
                    progress.update(1)
            ledger.note(f"step:{step.name}")
    return bool(left or steps)


def _load(plan: Plan, left: list[int], on_done: Callable[[int], object]) -> None:
    if connection.vendor != "postgresql":
        # A ticket points at its result, which comes later: SQLite would look through whole tables for each round.
        # The first of the final steps checks every key.
        with connection.constraint_checks_disabled():
            for chunk in left:
                on_done(chunks.load(plan, chunk))
        return
    with crew() as pool:
        for done in share(pool, chunks.load, ((plan, chunk) for chunk in left)):
            on_done(done)
