"""How tickets come into being: one, or a hundred thousand, by the same steps."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from orders.models import Order

from ..clock import database_now
from ..lifecycle import OPENERS, EventKind, Refused, Status, Urgency
from ..notifying import announcing
from ..searching import keeping
from ..searching.texts import Opened
from ..wording import check_problem
from .attachment import Attachment
from .catalogue import Category, PolicyBook
from .inserting import insert
from .numbering import take_numbers
from .snapshot import OrderSnapshot, order_facts


@dataclass(frozen=True, slots=True)
class TicketDraft:
    """What somebody must say to open a ticket. The merchant and the consumer follow from the order.

    ``attachments`` are the keys of what this person has staged for it (``Attachment.stage``). ``facts`` are the order's
    (``order_facts``) where they have been read already.
    """

    order: Order
    category: Category
    urgency: str
    problem: str
    attachments: Sequence[UUID] = ()
    facts: dict | None = None

    def checked_problem(self) -> str:
        """The problem as it will be kept. ``ValidationError`` names the field that is wrong."""
        if self.urgency not in Urgency.values:
            raise ValidationError({"urgency": "请选择紧急程度"})
        if not self.category.is_active:
            raise ValidationError({"category": f"问题类型「{self.category}」已停用"})
        if not self.order.merchant.is_active:
            raise ValidationError({"order_number": f"商户「{self.order.merchant}」已停用，工单无人处理"})
        try:
            return check_problem(self.problem)
        except ValidationError as error:
            raise ValidationError({"problem": error.messages}) from error


class Opening:
    """The verb *open* (新建工单) of ``Ticket``."""

    @classmethod
    def open(cls, draft: TicketDraft, *, by_user, at: datetime | None = None):
        """Open one ticket; see ``open_many``."""
        return cls.open_many([draft], by_user=by_user, at=at)[0]

    @classmethod
    def open_many(cls, drafts: Iterable[TicketDraft], *, by_user, at: datetime | None = None) -> list:
        """Open tickets: number, first round with its deadline, the order's facts as they are now, and the event.

        All of them or none, in one transaction. ``at`` is the moment of opening (default: the database's clock).
        Raises ``Refused`` when ``by_user`` may not open tickets, ``ValidationError`` for a draft that is wrong.
        """
        with transaction.atomic():
            return cls.about_to_open(drafts, by_user=by_user, at=at).open()

    @classmethod
    def about_to_open(
        cls, drafts: Iterable[TicketDraft], *, by_user, at: datetime | None = None
    ) -> "AboutToOpen":
        """The first half of ``open_many``, all that nobody has to wait for: whoever has taken numbers keeps others from
        theirs until the transaction ends. The second half belongs in the same transaction.
        """
        if by_user.role not in OPENERS:
            raise Refused("只有客服和主管可以新建工单")
        drafts = [(draft, draft.checked_problem()) for draft in drafts]
        policies = PolicyBook()
        now = at or database_now()
        tickets = [cls._from_draft(draft, problem, policies, by_user, now) for draft, problem in drafts]
        facts = [draft.facts or order_facts(draft.order) for draft, _ in drafts]
        return AboutToOpen(
            [draft for draft, _ in drafts],
            tickets,
            [
                OrderSnapshot(ticket=ticket, facts=kept, taken_at=now)
                for ticket, kept in zip(tickets, facts, strict=True)
            ],
            [
                ticket.event(EventKind.OPENED, round_=ticket.first_round, at=now, by_user=by_user)
                for ticket in tickets
            ],
            keeping.OpenedDocuments(
                [
                    Opened(ticket.order, ticket.problem, kept)
                    for ticket, kept in zip(tickets, facts, strict=True)
                ]
            ),
            by_user,
            now,
        )

    @classmethod
    def _from_draft(cls, draft: TicketDraft, problem: str, policies: PolicyBook, by_user, now: datetime):
        order = draft.order
        ticket = cls(
            order=order,
            order_number=order.number,
            merchant=order.merchant,
            customer_id=order.customer_id,
            category=draft.category,
            urgency=draft.urgency,
            problem=problem,
            status=Status.WAITING_MERCHANT,
            opened_by=by_user,
            created_at=now,
            handled_at=now,
        )
        policy = policies.find(draft.category.pk, draft.urgency)
        ticket.first_round = ticket.new_round(policy, policies.service_time(policy), now)
        return ticket


@dataclass(frozen=True, slots=True)
class AboutToOpen:
    """Tickets that only lack their numbers, and what will be written with them (``Ticket.about_to_open``)."""

    drafts: list[TicketDraft]
    tickets: list
    snapshots: list[OrderSnapshot]
    events: list
    documents: keeping.OpenedDocuments
    by_user: object
    at: datetime

    def open(self) -> list:
        """Number and write them; the tickets."""
        tickets, now = self.tickets, self.at
        for ticket, number in zip(tickets, take_numbers(now, len(tickets)), strict=True):
            ticket.number = number
        insert(tickets)
        insert([ticket.first_round for ticket in tickets])
        insert(self.snapshots)
        events = insert(self.events)
        for ticket, draft in zip(tickets, self.drafts, strict=True):
            Attachment.bind(draft.attachments, by_user=self.by_user, at=now, ticket=ticket, opened=True)
        self.documents.keep([ticket.pk for ticket in tickets])
        announcing.tell_opened(tickets, events)
        return tickets
