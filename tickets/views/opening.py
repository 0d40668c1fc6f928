"""新建工单: from an order number to a ticket in the merchant's back office."""

from dataclasses import replace

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from merchants.access import SERVICE_ROLES, allow
from orders.lookup import Lookup

from ..evidence.tray import Tray
from ..forms import OpenForm
from ..lifecycle import Refused
from ..models import Ticket


@allow(*SERVICE_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def ticket_new(request: HttpRequest) -> HttpResponse:
    """The form; looking an order up or picking one keeps what was typed; a full form opens the ticket."""
    if request.method != "POST":
        lookup = Lookup(request.user, request.GET.get("order", ""))
        form = OpenForm(user=request.user, initial={"order_number": lookup.text})
        return _page(request, form, lookup, Tray.of_new_ticket(request.user))
    data = request.POST.copy()
    lookup = Lookup(request.user, data.get("pick") or data.get("order_number", ""))
    data["order_number"] = lookup.text
    tray = Tray.of_new_ticket(request.user, data)
    tray.receive(request.POST, request.FILES)
    if "pick" in data or "look" in data:
        return _page(request, OpenForm(user=request.user, initial=data.dict()), lookup, tray)
    form = OpenForm(data, user=request.user)
    if form.is_valid() and not tray.errors:
        try:
            draft = replace(form.draft(), attachments=tray.chosen)
            ticket = Ticket.open(draft, by_user=request.user)
        except (ValidationError, Refused) as error:
            _explain(form, error)
        else:
            messages.success(request, f"工单 {ticket.number} 已送达商户「{ticket.merchant}」")
            return redirect(ticket)
    return _page(request, form, lookup, tray, status=422)


def _page(
    request: HttpRequest, form: OpenForm, lookup: Lookup, tray: Tray, status: int = 200
) -> HttpResponse:
    context = {"form": form, "lookup": lookup, "tray": tray, "ask_again": _ask_again(form)}
    return render(request, "tickets/new.html", context, status=status)


def _ask_again(form: OpenForm) -> bool:
    """Whether to offer 仍要新建: only when there is something to confirm."""
    return (
        form.is_bound
        and bool(form.same_open_tickets())
        and (NON_FIELD_ERRORS in form.errors or bool(form.data.get("open_anyway")))
    )


def _explain(form: OpenForm, error: ValidationError | Refused) -> None:
    if isinstance(error, ValidationError) and hasattr(error, "error_dict"):
        for field, messages_ in error.message_dict.items():
            for message in messages_:
                form.add_error(field, message)
    else:
        form.add_error(None, error if isinstance(error, ValidationError) else str(error))
