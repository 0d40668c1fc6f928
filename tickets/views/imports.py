"""批量建单 and 订单导入: the page where a file is sent, and the files to fill in."""

from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from merchants.access import SERVICE_ROLES, NotVisible, allow

from ..evidence.receiving import takes
from ..exchange import MOST_BYTES, templates, uploads
from ..exchange.tables import TYPES
from ..exchange_forms import OrderUploadForm, UploadForm
from ..exporting import as_download
from ..importing import TICKET_FIELDS
from ..lifecycle import Refused
from ..models import Job, JobKind
from .exports import TONES

NO_TEMPLATE = "没有这种模板"
SHOWN_JOBS = 5
MULTIPART = 64 * 1024


@allow(*SERVICE_ROLES)
@takes(MOST_BYTES + MULTIPART)
@require_http_methods(["GET", "HEAD", "POST"])
def open_tickets(request: HttpRequest) -> HttpResponse:
    """批量建单."""
    context = {
        "title": "批量建单", "template_view": "exchange:ticket_template",
        "fields": TICKET_FIELDS, "choices": templates.ticket_choices(),
    }  # fmt: skip
    return _upload(request, JobKind.OPEN_TICKETS, UploadForm, context)


@allow(*SERVICE_ROLES)
@takes(MOST_BYTES + MULTIPART)
@require_http_methods(["GET", "HEAD", "POST"])
def import_orders(request: HttpRequest) -> HttpResponse:
    """订单导入."""
    context = {"title": "订单导入", "template_view": "exchange:order_template"}
    return _upload(request, JobKind.IMPORT_ORDERS, OrderUploadForm, context)


@allow(*SERVICE_ROLES)
@require_safe
def ticket_template(request: HttpRequest, file_format: str) -> HttpResponse:
    return _template("批量建单模板", file_format, templates.ticket_headings(), templates.ticket_choices())


@allow(*SERVICE_ROLES)
@require_safe
def order_template(request: HttpRequest, file_format: str) -> HttpResponse:
    return _template("订单导入模板", file_format, templates.order_headings(), {})


def _upload(request: HttpRequest, kind: JobKind, form_class: type[UploadForm], context: dict) -> HttpResponse:
    form = form_class(request.POST, request.FILES) if request.method == "POST" else form_class()
    if form.is_valid():
        try:
            job = uploads.stage(
                form.cleaned_data["file"],
                kind,
                by_user=request.user,
                merchant=form.cleaned_data.get("merchant"),
            )
        except ValidationError as error:
            form.add_error("file", error)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("exchange:job", job.pk)
    recent = Job.objects.for_user(request.user).filter(kind=kind).order_by("-created_at", "-id")[:SHOWN_JOBS]
    context |= {"form": form, "kind": kind, "recent": recent, "tones": TONES}
    return render(request, "exchange/upload.html", context, status=422 if request.method == "POST" else 200)


def _template(title: str, file_format: str, headings: list[str], choices: dict) -> HttpResponse:
    if file_format == "csv":
        response = HttpResponse(templates.csv_template(headings), content_type=TYPES["csv"])
    elif file_format == "xlsx":
        response = FileResponse(templates.xlsx_template(title, headings, choices), content_type=TYPES["xlsx"])
    else:
        raise NotVisible(NO_TEMPLATE)
    return as_download(response, f"{title}.{file_format}")
