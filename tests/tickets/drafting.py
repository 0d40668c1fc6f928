"""Drafts, as a page's script saves them and as the next page shows them."""

from tests.pages import read
from tickets.models import Ticket

WORDS = "已联系消费者，正在核对库存"


def save(visitor, ticket: Ticket, verb: str = "submit", round_no: int = 1, **fields):
    return visitor.post(f"/tickets/{ticket.number}/draft/?verb={verb}&round={round_no}", fields)


def form_of(page, ticket: Ticket, verb: str):
    return read(page).one("form", action=True, data_draft=verb)


def value_of(visitor, ticket: Ticket, verb: str, name: str) -> str:
    return form_of(visitor.get(ticket.get_absolute_url()), ticket, verb).one(name=name).value
