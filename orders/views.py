"""Orders: finding one, and everything about it on one page."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from merchants.access import SERVICE_ROLES, WORKING_ROLES, allow
from qinqin.paging import Ordering, count, page

from . import phones
from .lookup import Lookup
from .models import Order
from .models.order import NOT_VISIBLE

IMPORTED = Ordering("imported_at", descending=True)
COLUMNS = [
    "id", "number", "merchant__name", "status", "total_amount", "paid_amount", "ordered_at", "consignee", "address",
    "imported_at",
]  # fmt: skip


@allow(*SERVICE_ROLES)
@require_safe
def lookup(request: HttpRequest) -> HttpResponse:
    """A fragment: the order that the typed text means, or a few to choose from.

    In a form that has to be sent by its own button (转派商户) those few are only named.
    """
    picks = "order_number" in request.GET
    text = request.GET.get("order_number" if picks else "transfer-order_number", "")
    return render(
        request, "orders/_lookup.html", {"lookup": Lookup(request.user, text), "no_picks": not picks}
    )


@allow(*SERVICE_ROLES)
@require_safe
def order_list(request: HttpRequest) -> HttpResponse:
    """The newest imported orders, or those that fit a number or a phone."""
    text = request.GET.get("q", "").replace("\x00", "").strip()
    if phones.looks_like_mobile(text):
        return redirect(f"{reverse('orders:list')}?{urlencode({'q': phones.phone_mark(text)})}")
    orders = Order.objects.for_user(request.user).matching(text)
    pager = page(orders.values(*COLUMNS), IMPORTED, request.GET, count(orders))
    context = {
        "rows": pager.rows,
        "text": text,
        "statuses": dict(Order._meta.get_field("status").choices),
        "pager": pager,
    }
    return render(request, "orders/list.html", context)


@allow(*WORKING_ROLES)
@require_safe
def order_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One order: facts, lines, shipments, and its tickets.

    A merchant sees the consumer only of an order that it has an open ticket on.
    """
    orders = Order.objects.select_related("merchant", "customer").prefetch_related("lines", "shipments")
    order = orders.visible_or_404(request.user, NOT_VISIBLE, number=number)
    tickets = list(
        order.tickets.for_user(request.user).select_related("category", "snapshot").order_by("-created_at")
    )
    shown = request.user.is_service or any(ticket.shows_consumer_to(request.user) for ticket in tickets)
    kept = [ticket.snapshot.facts for ticket in tickets]
    context = {"order": order, "tickets": tickets, "show_consumer": shown, "kept": kept}
    return render(request, "orders/detail.html", context)
