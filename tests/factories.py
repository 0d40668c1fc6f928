"""Things for tests. Tickets come into being and move on through the verbs only, at moments that the test chooses.

>>> TicketFactory(opened_ago=timedelta(hours=5))                    # late by an hour, nobody has noticed
>>> submitted_ticket(urgency=Urgency.URGENT, after=timedelta(hours=3))   # … answered an hour too late
>>> returned_ticket(opened_ago=timedelta(days=2))
"""

from datetime import datetime, timedelta
from decimal import Decimal

import factory
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.db.models import QuerySet
from factory.django import DjangoModelFactory

from merchants.access import Role
from merchants.models import Merchant, User
from orders.models import Customer, Order, OrderLine, OrderStatus, Shipment, ShipmentStatus
from tickets.clock import database_now
from tickets.lifecycle import Outcome, Urgency
from tickets.models import (
    Calendar,
    Category,
    Channel,
    Delivery,
    Extension,
    Notice,
    NoticeKind,
    Policy,
    ReasonCode,
    Robot,
    RobotKind,
    Round,
    Ticket,
    TicketDraft,
)

PASSWORD = "qinqin-demo"
ANSWER = "已联系消费者核实情况，今天下午安排补发，运费由我们承担。"
REASON = "没有写明补发的快递单号"
STEP = timedelta(minutes=20)


class MerchantFactory(DjangoModelFactory):
    class Meta:
        model = Merchant

    code = factory.Sequence(lambda n: f"merchant-{n}")
    name = factory.Sequence(lambda n: f"第{n}号母婴店")


class UserFactory(DjangoModelFactory):
    """A person of customer service, unless ``owner_of``, ``staff_of`` or ``role`` say otherwise."""

    class Meta:
        model = User

    class Params:
        owner_of = None
        staff_of = None

    username = factory.Sequence(lambda n: f"person{n}")
    name = factory.Sequence(lambda n: f"员工{n}")
    password = factory.LazyFunction(lambda: make_password(PASSWORD))
    merchant = factory.LazyAttribute(lambda person: person.owner_of or person.staff_of)
    is_staff = is_superuser = factory.LazyAttribute(lambda person: person.role == Role.ADMIN)

    @factory.lazy_attribute
    def role(self) -> Role:
        if self.owner_of:
            return Role.MERCHANT_OWNER
        return Role.MERCHANT_STAFF if self.staff_of else Role.SUPPORT


class CustomerFactory(DjangoModelFactory):
    class Meta:
        model = Customer

    account = factory.Sequence(lambda n: f"宝妈{n}")
    name = "陈晓雨"
    phone = factory.Sequence(lambda n: f"138{n:08d}")


class OrderFactory(DjangoModelFactory):
    """A shipped order with ``lines`` articles in ``shipments`` parcels."""

    class Meta:
        model = Order
        skip_postgeneration_save = True

    number = factory.Sequence(lambda n: f"QB{2026_0000 + n}")
    merchant = factory.SubFactory(MerchantFactory)
    customer = factory.SubFactory(CustomerFactory)
    status = OrderStatus.SHIPPED
    total_amount = Decimal("268.00")
    paid_amount = Decimal("248.00")
    discount_amount = Decimal("20.00")
    freight_amount = Decimal("0.00")
    ordered_at = factory.LazyFunction(lambda: database_now() - timedelta(days=3))
    paid_at = factory.LazyAttribute(lambda order: order.ordered_at + timedelta(minutes=2))
    shipped_at = factory.LazyAttribute(lambda order: order.ordered_at + timedelta(days=1))
    consignee = "陈晓雨"
    phone = factory.LazyAttribute(lambda order: order.customer.phone if order.customer else "13800005678")
    address = "浙江省杭州市西湖区文三路90号3栋501室"
    buyer_remark = "请尽快发货"

    @factory.post_generation
    def lines(order, create, how_many, **_):
        OrderLine.objects.bulk_create(
            OrderLine(
                order=order,
                position=position,
                sku=f"SKU-{position}",
                title=f"婴儿纯棉连体衣 {position}",
                spec="粉色 / 73cm",
                quantity=2,
                unit_price=Decimal("67.00"),
                amount=Decimal("134.00"),
            )
            for position in range(1, (2 if how_many is None else how_many) + 1)
        )

    @factory.post_generation
    def shipments(order, create, how_many, **_):
        Shipment.objects.bulk_create(
            Shipment(
                order=order,
                carrier="顺丰速运",
                tracking_number=f"SF{order.pk:010d}{position}",
                status=ShipmentStatus.IN_TRANSIT,
                shipped_at=order.shipped_at,
            )
            for position in range(1, (1 if how_many is None else how_many) + 1)
        )


class CategoryFactory(DjangoModelFactory):
    """A kind of problem; those the product starts with are found by their name."""

    class Meta:
        model = Category
        django_get_or_create = ["name"]

    name = "商品质量"


class RobotFactory(DjangoModelFactory):
    """A group robot of customer service, unless ``merchant`` says otherwise."""

    class Meta:
        model = Robot

    kind = RobotKind.DINGTALK
    name = factory.Sequence(lambda n: f"群{n}")
    url = "https://oapi.dingtalk.com/robot/send?access_token=SECRET"


class PolicyFactory(DjangoModelFactory):
    """How long a merchant has for one category; the general policies are there from the start."""

    class Meta:
        model = Policy

    category = factory.SubFactory(CategoryFactory)
    urgency = Urgency.NORMAL
    warning_minutes = 20
    deadline_minutes = 45
    calendar = factory.LazyFunction(lambda: Calendar.objects.get(is_always=True))


def office_hours() -> Calendar:
    """客服工作时间, which the general policies follow from now on."""
    calendar = Calendar.objects.get(name="客服工作时间")
    Policy.objects.filter(category=None).update(calendar=calendar)
    return calendar


class TicketFactory(DjangoModelFactory):
    """``Ticket.open``, ``opened_ago`` before now or at ``at``."""

    class Meta:
        model = Ticket

    class Params:
        opened_ago = timedelta()

    order = factory.SubFactory(OrderFactory)
    category = factory.SubFactory(CategoryFactory)
    urgency = Urgency.NORMAL
    problem = "收到的连体衣开线，宝宝不能穿，消费者要求换货。"
    by_user = factory.SubFactory(UserFactory)
    at = factory.LazyAttribute(lambda ticket: database_now() - ticket.opened_ago)

    @classmethod
    def _create(cls, model_class, order, category, urgency, problem, by_user, at):
        return model_class.open(TicketDraft(order, category, urgency, problem), by_user=by_user, at=at)


def answerer(ticket: Ticket) -> User:
    """Somebody of the ticket's merchant."""
    return ticket.merchant.people.first() or UserFactory(staff_of=ticket.merchant)


def reason_code(kind: str) -> ReasonCode | None:
    """The first of the reasons that the product starts with; ``kind`` may be an outcome, and most need none."""
    return ReasonCode.objects.filter(kind=kind, category=None).first()


def submit(ticket: Ticket, at: datetime, text: str = ANSWER, outcome: str = Outcome.SOLVED) -> Ticket:
    """The merchant's answer, whoever gives it."""
    ticket.submit(by_user=answerer(ticket), outcome=outcome, text=text, code=reason_code(outcome), at=at)
    return ticket


def submitted_ticket(after: timedelta = STEP, text: str = ANSWER, outcome: str = Outcome.SOLVED, **about):
    """待客服审核: answered ``after`` its opening (which is two hours ago unless ``about`` says otherwise)."""
    ticket = TicketFactory(**{"opened_ago": timedelta(hours=2)} | about)
    return submit(ticket, ticket.created_at + after, text, outcome)


def completed_ticket(**about) -> Ticket:
    """已完结: as ``submitted_ticket``, and approved 20 minutes after the answer."""
    ticket = submitted_ticket(**about)
    ticket.approve(by_user=ticket.opened_by, at=ticket.handled_at + STEP)
    return ticket


def returned_ticket(**about) -> Ticket:
    """待商家处理 in round 2: as ``submitted_ticket``, and handed back 20 minutes after the answer."""
    ticket = submitted_ticket(**about)
    return send_back(ticket, ticket.handled_at + STEP)


def send_back(ticket: Ticket, at: datetime, reason: str = REASON) -> Ticket:
    """Who opened the ticket hands it back."""
    ticket.return_to_merchant(by_user=ticket.opened_by, reason=reason, code=reason_code("return"), at=at)
    return ticket


def reopened_ticket(**about) -> Ticket:
    """待商家处理 in round 2: as ``completed_ticket``, and reopened 20 minutes after it was completed."""
    ticket = completed_ticket(**about)
    ticket.reopen(by_user=ticket.opened_by, reason="消费者反映问题又出现了", at=ticket.handled_at + STEP)
    return ticket


def cancelled_ticket(after: timedelta = STEP, **about) -> Ticket:
    """已撤销, ``after`` its opening (two hours ago unless ``about`` says otherwise), never answered."""
    ticket = TicketFactory(**{"opened_ago": timedelta(hours=2)} | about)
    ticket.cancel(by_user=ticket.opened_by, reason="消费者撤回了投诉", at=ticket.created_at + after)
    return ticket


def ticket_on_hold(after: timedelta = STEP, lasting: timedelta = timedelta(hours=2), **about) -> Ticket:
    """已挂起, ``after`` its opening (an hour ago unless ``about`` says otherwise), for two hours."""
    ticket = TicketFactory(**{"opened_ago": timedelta(hours=1)} | about)
    at = ticket.created_at + after
    ticket.hold(by_user=ticket.opened_by, reason="等消费者寄回商品", until=at + lasting, at=at)
    return ticket


def ask_extension(
    ticket: Ticket, by: timedelta = timedelta(hours=1), at: datetime | None = None
) -> Extension:
    """The merchant's request for ``by`` more than the deadline of now."""
    return ticket.ask_extension(
        by_user=answerer(ticket),
        reason="补货明天才到",
        due_wanted=ticket.due_at + by,
        at=at or ticket.handled_at,
    )


class NoticeFactory(DjangoModelFactory):
    """Something that ``recipient`` was told just now, about ``ticket`` if there is one."""

    class Meta:
        model = Notice

    recipient = factory.SubFactory(UserFactory)
    key = factory.Sequence(lambda n: f"event:{900_000 + n}")
    kind = NoticeKind.OPENED
    text = factory.LazyAttribute(lambda notice: f"【{NoticeKind(notice.kind).label}】请尽快处理")
    created_at = factory.LazyFunction(database_now)


class DeliveryFactory(DjangoModelFactory):
    """A mail to ``person``, or a message through ``robot``, that was given up on after five attempts."""

    class Meta:
        model = Delivery

    person = factory.Maybe("robot", None, factory.SubFactory(UserFactory))
    robot = None
    channel = factory.LazyAttribute(lambda delivery: Channel.ROBOT if delivery.robot else Channel.EMAIL)
    key = factory.Sequence(lambda n: f"event:{900_000 + n}")
    kind = NoticeKind.OPENED
    text = "请尽快处理"
    created_at = factory.LazyFunction(database_now)
    next_attempt_at = factory.LazyAttribute(lambda delivery: delivery.created_at)
    state = Delivery.State.GIVEN_UP
    attempts = 5
    last_error = "对方拒绝：错误码 310000"
    finished_at = factory.LazyAttribute(
        lambda delivery: None if delivery.state == Delivery.State.WAITING else delivery.created_at
    )


def waiting_tickets(how_many: int, order: Order, by_user: User, due_at: datetime) -> QuerySet[Ticket]:
    """Many waiting tickets of one order that were due at ``due_at``, for tests whose subject is not the opening.

    One is opened by the verb; the others are copies of its row and its round, without snapshot and event.
    """
    deadline = Policy.objects.get(category=None, urgency=Urgency.NORMAL).deadline_after
    first = TicketFactory(order=order, by_user=by_user, at=due_at - deadline)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE copies(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM copies WHERE n < %s)"
            f" INSERT INTO tickets_ticket (number, {_columns(Ticket, 'number')})"
            f" SELECT number || '-' || CAST(n AS varchar), {_columns(Ticket, 'number')}"
            " FROM tickets_ticket, copies WHERE id = %s AND n <= %s",
            [how_many, first.pk, how_many],
        )
        cursor.execute(
            f"INSERT INTO tickets_round (ticket_id, {_columns(Round, 'ticket_id')})"
            f" SELECT tickets_ticket.id, {_columns(Round, 'ticket_id', of='first')}"
            " FROM tickets_ticket, tickets_round AS first"
            " WHERE tickets_ticket.number LIKE %s AND first.ticket_id = %s",
            [f"{first.number}-%", first.pk],
        )
    return Ticket.objects.filter(number__startswith=first.number).order_by("pk")


def _columns(model, *without: str, of: str = "") -> str:
    """The columns of a model but its key and those named, as SQL writes them."""
    columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    return ", ".join(f'{of and of + "."}"{column}"' for column in columns if column not in without)


def completed_again(ticket: Ticket) -> Ticket:
    """A completed one after another round."""
    ticket.reopen(by_user=ticket.opened_by, reason="问题又出现了")
    submit(ticket, database_now())
    ticket.approve(by_user=ticket.opened_by)
    return ticket
