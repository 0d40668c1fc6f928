"""The texts of tickets that are searched, as screens show them: the consumer masked in each.

What is masked is not found: a search must not tell whether somebody is the one whom a text speaks of.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import CharField, Q, QuerySet, Value

from orders.mentions import mask_known, of_former

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


class Text(NamedTuple):
    """One text of a ticket: what it is called on the screens, and its words, masked."""

    label: str
    words: str
    internal: bool = False


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
    model = Event._meta.get_field("ticket").related_model
    for row in model.objects.filter(_among("pk", tickets)).order_by().values_list(*COLUMNS):
        ticket, merchant, problem, facts, *consumer = row
        mask = masks[ticket] = _mask(facts or {}, *consumer)
        found[ticket] = Texts(ticket, merchant, [Text(PROBLEM, mask(problem)), *_facts(facts or {}, mask)])
    for ticket, what, words, at in _said(tickets):
        said[ticket].append((at, Text(LABELS[what], words, what == MessageAudience.INTERNAL)))
    for ticket, spoken in said.items():
        mask = masks[ticket]
        found[ticket].texts += [text._replace(words=mask(text.words)) for _, text in sorted(spoken)]
    return found


def _said(tickets: Collection[int]) -> QuerySet:
    """What was said since the opening: ticket, what it is (a key of ``LABELS``), the words, when."""
    results = Result.objects.filter(_among("round__ticket", tickets)).order_by()
    # What was submitted is the result itself.
    events = (
        Event.objects.filter(_among("ticket", tickets)).exclude(text="").exclude(kind=EventKind.SUBMITTED)
    )
    messages = Message.objects.filter(_among("ticket", tickets)).order_by()
    return (
        results.annotate(what=Value(RESULT, CharField()))
        .values_list("round__ticket", "what", "text", "submitted_at")
        .union(
            events.order_by().values_list("ticket", "kind", "text", "occurred_at"),
            messages.values_list("ticket", "audience", "text", "at"),
            all=True,
        )
    )


def _among(path: str, tickets: Collection[int]) -> Q:
    """The rows of these tickets; many that lie side by side are asked for as one range, which costs far less."""
    if len(tickets) > MANY and max(tickets) - min(tickets) < len(tickets):
        return Q(**{f"{path}__gte": min(tickets), f"{path}__lte": max(tickets)})
    return Q(**{f"{path}__in": list(tickets)})


def _mask(facts: dict, consignee: str, address: str, name: str | None, account: str | None):
    names, addresses = of_former([facts, *(facts.get("former") or [])])
    names, addresses = [consignee, name, account, *names], [address, *addresses]
    return lambda text: mask_known(text, names, addresses)


def _facts(facts: dict, mask) -> list[Text]:
    """The articles and the remarks of the order as the ticket has kept them."""
    texts = []
    for line in facts.get("lines") or []:
        words = " ".join(filter(None, (line.get(name) for name in ARTICLE)))
        if words:
            texts.append(Text("商品", words))
    texts += [Text(label, mask(facts[name])) for name, label in REMARKS.items() if facts.get(name)]
    return texts
