"""The texts of tickets that are searched, as screens show them: the consumer masked in each.

What is masked is not found: a search must not tell whether somebody is the one whom a text speaks of.
"""

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from django.db.models import CharField, Q, QuerySet, Value

from orders.mentions import known, of_former
from orders.models import Customer, Order
from qinqin.prepared import Prepared, listed
from qinqin.prepared import among as any_of

from ..lifecycle import EventKind
from ..models.event import Event
from ..models.message import Message, MessageAudience
from ..models.result import Result
from .folding import BREAK, EDITION, fold
from .tokens import token_of_merchant, tokens_of

COLUMNS = [
    "pk", "merchant_id", "problem", "snapshot__facts",
    "order__consignee", "order__address", "order__customer__name", "order__customer__account",
]  # fmt: skip
PROBLEM = "问题描述"
RESULT = "result"
LABELS = dict(EventKind.choices) | dict(MessageAudience.choices) | {RESULT: "处理结果"}
MANY = 100
ARTICLE = ["sku", "title", "spec"]
REMARKS = {"buyer_remark": "买家留言", "seller_remark": "商家备注"}
# From the path to a ticket: that it is one of those that are meant.
Among = Callable[[str], Q]


class Text(NamedTuple):
    """One text of a ticket: what it is called on the screens, and its words, masked."""

    label: str
    words: str
    internal: bool = False


class Opened(NamedTuple):
    """A ticket that is being opened: its order, its problem, and the order's facts as it will keep them."""

    order: Order
    problem: str
    facts: dict


@dataclass(slots=True)
class Texts:
    """Everything that was written on one ticket: at its opening, then in the order in which it was written."""

    ticket: int
    merchant: int
    texts: list[Text] = field(default_factory=list)

    def document(self) -> "Document":
        return Document(self.ticket, self.merchant, self._folded(False), self._folded(True))

    def _folded(self, internal: bool) -> str:
        return BREAK.join(fold(text.words) for text in self.texts if text.internal == internal)


class Document(NamedTuple):
    """What the index holds of a ticket: the folded texts for everybody who sees it, and for customer service only."""

    ticket: int
    merchant: int
    text: str
    internal: str
    edition: int = EDITION

    @property
    def tokens(self) -> set[int]:
        return tokens_of(f"{self.text}{BREAK}{self.internal}") | {token_of_merchant(self.merchant)}


def texts_of(tickets: Collection[int]) -> dict[int, Texts]:
    """The texts of these tickets. Two statements, whatever their number."""
    found, masks, said = {}, {}, defaultdict(list)
    if len(tickets) == 1:  # each verb asks this
        [only] = tickets
        opened, spoken_of = _prepared(_opened).rows(ticket=only), _prepared(_said).rows(ticket=only)
    else:
        opened, spoken_of = _opened(_among(tickets)), _said(_among(tickets))
    for ticket, merchant, problem, facts, *consumer in opened:
        mask = masks[ticket] = _mask(facts or {}, *consumer)
        found[ticket] = Texts(ticket, merchant, _at_opening(problem, facts or {}, mask))
    for ticket, what, words, at in spoken_of:
        said[ticket].append((at, Text(LABELS[what], words, what == MessageAudience.INTERNAL)))
    for ticket, spoken in said.items():
        mask = masks[ticket]
        found[ticket].texts += [text._replace(words=mask(text.words)) for _, text in sorted(spoken)]
    return found


def texts_opened(tickets: Collection[Opened]) -> list[Texts]:
    """The texts of tickets that are being opened and have no keys yet (0). One statement, whatever their number; to
    read them back when they are written would cost as much as to write them.
    """
    wanted = {opened.order.customer_id for opened in tickets} - {None}
    customers = {key: names for key, *names in CUSTOMERS.rows(keys=listed(wanted))} if wanted else {}
    found = []
    for order, problem, facts in tickets:
        mask = _mask(facts, order.consignee, order.address, *customers.get(order.customer_id, (None, None)))
        found.append(Texts(0, order.merchant_id, _at_opening(problem, facts, mask)))
    return found


CUSTOMERS = Prepared(
    lambda slots: (
        Customer.objects.filter(pk__in=any_of(slots.text("keys")))
        .order_by()
        .values_list("pk", "name", "account")
    )
)


def _at_opening(problem: str, facts: dict, mask: Callable[[str], str]) -> list[Text]:
    """The problem, then the articles and the remarks of the order as the ticket has kept them."""
    return [Text(PROBLEM, mask(problem)), *_facts(facts, mask)]


@cache
def _prepared(build: Callable[[Among], QuerySet]) -> Prepared:
    """The same question for one ticket, the slot ``ticket``."""
    return Prepared(lambda slots: build(lambda path: Q(**{path: slots.ticket})))


def _opened(among: Among) -> QuerySet:
    """What the tickets were opened with: ``COLUMNS``."""
    model = Event._meta.get_field("ticket").related_model
    return model.objects.filter(among("pk")).order_by().values_list(*COLUMNS)


def _said(among: Among) -> QuerySet:
    """What was said since the opening: ticket, what it is (a key of ``LABELS``), the words, when."""
    results = Result.objects.filter(among("round__ticket")).order_by()
    # What was submitted is the result itself.
    events = Event.objects.filter(among("ticket")).exclude(text="").exclude(kind=EventKind.SUBMITTED)
    messages = Message.objects.filter(among("ticket")).order_by()
    return (
        results.annotate(what=Value(RESULT, CharField()))
        .values_list("round__ticket", "what", "text", "submitted_at")
        .union(
            events.order_by().values_list("ticket", "kind", "text", "occurred_at"),
            messages.values_list("ticket", "audience", "text", "at"),
            all=True,
        )
    )


def _among(tickets: Collection[int]) -> Among:
    """The rows of these tickets; many that lie side by side are asked for as one range, which costs far less."""
    if len(tickets) > MANY and max(tickets) - min(tickets) < len(tickets):
        return lambda path: Q(**{f"{path}__gte": min(tickets), f"{path}__lte": max(tickets)})
    return lambda path: Q(**{f"{path}__in": list(tickets)})


def _mask(facts: dict, consignee: str, address: str, name: str | None, account: str | None):
    names, addresses = of_former([facts, *(facts.get("former") or [])])
    return known([consignee, name, account, *names], [address, *addresses])


def _facts(facts: dict, mask) -> list[Text]:
    texts = []
    for line in facts.get("lines") or []:
        words = " ".join(filter(None, (line.get(name) for name in ARTICLE)))
        if words:
            texts.append(Text("商品", words))
    texts += [Text(label, mask(facts[name])) for name, label in REMARKS.items() if facts.get(name)]
    return texts
