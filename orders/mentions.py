"""A consumer's own name and address where somebody repeated them in free text (product.md, Consumers' data)."""

import re
from collections.abc import Callable, Iterable
from functools import cache, lru_cache

from .masking import STARS, mask_address, mask_name, mask_text

# Shorter pieces of an address or of a name stand in too many other words.
SHORTEST_STREET = 3
SHORTEST_NAME = 2


def mask_about(text: str | None, order, *kept: dict | None) -> str:
    """Free text about an order as a screen may show it: its consumer's name and street, and every phone number, masked.

    Each ``kept`` holds facts of the same order as they were once (``consignee``, ``address``), and under ``former``
    those of the orders that were meant before it was put right: a text may speak of any of them. Reads
    ``order.customer``.
    """
    return masker(order, *kept)(text)


def masker(order, *kept: dict | None) -> Callable[[str | None], str]:
    """``mask_about`` for many texts about one order."""
    facts = [each for some in kept if some for each in [some, *(some.get("former") or [])]]
    names, addresses = of_former(facts)
    return known([*consumer_names(order), *names], [order.address, *addresses])


def consumer_names(order) -> list[str]:
    """Every name that an order's consumer goes by. Reads ``order.customer``."""
    customer = order.customer
    return [order.consignee, *([customer.name, customer.account] if customer else [])]


def of_former(former: list[dict] | None) -> tuple[list[str], list[str]]:
    """The names and the addresses in the kept facts of some orders."""
    former = former or []
    names = [name for facts in former for name in [facts.get("consignee"), *facts.get("names", [])]]
    return names, [
        address for facts in former for address in [facts.get("address"), *facts.get("addresses", [])]
    ]


# The columns that ``mask_row`` reads, beginning at an order.
CONSUMER_COLUMNS = ["consignee", "address", "customer__name", "customer__account"]
KEPT_FACTS = ["consignee", "address"]


@cache
def consumer_columns(path: str) -> tuple[str, ...]:
    """What a ``values()`` query must bring for ``mask_row``.

    ``path`` leads from the row through its ticket to its order (``ticket__order__``): beside the order lie the facts
    that the ticket has kept, for a text may name the consumer by the name the order had then.
    """
    kept = path.removesuffix("order__") + "snapshot__facts__"
    return (*(f"{path}{column}" for column in CONSUMER_COLUMNS), *(f"{kept}{fact}" for fact in KEPT_FACTS))


def mask_row(text: str | None, values: dict, path: str, former: list[dict] | None = None) -> str:
    """As ``mask_about``, for a row of a ``values()`` query with ``consumer_columns(path)``.

    ``former`` are the kept facts of the orders that were meant before.
    """
    consignee, address, name, account, consignee_then, address_then = (
        values[column] for column in consumer_columns(path)
    )
    names, addresses = [consignee, name, account, consignee_then], [address, address_then]
    if former:
        names_then, addresses_then = of_former(former)
        names += names_then
        addresses += addresses_then
    return known(names, addresses)(text)


def mask_known(text: str | None, names: Iterable[str | None], addresses: Iterable[str | None]) -> str:
    """As ``mask_about``, for these names and addresses."""
    return known(names, addresses)(text)


def known(names: Iterable[str | None], addresses: Iterable[str | None]) -> Callable[[str | None], str]:
    """``mask_known`` for many texts: what there is to look for is worked out once."""
    streets = [_street(address.strip()) for address in dict.fromkeys(addresses) if address]
    streets = [street for street in streets if len(street) >= SHORTEST_STREET]
    wanted = [each for each in [_looked_for(name) for name in dict.fromkeys(names) if name] if each]

    def masked(text: str | None) -> str:
        text = text or ""
        for street in streets:
            text = _without_street(text, street)
        folded = _folded(text)
        # Looking first saves a pattern for each name of each row of a list.
        found = [name for looked_for, name in wanted if looked_for in folded]
        for name in sorted(found, key=len, reverse=True):
            text = _whole(name).sub(lambda _, name=name: mask_name(name), text)
        return mask_text(text)

    return masked


@lru_cache(maxsize=2_048)
def _looked_for(name: str) -> tuple[str, str] | None:
    """A name folded, and itself; ``None`` for one that is too short, or is masked already."""
    name = name.strip()
    return (_folded(name), name) if len(name) >= SHORTEST_NAME and "*" not in name else None


def _folded(text: str) -> str:
    """Equal for all that ``re.IGNORECASE`` takes for equal (the i without and with its dot are no case to casefold)."""
    return text.casefold().replace("ı", "i").replace("\u0307", "")


def _without_street(text: str, street: str) -> str:
    """The text with the street, and as much as is repeated of what follows it, replaced by stars."""
    head = street[:SHORTEST_STREET]
    if head not in text:
        return text
    pieces = text.split(head)
    kept = [pieces[0]]
    for piece in pieces[1:]:
        repeated = 0
        while (
            repeated < min(len(piece), len(street) - len(head))
            and piece[repeated] == street[len(head) + repeated]
        ):
            repeated += 1
        kept.append(piece[repeated:])
    return STARS.join(kept)


@lru_cache(maxsize=2_048)
def _street(address: str) -> str:
    """What an address says beyond what screens show of it; the texts of one ticket ask for the same again."""
    if "*" in address:
        return ""
    return address.removeprefix(mask_address(address).removesuffix(STARS)).strip()


def _whole(name: str) -> re.Pattern:
    """The name; one in Latin letters or digits only as a word of its own (Li is not the beginning of Like)."""
    start = r"(?<![A-Za-z0-9])" if name[0].isascii() else ""
    end = r"(?![A-Za-z0-9])" if name[-1].isascii() else ""
    return re.compile(start + re.escape(name) + end, re.IGNORECASE)
