"""新建工单: from an order number to a ticket in the merchant's back office."""

import re
import secrets
from contextlib import suppress
from dataclasses import replace
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from merchants.access import SERVICE_ROLES, allow
from orders import phones
from orders.lookup import Lookup

from ..drafting import Sheet, written
from ..evidence.tray import Tray
from ..lifecycle import Refused
from ..models import Draft, Ticket
from ..opening_forms import OpenForm

VERB = "open"
SHEET = re.compile(r"[A-Za-z0-9_-]{16,32}")


@allow(*SERVICE_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def ticket_new(request: HttpRequest) -> HttpResponse:
    """The form; looking an order up or picking one keeps what was typed; a full form opens the ticket."""
    if request.method != "POST":
        return _sheet_page(request)
    data = request.POST.copy()
    lookup = Lookup(request.user, data.get("pick") or data.get("order_number", ""))
    data["order_number"] = lookup.text
    sheet = known_sheet(data.get("sheet", ""))
    tray = Tray.of_new_ticket(request.user, data)
    tray.receive(request.POST, request.FILES)
    if "pick" in data or "look" in data:
        form = OpenForm(initial=data.dict())
        if lookup.order:
            form.fields["category"].widget.attrs["autofocus"] = True
        return _page(request, form, lookup, sheet, tray)
    form = OpenForm(data, order=lookup.order)
    if form.is_valid() and not tray.errors:
        try:
            draft = replace(form.draft(), attachments=tray.chosen)
            with transaction.atomic():
                ticket = Ticket.open(draft, by_user=request.user)
                Draft.use(request.user, VERB, sheet=sheet)
        except (ValidationError, Refused) as error:
            _explain(form, error)
        else:
            messages.success(request, f"工单 {ticket.number} 已送达商户「{ticket.merchant}」")
            return redirect(ticket)
    if data.get("problem", "").strip():
        with suppress(ValidationError):  # more than a draft may hold; the page itself has it
            Draft.keep(by_user=request.user, verb=VERB, fields=written_order(data), sheet=sheet)
    return _page(request, form, lookup, sheet, tray, status=422)


def known_sheet(text: str) -> str:
    """The name of a sheet as a page sent it; a new one for what is none."""
    return text if SHEET.fullmatch(text) else secrets.token_urlsafe(16)


def written_order(data) -> dict[str, str]:
    """What was written in 新建工单; of a consumer's phone number only the mark that finds the orders again."""
    fields = written(data, VERB)
    number = fields.get("order_number", "")
    if phones.looks_like_mobile(number):
        fields["order_number"] = phones.phone_mark(number)
    return fields


def _sheet_page(request: HttpRequest) -> HttpResponse:
    """The form with the person's latest draft, the one that is asked for, or empty where another order is."""
    drafts = list(Draft.objects.sheets(request.user, VERB))
    order, asked = request.GET.get("order", ""), request.GET.get("sheet", "")
    fitting = [
        draft
        for draft in drafts
        if (not order or draft.fields.get("order_number") == order.strip())
        and (not asked or draft.sheet == asked)
        and "fresh" not in request.GET
    ]
    draft = fitting[0] if fitting else None
    words = draft.fields if draft else {}
    lookup = Lookup(request.user, order or words.get("order_number", ""))
    form = OpenForm(initial=words | {"order_number": lookup.text})
    form.focus("problem" if draft else "category" if lookup.order else "")
    sheet = draft.sheet if draft else known_sheet("")
    others = [each for each in drafts if each != draft]
    tray = Tray.of_new_ticket(request.user)
    return _page(request, form, lookup, sheet, tray, draft=draft, others=others)


def _page(
    request: HttpRequest, form: OpenForm, lookup: Lookup, sheet: str, tray: Tray, *, status: int = 200,
    draft: Draft | None = None, others: list[Draft] | None = None,
) -> HttpResponse:  # fmt: skip
    """The page; ``draft`` is what its form was filled with, ``others`` are drafts of other tickets."""
    place = urlencode({"sheet": sheet})
    kept = draft or Draft.objects.filter(person=request.user, ticket=None, verb=VERB, sheet=sheet).first()
    context = {
        "form": form,
        "lookup": lookup,
        "tray": tray,
        "ask_again": _ask_again(form),
        "sheet_name": sheet,
        "sheet": Sheet(
            verb=VERB,
            url=f"{reverse('tickets:new_draft')}?{place}",
            draft=kept,
            restored=draft is not None,
            clear_url=f"{reverse('tickets:new_draft_clear')}?{place}",
        ),
        "others": others,
    }
    return render(request, "tickets/new.html", context, status=status)


def _ask_again(form: OpenForm) -> bool:
    """Whether to offer 仍要新建: only when there is something to confirm."""
    return (
        form.is_bound
        and bool(form.same_open_tickets)
        and (NON_FIELD_ERRORS in form.errors or bool(form.data.get("open_anyway")))
    )


def _explain(form: OpenForm, error: ValidationError | Refused) -> None:
    if isinstance(error, ValidationError) and hasattr(error, "error_dict"):
        for field, messages_ in error.message_dict.items():
            for message in messages_:
                form.add_error(field, message)
    else:
        form.add_error(None, error if isinstance(error, ValidationError) else str(error))
