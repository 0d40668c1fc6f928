"""The way back from a ticket to the very page of the list one came from.

The row's link carries it (``?from=/tickets/?tab=all&after=…``), every form of the ticket's page hands it on, and
only an address of one of our lists is taken for one: it is no way out of the product.
"""

from urllib.parse import quote, urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse

FROM = "from"
LONGEST = 4_000
LISTS = {"tickets:list": "返回列表", "tickets:review": "返回待客服审核"}


def mark(request: HttpRequest) -> str:
    """What the rows of this list add to the address of a ticket; nothing on the list as it opens by itself."""
    here = request.get_full_path()
    if len(here) > LONGEST or (not request.GET and here == reverse("tickets:list")):
        return ""
    return f"?{FROM}={quote(here, safe='/')}"


def handed_on(request: HttpRequest) -> str:
    """The same mark, on the address that follows a ticket's page; nothing where there is none."""
    back = _read(request.GET.get(FROM, ""))
    return f"?{FROM}={quote(back[1], safe='/')}" if back else ""


def to_ticket(request: HttpRequest, ticket) -> HttpResponse:
    """On to a ticket's page, the way back kept."""
    return redirect(f"{ticket.get_absolute_url()}{handed_on(request)}")


def way_back(request: HttpRequest, number: str) -> dict[str, str]:
    """Address and words of the way back: to this ticket's row, on the page one came from or the list."""
    view, path = _read(request.GET.get(FROM, "")) or ("tickets:list", reverse("tickets:list"))
    return {"url": f"{path}#{number}", "label": LISTS[view]}


def _read(text: str) -> tuple[str, str] | None:
    """The list and its address, written anew; ``None`` for what is no address of a list."""
    if not text.startswith("/") or len(text) > LONGEST or not text.isprintable():
        return None
    try:
        parts = urlsplit(text)
        view = resolve(parts.path).view_name
    except (ValueError, Resolver404):
        return None
    if view not in LISTS or parts.netloc:
        return None
    query = urlencode(dict(QueryDict(parts.query).items()))
    return view, f"{parts.path}?{query}" if query else parts.path
