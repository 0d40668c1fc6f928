"""What the measurements need in the mall: a ticket with a long history, answers that are due, people signed in.

Everything is made by the verbs; called within Django (``django.setup``).
"""

from datetime import timedelta
from itertools import cycle, islice
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef

from merchants.models import User
from orders.models import Order
from tests.pages import signed_in
from tickets.clock import database_now
from tickets.models import Category, ReasonCode, Ticket, TicketDraft

LONG = "测量：五轮、二十条处理进度的工单，消费者几次反映纸尿裤漏尿，要求换货。"
DUE = "测量：等待答复的工单，收到的连体衣开线，消费者要求补发。"
ANSWER = "已联系消费者核实情况，仓库检查同批次没有发现问题，今天下午补发一件新的，运费由我们承担。"
ROUNDS, EVENTS = 5, 20


class Cast(NamedTuple):
    clerk: User
    owner: User
    admin: User


def cast() -> Cast:
    return Cast(*(User.objects.get(username=name) for name in ("kefu", "shangjia", "admin")))


def cookies(person: User) -> str:
    """Signed in, as a request sends it."""
    client = signed_in(person)
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


def long_ticket(people: Cast) -> Ticket:
    """A completed ticket with 5 rounds and 20 events or a few more; made once."""
    if found := Ticket.objects.filter(
        merchant=people.owner.merchant, problem=LONG, status="completed", archived_at=None
    ).first():
        return found
    reason = ReasonCode.objects.filter(kind="return", category=None, is_active=True).first()
    at = database_now() - timedelta(days=2)
    [order] = _orders(people, 1)
    ticket = Ticket.open(_draft(order, LONG), by_user=people.clerk, at=at)
    for number in range(1, ROUNDS + 1):
        ticket.remind(by_user=people.clerk, at=at + timedelta(minutes=20))
        if number == 1:
            ticket.claim(by_user=people.owner, at=at + timedelta(minutes=22))
        ticket.add_message(by_user=people.clerk, text="请补充照片", at=at + timedelta(minutes=25))
        ticket.remind(by_user=people.clerk, at=at + timedelta(minutes=40))
        at += timedelta(hours=1)
        ticket.submit(by_user=people.owner, outcome="solved", text=f"第{number}次：{ANSWER}", at=at)
        at += timedelta(minutes=30)
        if number < ROUNDS:
            ticket.return_to_merchant(by_user=people.clerk, reason="没有写明快递单号", code=reason, at=at)
    ticket.approve(by_user=people.clerk, at=at)
    return ticket


def due_tickets(people: Cast, how_many: int) -> list[Ticket]:
    """So many new tickets that the largest shop has to answer."""
    drafts = [_draft(order, DUE) for order in _orders(people, how_many)]
    with transaction.atomic():
        return Ticket.open_many(drafts, by_user=people.clerk)


def _orders(people: Cast, how_many: int) -> list[Order]:
    """The shop's newest orders about which nothing is open, each another one, as complaints mostly are."""
    open_tickets = Ticket.objects.filter(order=OuterRef("pk"), is_open=True)
    orders = Order.objects.filter(merchant=people.owner.merchant).order_by("-ordered_at", "-pk")
    orders = orders.select_related("merchant").prefetch_related("lines", "shipments")
    found = list(orders.filter(~Exists(open_tickets))[:how_many])
    if len(found) < how_many:  # a small mall that was measured before
        found += islice(cycle(orders[:how_many]), how_many - len(found))
    return found


def _draft(order: Order, problem: str) -> TicketDraft:
    return TicketDraft(order, Category.objects.filter(is_active=True).first(), "normal", problem)
