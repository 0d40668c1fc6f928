"""Files of problems into tickets, a chunk at a time; reading and reporting are those of the orders' import."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import connection, reset_queries, transaction

from merchants.models import Merchant, User
from orders.importing.cells import BadCell, lines_of_text, order_number, shown_word
from orders.importing.headings import Columns, field, fold
from orders.importing.orders import CREATED
from orders.importing.reading import Record, Table
from orders.importing.report import Report
from orders.models import Order

from .clock import database_now
from .in_turn import Turn, in_turn
from .lifecycle import OPENERS, Refused, Urgency
from .models import Category, Ticket, TicketDraft
from .models.catalogue import PolicyBook
from .models.snapshot import order_facts
from .reading.rows import articles_of, parcels_of

CHUNK = 500
THERE_ALREADY = "已存在"
KINDS = [CREATED, THERE_ALREADY]

TICKET_FIELDS = [
    field("number", "订单号", "订单编号, 订单号, 主订单编号, order number, order no, order id, order"),
    field("category", "问题类型", """
        问题类型, 问题分类, 工单类型, 类型, 分类, category, problem category, type"""),
    field("urgency", "紧急程度", "紧急程度, 紧急级别, 优先级, urgency, priority"),
    field("problem", "问题描述", """
        问题描述, 问题, 问题内容, 描述, 内容, problem, description, problem description, text"""),
]  # fmt: skip
LABELS = {each.name: each.label for each in TICKET_FIELDS}
URGENCY_BY_WORD = {fold(word): urgency for urgency in Urgency for word in (urgency.value, urgency.label)}


@dataclass(frozen=True, slots=True)
class Wish:
    """A row whose cells are in order: a ticket, if there is such an order and nobody has opened it yet."""

    line: int
    number: str
    category: Category
    urgency: str
    problem: str


class Sameness(NamedTuple):
    """Two open tickets with the same of these are one."""

    order_id: int
    category_id: int
    problem: str


class Opened(NamedTuple):
    """What became of a chunk; ``refused`` are lines with the reasons."""

    created: int
    there_already: int
    refused: list[tuple[int, str]]


def opener(username: str) -> User:
    """The person in whose name the tickets are opened. Raises ``Refused`` when that is not for this account."""
    person = User.objects.filter(username=username, is_active=True).first()
    if person is None:
        raise Refused(f"没有可用的账号 {username}")
    if person.role not in OPENERS:
        raise Refused(f"账号 {username} 的角色是{person.get_role_display()}：只有客服和主管可以新建工单")
    return person


class TicketImport:
    """One file. With ``write`` false nothing is written, and the report says what would be."""

    def __init__(self, table: Table, report: Report, *, by_user: User, write: bool):
        self.table, self.report, self.by_user, self.write = table, report, by_user, write
        self.categories = {fold(category.name): category for category in Category.objects.all()}
        self.policies = PolicyBook()
        self.columns = Columns(table.headings, TICKET_FIELDS)
        for name in ["number", "category", "problem"]:
            self.columns.require(name)
        for note in [*table.source.notes, *self.columns.notes]:
            report.note(note)
        # What a run without writing would have written, as hashes: the problems themselves would fill the memory.
        self.imagined: set[int] = set()

    def run(self, on_read: Callable[[], None]) -> None:
        """Opens the tickets chunk by chunk. ``on_read`` hears of every row that was read."""
        in_turn(self._open, batched(self._wishes(on_read), CHUNK), self._tell)

    def _wishes(self, on_read: Callable[[], None]) -> Iterator[Wish]:
        for record in self.table:
            on_read()
            try:
                yield self._wish(record)
            except BadCell as error:
                self.report.refuse(record.line, str(error))

    def _wish(self, record: Record) -> Wish:
        if record.fault:
            raise BadCell(record.fault)
        told = self.columns.read(record.cells)
        try:
            number = order_number(told.get("number", ""))
        except BadCell as error:
            raise BadCell(f"“{LABELS['number']}”{error}") from error
        category = self.categories.get(fold(told.get("category", "")))
        if category is None:
            names = [category.name for category in self.categories.values()]
            raise BadCell(f"没有这个问题类型：{shown_word(told.get('category', ''), names)}")
        if not category.is_active:
            raise BadCell(f"问题类型「{category}」已停用")
        word = told.get("urgency", "")
        urgency = URGENCY_BY_WORD.get(fold(word)) if word else Urgency.NORMAL
        if urgency is None:
            raise BadCell(
                f"没有这个紧急程度：{shown_word(word, Urgency.labels)}，可写" + "、".join(Urgency.labels)
            )
        return Wish(record.line, number, category, urgency, lines_of_text(told.get("problem", "")))

    def _open(self, wishes: Sequence[Wish], turn: Turn) -> Opened:
        """One chunk, in one transaction; while it is written the next one is got ready, up to its numbers."""
        with transaction.atomic():
            with turn.beginning():
                orders, facts = self._orders(wishes)
                now = database_now()
            existing = self._existing(orders.values())
            if not self.write:
                turn.wait()  # for what the chunk before has imagined
            drafts: list[TicketDraft] = []
            refused: list[tuple[int, str]] = []
            for wish in wishes:
                try:
                    draft, same = self._draft(wish, orders.get(wish.number), facts)
                except ValidationError as error:
                    refused.append((wish.line, "；".join(error.messages)))
                    continue
                if same not in existing and hash(same) not in self.imagined:
                    existing.add(same)
                    drafts.append(draft)
                    if not self.write:
                        self.imagined.add(hash(same))
            if self.write:
                about_to_open = Ticket.about_to_open(drafts, by_user=self.by_user, at=now)
                turn.wait()
                about_to_open.open()
        reset_queries()  # with DEBUG Django would keep every statement, problems and all
        return Opened(len(drafts), len(wishes) - len(drafts) - len(refused), refused)

    def _tell(self, opened: Opened) -> None:
        for line, reason in opened.refused:
            self.report.refuse(line, reason)
        self.report.count(CREATED, opened.created)
        self.report.count(THERE_ALREADY, opened.there_already)

    def _orders(self, wishes: Sequence[Wish]) -> tuple[dict[str, Order], dict[int, dict]]:
        """The orders that are meant, by number, and their facts, by key."""
        orders = Order.objects.for_user(self.by_user).filter(number__in={wish.number for wish in wishes})
        if self.write:
            # The same file imported twice at once: the second waits here and then finds the first one's tickets. So
            # does a chunk for the one before that is about the same orders: no page is kept waiting by it.
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '2min'")
            orders = orders.select_for_update(no_key=True, of=("self",)).order_by("pk")
        orders = list(orders)
        merchants = Merchant.objects.in_bulk({order.merchant_id for order in orders})
        for order in orders:
            order.merchant = merchants[order.merchant_id]
        keys = [order.pk for order in orders]
        lines, shipments = articles_of(keys), parcels_of(keys)
        facts = {order.pk: order_facts(order, lines[order.pk], shipments[order.pk]) for order in orders}
        return {order.number: order for order in orders}, facts

    def _existing(self, orders) -> set[Sameness]:
        open_tickets = Ticket.objects.open().filter(order__in=[order.pk for order in orders])
        return {Sameness(*row) for row in open_tickets.values_list("order_id", "category_id", "problem")}

    def _draft(self, wish: Wish, order: Order | None, facts: dict[int, dict]) -> tuple[TicketDraft, Sameness]:
        """What ``open_many`` would refuse is refused here, so that one row does not take its chunk with it."""
        if order is None:
            raise ValidationError("没有这个订单，请先导入订单")
        draft = TicketDraft(order, wish.category, wish.urgency, wish.problem, facts=facts[order.pk])
        problem = draft.checked_problem()
        self.policies.find(wish.category.pk, wish.urgency)
        return draft, Sameness(order.pk, wish.category.pk, problem)
