"""What a shop sells and what goes wrong there: one TOML file a shop, prose as prose."""

import tomllib
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

DIRECTORY = Path(__file__).parent / "shops"

# In the order of the mall's menu; the first two are merchants A and B.
CODES = ["heyu", "tuanguo", "luyi", "mianwu", "pingzai", "yunmi"]


@dataclass(frozen=True)
class Goods:
    """An article. ``short`` is how people call it."""

    sku: str
    title: str
    short: str
    specs: list[str]
    price: Decimal


@dataclass(frozen=True)
class Case:
    """A problem as a consumer tells it, and the shop's answer.

    ``spec``, ``quantity`` and ``also`` (another article) say what was bought, where the words depend on it; ``order``
    how far the order is when the ticket is opened; ``refund`` (``line``, ``all`` or an amount in yuan) and ``then``
    (``reship``, ``address``, ``remark``) what the answer does to it. ``first`` is an answer that was not good enough,
    ``sent_back`` why.
    """

    goods: str
    category: str
    problem: str
    outcome: str
    answer: str
    spec: str = ""
    quantity: int = 0
    also: str = ""
    urgency: str = "normal"
    order: str = "delivered"
    refund: str = ""
    then: str = ""
    first: str = ""
    sent_back: str = ""


@dataclass(frozen=True)
class Shop:
    code: str
    name: str
    orders: int
    goods: dict[str, Goods] = field(repr=False)
    cases: list[Case] = field(repr=False)


def read_shops() -> list[Shop]:
    return [_read(code) for code in CODES]


def _read(code: str) -> Shop:
    sheet = tomllib.loads((DIRECTORY / f"{code}.toml").read_text(encoding="utf-8"))
    goods = {
        key: Goods(**{**article, "price": Decimal(article["price"])})
        for key, article in sheet["goods"].items()
    }
    return Shop(code, sheet["name"], sheet["orders"], goods, [Case(**case) for case in sheet["cases"]])
