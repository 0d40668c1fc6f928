"""The rows of one order as one order.

What the rows say of the order itself must agree: a value that differs from row to row (malls write the amount or
the state of the article there) is not the order's, so it counts as not told, and the report says so.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from merchants.models import Merchant

from .cells import is_mobile
from .row import Row


class Consumer(NamedTuple):
    """How a consumer is recognised: by the account, or, where there is none, by a mobile number."""

    account: str
    phone: str


@dataclass(slots=True)
class ToldOrder:
    """An order as the file tells it. As in ``Row``: missing is not told, empty is told to be unknown.

    ``consumer_told``: whether the file says who the consumer is, by ``"account"`` or by ``"phone"``.
    """

    number: str
    merchant: Merchant
    lines: list[int]
    facts: dict[str, Any]
    consumer: Consumer | None
    consumer_told: str
    articles: list[dict[str, Any]]
    parcels: dict[str, dict[str, Any]]
    contradictions: list[str] = field(default_factory=list)


def merge(number: str, merchant: Merchant, rows: list[Row]) -> ToldOrder:
    """The order that these rows (at least one) are about."""
    facts, contradictions = agree([row.facts for row in rows])
    accounts, account_contradictions = agree(
        [{"account": row.account} for row in rows if row.account is not None]
    )
    consumer, consumer_told = recognise(accounts, facts)
    parcels = {}
    for tracking_number in dict.fromkeys(each for row in rows for each in row.parcels):
        of_this = [row.parcel for row in rows if tracking_number in row.parcels]
        parcels[tracking_number], _ = agree(of_this)
    return ToldOrder(
        number=number,
        merchant=merchant,
        lines=[row.line for row in rows],
        facts=facts,
        consumer=consumer,
        consumer_told=consumer_told,
        articles=distinct_articles(rows),
        parcels=parcels,
        contradictions=[*contradictions, *account_contradictions],
    )


def agree(tellings: list[dict[str, Any]]) -> tuple[dict[str, Any], list[str]]:
    """What the tellings agree on, and the names of what they contradict each other in. Empty never contradicts."""
    agreed: dict[str, Any] = {}
    contradictions = []
    for name in dict.fromkeys(name for told in tellings for name in told):
        values = [told[name] for told in tellings if name in told]
        known = {value for value in values if value not in ("", None)}
        if len(known) > 1:
            contradictions.append(name)
        else:
            agreed[name] = known.pop() if known else values[0]
    return agreed, contradictions


def recognise(accounts: dict[str, str], facts: dict[str, Any]) -> tuple[Consumer | None, str]:
    """Who the consumer is, and which column says so ("" when none does). The phone of the consignee serves where the
    file has no account; a masked or virtual number, or a landline, belongs to many and names nobody."""
    account = accounts.get("account")
    if account:
        return Consumer(account, ""), "account"
    by_phone = Consumer("", facts["phone"]) if is_mobile(facts.get("phone", "")) else None
    if account == "":
        return by_phone, "account"
    if "phone" in facts and (by_phone or not facts["phone"]):
        return by_phone, "phone"
    return None, ""


def distinct_articles(rows: list[Row]) -> list[dict[str, Any]]:
    """The articles, each once: an article is repeated where an order has a row for each parcel. The same article
    twice counts as two where the mall gives sub-order numbers, or where quantity or price differ."""
    seen = set()
    articles = []
    for row in rows:
        key = (row.article_key, *row.article.items())
        if row.article and key not in seen:
            seen.add(key)
            articles.append(row.article)
    return articles
