"""导出: choose the columns of a list and take it away; 导出记录, which managers read."""

import hashlib
import json
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from merchants.access import SERVICE_ROLES, WORKING_ROLES, Role, allow
from merchants.throttling import client_address
from qinqin.paging import Ordering, count, page, query_without

from ..clock import database_now
from ..exchange import AT_ONCE, NO_SPACE
from ..exchange.exports import export_now, file_name
from ..exchange.lists import Listed, OrderList, TicketList
from ..exchange.tables import TYPES
from ..exchange_forms import ExportForm
from ..exporting import as_download
from ..lifecycle import Refused
from ..log_forms import LogForm
from ..models import ExportRecord, Job, JobState

# What a browser is told about a file that is somebody's own: a file, not a page, and nothing to keep.
SAFETY = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}
TONES = {
    JobState.WAITING: "idle", JobState.RUNNING: "info", JobState.CHECKED: "warn", JobState.DONE: "ok",
    JobState.FAILED: "bad", JobState.CANCELLED: "idle",
}  # fmt: skip
NOTHING = "没有可导出的内容"
# What 导出记录 shows of each.
COLUMNS = [
    "id", "at", "by_name", "by_role", "what", "conditions", "columns", "file_format", "rows", "address",
]  # fmt: skip


@allow(*WORKING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def export_tickets(request: HttpRequest) -> HttpResponse:
    """The ticket list with the same address, all of it."""
    listed = TicketList(request.GET, request.user, database_now())
    if masked := listed.form.masked_query():
        return redirect(f"{request.path}?{urlencode(masked)}")
    return _export(request, listed, "tickets:list")


@allow(*SERVICE_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def export_orders(request: HttpRequest) -> HttpResponse:
    """The list of orders with the same address, all of it."""
    listed = OrderList(request.GET, request.user, database_now())
    if listed.text != request.GET.get("q", "").strip() and listed.text:
        return redirect(f"{request.path}?{urlencode({'q': listed.text})}")
    return _export(request, listed, "orders:list")


def _export(request: HttpRequest, listed: Listed, back: str) -> HttpResponse:
    """The page of choices; sent, a small list is the answer itself, a big one a job."""
    query = query_without(request.GET, "per")
    keys = listed.keys(most=AT_ONCE + 1)
    form = ExportForm(request.POST if request.method == "POST" else None, columns=listed.columns)
    if form.is_valid() and keys:
        columns, file_format = listed.chosen(form.cleaned_data["columns"]), form.cleaned_data["format"]
        if len(keys) > AT_ONCE:
            return _in_background(request, listed, query, [column.key for column in columns], file_format)
        try:
            file = export_now(listed, keys, columns, file_format, client_address(request))
        except ValidationError:
            form.add_error(None, NO_SPACE)
        else:
            response = FileResponse(file, content_type=TYPES[file_format], headers=SAFETY)
            return as_download(response, file_name(listed, file_format))
    if request.method == "POST" and not keys:
        form.add_error(None, NOTHING)
    context = {
        "form": form,
        "listed": listed,
        "count": len(keys),
        "at_once": AT_ONCE,
        "back": reverse(back) + (f"?{urlencode(query)}" if query else ""),
        "here": f"{request.path}?{urlencode(query)}",
        "trail": [_place(request, back), "导出"],
    }
    return render(request, "exchange/export.html", context, status=422 if request.method == "POST" else 200)


def _place(request: HttpRequest, back: str) -> str:
    """Where in the menu the list stands."""
    if request.user.is_merchant:
        return "联营系统 › 运营管理"
    return "客服工作台" if back == "tickets:list" else "订单"


def _in_background(
    request: HttpRequest, listed: Listed, query: dict, columns: list[str], file_format: str
) -> HttpResponse:  # fmt: skip
    asked = {
        "query": urlencode(query), "columns": columns, "format": file_format, "conditions": listed.conditions,
        "address": client_address(request),
    }  # fmt: skip
    digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
    try:
        job, is_new = Job.ask(listed.kind, by_user=request.user, asked=asked, digest=digest)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("exchange:jobs")
    if not is_new:
        messages.info(request, "同样的导出正在进行，不必再次提交")
    return redirect("exchange:job", job.pk)


class RecordForm(LogForm):
    """The filters of 导出记录."""

    who = "导出人"


@allow(Role.MANAGER)
@require_safe
def records(request: HttpRequest) -> HttpResponse:
    """导出记录: who took away what, the newest first."""
    form = RecordForm(request.GET)
    form.is_valid()
    period = form.period(database_now())
    found = ExportRecord.objects.filter(at__gte=period.start, at__lt=period.end)
    if person := form.cleaned_data.get("by"):
        found = found.filter(by=person)
    pager = page(found.values(*COLUMNS), Ordering("at", descending=True), request.GET, count(found))
    return render(request, "exchange/records.html", {"form": form, "pager": pager, "rows": pager.rows})
