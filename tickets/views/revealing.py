"""查看完整号码, shown once, and what managers read about it: 敏感信息查看日志."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from merchants.access import WORKING_ROLES, Role, allow
from merchants.throttling import client_address
from orders.masking import mask_text
from qinqin.paging import Ordering, count, page, query_without

from ..came_from import to_ticket
from ..clock import database_now
from ..exchange.exports import send_csv
from ..forms import RevealForm
from ..lifecycle import Refused
from ..log_forms import LogForm
from ..mentions import consumer_columns, mask_row
from ..models import Reveal
from ..models.reveal import SensitiveField, TooMany
from ..period import Period
from ..timeliness import moment_words
from .detail import find, ticket_page

COLUMNS = [
    "id", "at", "by_name", "by_role", "field", "reason", "address", "ticket__number",
    *consumer_columns("ticket__order__"),
]  # fmt: skip
HEADING = ["查看时间", "查看人", "身份", "工单号", "查看内容", "查看原因", "来源地址"]


@allow(*WORKING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """One fact in full, in the answer to this form and nowhere else: no address leads to it, no cache keeps it."""
    ticket = find(request, number)
    if request.method != "POST":
        return to_ticket(request, ticket)
    form = RevealForm(request.POST, prefix="reveal")
    if not form.is_valid():
        return ticket_page(request, ticket, status=422, verb="reveal", form=form)
    asked = form.cleaned_data
    try:
        value = ticket.reveal(
            by_user=request.user,
            field=asked["field"],
            reason=asked["reason"],
            from_address=client_address(request),
        )
    except ValidationError as error:
        form.add_error(None, error)
        return ticket_page(request, ticket, status=422, verb="reveal", form=form)
    except Refused as refusal:
        if ticket.shows_consumer_to(request.user) and ticket.is_open:
            form.add_error(None, str(refusal))
            status = 429 if isinstance(refusal, TooMany) else 409
            return ticket_page(request, find(request, number), status=status, verb="reveal", form=form)
        return ticket_page(request, find(request, number), status=409, form=form, refused=str(refusal))
    context = {"ticket": ticket, "label": SensitiveField(asked["field"]).label, "value": value}
    response = render(request, "tickets/revealed.html", context)
    response["Cache-Control"] = "no-store"
    return response


class SensitiveForm(LogForm):
    """The filters of the log."""

    who = "查看人"

    number = forms.CharField(label="工单号", required=False, max_length=24)

    def clean_number(self) -> str:
        return self.cleaned_data["number"].replace("\x00", "").strip().upper()

    def conditions(self, period: Period) -> list[str]:
        """What was asked, in words that may be shown."""
        said = [f"期间：{period}"]
        if person := self.cleaned_data.get("by"):
            said.append(f"{self.who}：{self.fields['by'].label_from_instance(person)}")
        if number := self.cleaned_data.get("number"):
            said.append(f"工单号：{mask_text(number)}")
        return said


def _found(request: HttpRequest):
    """The looks that are asked for, with the form and its period."""
    form = SensitiveForm(request.GET)
    form.is_valid()
    period = form.period(database_now())
    looks = Reveal.objects.for_user(request.user).filter(at__gte=period.start, at__lt=period.end)
    if person := form.cleaned_data.get("by"):
        looks = looks.filter(by=person)
    if number := form.cleaned_data.get("number"):
        looks = looks.filter(ticket__number=number)
    return looks.values(*COLUMNS), form, period


@allow(Role.MANAGER)
@require_safe
def sensitive(request: HttpRequest) -> HttpResponse:
    """敏感信息查看日志: who looked at what, the newest first."""
    looks, form, _ = _found(request)
    pager = page(looks, Ordering("at", descending=True), request.GET, count(looks))
    context = {
        "form": form,
        "rows": [_row(values) for values in pager.rows],
        "pager": pager,
        "export_url": f"{reverse('tickets:sensitive_export')}?{urlencode(query_without(request.GET))}",
    }
    return render(request, "tickets/sensitive.html", context)


@allow(Role.MANAGER)
@require_GET
def sensitive_export(request: HttpRequest) -> HttpResponse:
    """The same as a table to take away, which is recorded."""
    looks, form, period = _found(request)

    def rows() -> Iterator[list]:
        for values in looks.order_by("-at", "-id").iterator(chunk_size=1_000):
            row = _row(values)
            yield [
                moment_words(row["at"]), row["by_name"], row["by_role"], row["number"], row["field_label"],
                row["reason"], row["address"],
            ]  # fmt: skip

    return send_csv(
        "敏感信息查看日志", HEADING, rows(), count=looks.count(), by_user=request.user, what="敏感信息查看日志",
        conditions=form.conditions(period), from_address=client_address(request),
    )  # fmt: skip


def _row(values: dict) -> dict:
    return {
        "at": values["at"],
        "by_name": values["by_name"],
        "by_role": values["by_role"],
        "number": values["ticket__number"],
        "url": reverse("tickets:detail", args=[values["ticket__number"]]),
        "field_label": SensitiveField(values["field"]).label,
        "reason": mask_row(values["reason"], values, "ticket__order__"),
        "address": values["address"],
    }
