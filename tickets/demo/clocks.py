"""What is done to the clocks of the demo's running tickets: held, extended, reminded, and one in office hours."""

from datetime import datetime, timedelta

from django.utils import timezone

from orders.models import Order
from tickets.lifecycle import Status, Urgency
from tickets.models import Calendar, Category, Policy, Ticket, TicketDraft

from .people import House
from .purchases import Happening

ROOM = timedelta(minutes=45)
# A category of its own: the stories of the others count on the usual deadlines.
PAPERS = "开票资料"
SHOP = "heyu"


def turn_clocks(house: House, now: datetime) -> None:
    """Some of each kind, on those with the most time left; nothing where too few tickets run."""
    running = Ticket.objects.filter(status=Status.WAITING_MERCHANT, round_no=1, due_at__gt=now + ROOM)
    running = list(running.exclude(category__name=PAPERS).order_by("-due_at")[:5])
    for act, ticket in zip((_hold, _hold_for_a_while, _grant, _ask, _decline), running, strict=False):
        act(ticket, house, now)
    late = Ticket.objects.filter(status=Status.WAITING_MERCHANT, due_at__lte=now).order_by("due_at").first()
    if late:
        late.remind(by_user=house.support[0], note="消费者又来电催问，请尽快答复", at=now)


def _hold(ticket: Ticket, house: House, now: datetime) -> None:
    reason = "消费者在外地，约好明天上午再联系确认收货地址"
    ticket.hold(by_user=house.support[0], reason=reason, until=now + timedelta(hours=12), at=now)


def _hold_for_a_while(ticket: Ticket, house: House, now: datetime) -> None:
    start = ticket.created_at + (now - ticket.created_at) / 4
    until = ticket.created_at + 3 * (now - ticket.created_at) / 4
    ticket.hold(by_user=house.support[0], reason="等消费者补拍商品照片", until=until, at=start)
    ticket.resume(at=until)


def _ask(
    ticket: Ticket, house: House, now: datetime, reason: str = "仓库盘点，要明天上午才能查到出库录像"
) -> None:
    ticket.ask_extension(
        by_user=house.staff_of(ticket.merchant.code)[0],
        reason=reason,
        due_wanted=ticket.due_at + timedelta(hours=2),
        at=now,
    )


def _grant(ticket: Ticket, house: House, now: datetime) -> None:
    _ask(ticket, house, now, "补货今晚到仓，到了马上补发")
    ticket.grant_extension(by_user=house.support[0], words="已和消费者说好", at=now)


def _decline(ticket: Ticket, house: House, now: datetime) -> None:
    _ask(ticket, house, now, "店里人手不够，请多给两个小时")
    ticket.decline_extension(by_user=house.support[0], reason="消费者急用，请先答复处理方案", at=now)


def before_the_weekend(house: House, now: datetime) -> Happening:
    """A ticket in office hours, which have no weekend: papers may take twenty-four of their hours."""
    category = Category.objects.get_or_create(name=PAPERS)[0]
    Policy.objects.create(
        category=category,
        urgency=Urgency.NORMAL,
        warning_minutes=16 * 60,
        deadline_minutes=24 * 60,
        calendar=Calendar.objects.get(name="客服工作时间"),
    )
    at = timezone.localtime(now).replace(hour=16, minute=30, second=0, microsecond=0)
    at -= timedelta(days=(at.weekday() - 4) % 7 or 7)

    def open_ticket() -> None:
        order = Order.objects.filter(merchant=house.merchants[SHOP], ordered_at__lt=at, tickets=None).first()
        if order:
            problem = "消费者要求把个人发票换成公司抬头，请协助重开并寄出。"
            Ticket.open(
                TicketDraft(order, category, Urgency.NORMAL, problem), by_user=house.support[0], at=at
            )

    return at, open_ticket
