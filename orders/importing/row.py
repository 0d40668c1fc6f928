"""One row of an order file, cell by cell, as values."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from ..models import Customer, Order, OrderLine, Shipment
from . import cells
from .cells import BadCell
from .headings import fold
from .vocabulary import ORDER_FIELDS, ORDER_STATUS_BY_WORD, SHIPMENT_STATUS_BY_WORD

LABELS = {each.name: each.label for each in ORDER_FIELDS}


class UnknownWord(Exception):
    """A state that the malls' vocabulary does not have: it stays unknown, and the report says so."""


def text(limit: int) -> Callable[[str], str]:
    return lambda told: cells.within(cells.line_of_text(told), limit)


def column(model, name: str) -> Callable[[str], str]:
    """A text that has to fit into the model's column."""
    return text(model._meta.get_field(name).max_length)


def identifier(model, name: str) -> Callable[[str], str]:
    limit = model._meta.get_field(name).max_length
    return lambda told: cells.within(cells.identifier(told), limit)


def remark(told: str) -> str:
    return cells.within(cells.lines_of_text(told), cells.LONGEST_REMARK)


def account(told: str) -> str:
    return cells.within(
        cells.unspoiled(cells.line_of_text(told)), Customer._meta.get_field("account").max_length
    )


def phone(told: str) -> str:
    return cells.within(cells.phone(told), Order._meta.get_field("phone").max_length)


def state(by_word: dict[str, str]) -> Callable[[str], str]:
    def read(told: str) -> str:
        word = fold(cells.line_of_text(told))
        if word and word not in by_word:
            raise UnknownWord
        return by_word[word] if word else ""

    return read


READERS: dict[str, Callable[[str], Any]] = {
    "sub_number": cells.identifier,
    "merchant": text(200),
    "status": state(ORDER_STATUS_BY_WORD),
    **dict.fromkeys(
        ["total_amount", "paid_amount", "discount_amount", "freight_amount", "refund_amount"], cells.amount
    ),
    **dict.fromkeys(["ordered_at", "paid_at", "shipped_at", "completed_at"], cells.moment),
    "account": account,
    "consignee": column(Order, "consignee"),
    "phone": phone,
    **dict.fromkeys(["address", "province", "city", "district", "town", "detail"], column(Order, "address")),
    "buyer_remark": remark,
    "seller_remark": remark,
    "title": column(OrderLine, "title"),
    "sku": identifier(OrderLine, "sku"),
    "spec": column(OrderLine, "spec"),
    "quantity": cells.quantity,
    "unit_price": cells.amount,
    "amount": cells.amount,
    "carrier": column(Shipment, "carrier"),
    "tracking_number": cells.tracking_numbers,
    "shipment_status": state(SHIPMENT_STATUS_BY_WORD),
    "delivered_at": cells.moment,
}

ORDER_FACTS = [
    "status", "total_amount", "paid_amount", "discount_amount", "freight_amount", "refund_amount",
    "ordered_at", "paid_at", "shipped_at", "completed_at",
    "consignee", "phone", "address", "buyer_remark", "seller_remark",
]  # fmt: skip
ARTICLE_NAMES = ["sku", "title", "spec"]
ARTICLE_FACTS = [*ARTICLE_NAMES, "quantity", "unit_price", "amount"]
# Where a parcel's fact stands in a row; a row tells when its own parcel was sent.
PARCEL_FACTS = {
    "carrier": "carrier",
    "status": "shipment_status",
    "shipped_at": "shipped_at",
    "delivered_at": "delivered_at",
}


@dataclass(slots=True)
class Row:
    """What a row says. A name that is missing from a dict was not told; an empty value was told to be unknown."""

    line: int
    merchant: str = ""
    account: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    article: dict[str, Any] = field(default_factory=dict)
    article_key: str = ""
    parcels: list[str] = field(default_factory=list)
    parcel: dict[str, Any] = field(default_factory=dict)
    unknown_words: list[str] = field(default_factory=list)


def read_row(line: int, told: dict[str, str]) -> Row:
    """The row's values. Raises ``BadCell`` with the whole reason, the column named."""
    row = Row(line)
    values = {}
    for name, text in told.items():
        try:
            values[name] = READERS[name](text)
        except BadCell as error:
            raise BadCell(f"“{LABELS[name]}”{error}") from error
        except UnknownWord:
            row.unknown_words.append(name)
    _join_address(values)
    row.merchant = values.get("merchant", "")
    # A masked account is nobody's: it neither names a consumer nor says that there is none.
    if "account" in values and "*" not in values["account"]:
        row.account = values["account"]
    row.facts = {name: values[name] for name in ORDER_FACTS if name in values}
    if any(values.get(name) for name in ARTICLE_NAMES):
        row.article = {name: values[name] for name in ARTICLE_FACTS if name in values}
        row.article_key = values.get("sub_number", "")
    row.parcels = values.get("tracking_number", [])
    row.parcel = {name: values[source] for name, source in PARCEL_FACTS.items() if source in values}
    limit = Shipment._meta.get_field("tracking_number").max_length
    if any(len(number) > limit for number in row.parcels):
        raise BadCell(f"“{LABELS['tracking_number']}”太长：最多 {limit} 个字符")
    return row


def _join_address(values: dict[str, Any]) -> None:
    """Puts 省, 市, 区, 街道 before an address that does not begin with them."""
    areas = [values.pop(name) for name in ["province", "city", "district", "town"] if name in values]
    if not areas and "detail" not in values:
        return
    address = values.pop("detail", "") if not values.get("address") else values["address"]
    known = [area for area in areas if area]
    # 北京 and 北京市 in two columns are one place.
    known = [area for area, following in pairwise([*known, ""]) if not following.startswith(area)]
    if known and not address.startswith(known[0]):
        address = "".join(known) + address
    values.pop("detail", None)
    try:
        values["address"] = cells.within(address, Order._meta.get_field("address").max_length)
    except BadCell as error:
        raise BadCell(f"“{LABELS['address']}”{error}") from error
