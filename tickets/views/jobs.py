"""导出与导入: what one has asked for, how far it is, what came of it, and its files."""

from datetime import timedelta
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from merchants.access import WORKING_ROLES, NotVisible, allow
from orders.importing.orders import CREATED, UNCHANGED, UPDATED
from orders.importing.report import Report
from qinqin.paging import Ordering, count, page

from ..clock import database_now
from ..evidence import shelf
from ..exchange import uploads
from ..exchange.refusals import SHOWN
from ..exchange.tables import TYPES
from ..exporting import as_download
from ..importing import THERE_ALREADY
from ..lifecycle import Refused
from ..models import Job, JobKind, JobState
from ..models.job import NOT_VISIBLE
from .exports import SAFETY, TONES

STUCK_AFTER = timedelta(minutes=1)
# What would be written, and all that is counted, in the order in which it is told.
WRITTEN = [CREATED, UPDATED]
COUNTS = [*WRITTEN, UNCHANGED, THERE_ALREADY, Report.REFUSED]
NO_FILE = "文件已过期，请重新导出"
COLUMNS = [
    "id", "kind", "state", "asked", "is_confirmed", "rows_done", "rows_total", "created_at", "finished_at",
    "expires_at", "result_name", "sentence",
]  # fmt: skip
# What a person may do again from where it began.
BEGINS_AT = {
    JobKind.EXPORT_TICKETS: "exchange:export_tickets", JobKind.EXPORT_ORDERS: "exchange:export_orders",
    JobKind.OPEN_TICKETS: "exchange:open_tickets", JobKind.IMPORT_ORDERS: "exchange:import_orders",
}  # fmt: skip


@allow(*WORKING_ROLES)
@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    """One's own, the newest first."""
    own = Job.objects.for_user(request.user)
    pager = page(own.values(*COLUMNS), Ordering("created_at", descending=True), request.GET, count(own))
    context = {
        "rows": [
            row | {
                "kind_label": JobKind(row["kind"]).label, "state_label": JobState(row["state"]).label,
                "tone": TONES[row["state"]], "about": _about(row["asked"]),
            }
            for row in pager.rows
        ],
        "pager": pager,
    }  # fmt: skip
    return render(request, "exchange/jobs.html", context)


@allow(*WORKING_ROLES)
@require_safe
@vary_on_headers("HX-Request")
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them; for htmx only the part that changes while it runs."""
    return _job_page(request, _find(request, pk))


@allow(*WORKING_ROLES)
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """确认: what was looked through is brought in. Pressed twice it is the same act."""
    found = _find(request, pk)
    if not found.is_confirmed:
        try:
            found.confirm(by_user=request.user)
        except Refused as refusal:
            return _job_page(request, _find(request, pk), refused=str(refusal))
    return redirect("exchange:job", pk)


@allow(*WORKING_ROLES)
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """取消."""
    found = _find(request, pk)
    try:
        found.cancel(by_user=request.user)
    except Refused as refusal:
        return _job_page(request, _find(request, pk), refused=str(refusal))
    messages.success(request, f"已取消{found.get_kind_display()}")
    return redirect("exchange:job", pk)


@allow(*WORKING_ROLES)
@require_safe
def result(request: HttpRequest, pk: int) -> HttpResponse:
    """The exported file."""
    found = _find(request, pk)
    return _hand_out(found, found.result_name, found.report.get("name", "export"))


@allow(*WORKING_ROLES)
@require_safe
def errors(request: HttpRequest, pk: int) -> HttpResponse:
    """The refused lines as a file."""
    found = _find(request, pk)
    ending = found.errors_name.rpartition(".")[2]
    return _hand_out(found, found.errors_name, f"{found.get_kind_display()}-错误行.{ending}")


def _find(request: HttpRequest, pk: int) -> Job:
    found = (
        Job.objects.for_user(request.user).filter(pk=pk).select_related("by").first() if pk < 2**62 else None
    )
    if found is None:
        raise NotVisible(NOT_VISIBLE)
    return found


def _job_page(request: HttpRequest, found: Job, refused: str = "") -> HttpResponse:
    # PostgreSQL keeps the keys of JSON in an order of its own.
    told = found.report.get("counts", {})
    counts = {kind: told[kind] for kind in COUNTS if kind in told}
    now = database_now()
    expired = bool(found.expires_at and found.expires_at <= now)
    context = {
        "job": found,
        "state_label": _state_label(found),
        "tone": TONES[found.state],
        "about": _about(found.asked),
        "expired": expired,
        "stuck": found.state == JobState.WAITING and now - found.next_attempt_at > STUCK_AFTER,
        "counts": counts,
        "worth_doing": sum(number for kind, number in counts.items() if kind in WRITTEN),
        "refused_rows": counts.get(Report.REFUSED, 0),
        "columns": [{"label": label} for label in (found.report.get("first") or {}).get("headings", [])],
        "more_errors": max(0, counts.get(Report.REFUSED, 0) - SHOWN),
        "earlier": uploads.earlier(found) if found.state == JobState.CHECKED else None,
        "refused": refused,
        "begins_at": BEGINS_AT[found.kind],
        "trail": ["导出与导入", found.get_kind_display()],
    }
    name = "exchange/_job.html" if request.htmx else "exchange/job.html"
    return render(request, name, context, status=409 if refused else 200)


def _state_label(found: Job) -> str:
    if found.state == JobState.RUNNING and not found.is_export:
        return "正在写入" if found.is_confirmed else "正在检查"
    return found.get_state_display()


def _about(asked: dict) -> str:
    """What was asked, in words."""
    return asked.get("name") or "；".join(asked.get("conditions", []))


def _hand_out(found: Job, name: str, shown_name: str) -> HttpResponse:
    if not name or (found.expires_at and found.expires_at <= database_now()):
        raise NotVisible(NO_FILE)
    if settings.MEDIA_ACCEL:
        response = HttpResponse(headers={"X-Accel-Redirect": quote(settings.MEDIA_ACCEL + name)})
    else:
        try:
            response = FileResponse(shelf.path(name).open("rb"))
        except FileNotFoundError as error:
            raise NotVisible(NO_FILE) from error
    response["Content-Type"] = TYPES[name.rpartition(".")[2]]
    for header, value in SAFETY.items():
        response[header] = value
    return as_download(response, shown_name)
