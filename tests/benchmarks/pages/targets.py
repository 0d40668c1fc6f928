"""What is asked of whom: each page of the product, of the limit and of the admin, as requests ready to be sent."""

import re
from html import unescape
from urllib.parse import urlencode

from tests.pages import signed_in
from tickets.models import Ticket

from . import staging
from .asking import ADMIN, LIMIT, PRODUCT, Target, get

# However the list words it: <a … rel="last"> or 末页.
LAST_LINK = re.compile(r'<a\b(?=[^>]*rel="last"|[^>]*>\s*末页)[^>]*href="([^"]+)"')


def pages(people: staging.Cast) -> list[Target]:
    """All that is read, page by page, so that the three of a page are measured in turn."""
    clerk, admin = (staging.cookies(person) for person in (people.clerk, people.admin))
    ticket = staging.long_ticket(people)
    moment, key = before_the_last_page()
    changelist = "/bench/tickets/ticket/"
    last = max(1, -(-Ticket.objects.count() // 50))
    number = quote_number()
    return [
        Target("list", LIMIT, [get("/list")]),
        Target("list", PRODUCT, [get("/tickets/?tab=all", clerk)]),
        Target("list", ADMIN, [get(changelist, admin)]),
        Target("last page", LIMIT, [get(f"/deep/{moment}~{key}")]),
        Target("last page", PRODUCT, [get(last_page(people, moment, key), clerk)]),
        Target("last page", ADMIN, [get(f"{changelist}?p={last}", admin)]),
        Target("detail", LIMIT, [get(f"/detail/{ticket.pk}~{people.clerk.pk}")]),
        Target("detail", PRODUCT, [get(ticket.get_absolute_url(), clerk)]),
        Target("detail", ADMIN, [get(f"{changelist}{ticket.pk}/change/", admin)]),
        Target("number", PRODUCT, [get(f"/tickets/?tab=all&q={number}", clerk)]),
        Target("number", ADMIN, [get(f"{changelist}?q={number}", admin)]),
    ]


def quote_number() -> str:
    """The number of a ticket from the middle of the mall."""
    return Ticket.objects.filter(pk__gte=Ticket.objects.count() // 2).order_by("pk")[0].number


def before_the_last_page() -> tuple[str, int]:
    """Moment and key of the row that the last fifty of the newest-first list come after."""
    oldest = Ticket.objects.order_by("created_at", "id").values_list("created_at", "id")
    rows = list(oldest[:51])
    moment, key = rows[-1]
    return moment.isoformat().replace("+00:00", "Z"), key


def last_page(people: staging.Cast, moment: str, key: int) -> str:
    """Where the list's own link to its last page leads; without one, the address that its 下一页 would come to."""
    found = LAST_LINK.search(signed_in(people.clerk).get("/tickets/?tab=all").content.decode())
    if found:
        return "/tickets/" + unescape(found.group(1)).removeprefix("/tickets/")
    return f"/tickets/?{urlencode({'tab': 'all', 'after': f'{moment}~{key}'})}"
