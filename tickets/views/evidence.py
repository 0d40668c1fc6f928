"""Files of tickets: taken in one by one, described, taken away again, and handed out to who may see them."""

import logging
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from merchants.access import SERVICE_ROLES, WORKING_ROLES, NotVisible, allow
from orders.masking import mask_text
from orders.mentions import mask_about

from ..came_from import to_ticket
from ..evidence import shelf
from ..evidence.tray import Tray, as_key
from ..lifecycle import Refused
from ..models import Attachment, Purpose, Ticket
from ..models.attachment import NOT_VISIBLE
from ..models.ticket import NOT_VISIBLE as NO_TICKET
from .detail import find, ticket_page
from .pressing import press_or_look

logger = logging.getLogger(__name__)

# The word that stands for the number while there is no ticket yet.
NEW = "new"

# A file that somebody sent is never a page of ours, whatever a browser believes it to be.
SAFETY = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'; img-src 'self'",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Asked again each time, answered by 304: who has lost sight of a ticket has lost it.
    "Cache-Control": "private, no-cache",
    "Accept-Ranges": "none",
}


@allow(*WORKING_ROLES)
@require_safe
def file(request: HttpRequest, number: str, key: UUID) -> HttpResponse:
    """The picture to look at, or the PDF to download."""
    attachment = _find(request, number, key)
    return _hand_out(request, attachment, attachment.storage_name, attachment.sha256)


@allow(*WORKING_ROLES)
@require_safe
def thumbnail(request: HttpRequest, number: str, key: UUID) -> HttpResponse:
    """The picture, small."""
    attachment = _find(request, number, key)
    if not attachment.thumbnail_name:
        raise NotVisible(NOT_VISIBLE)
    return _hand_out(request, attachment, attachment.thumbnail_name, f"{attachment.sha256}-thumb")


@allow(*WORKING_ROLES)
@require_POST
def upload(request: HttpRequest, number: str) -> HttpResponse:
    """One file for the form on the page: 201 with its line in the form, or 422 with the sentence why not."""
    if number == NEW and not request.user.is_merchant:
        tray = Tray(request.user, token=as_key(request.POST.get("tray")))
    else:
        ticket = Ticket.objects.visible_or_404(request.user, NO_TICKET, number=number)
        tray = Tray(request.user, ticket, purpose=request.GET.get("purpose", ""))
    sent = request.FILES.get("file")
    if sent is None or not (tray.ticket or tray.token):
        return _sentence("请选择图片", 422)
    try:
        attachment = tray.take(sent)
    except ValidationError as error:
        return _sentence(error.messages[0], 422)
    except Refused as refusal:
        return _sentence(str(refusal), 409)
    item = next(each for each in tray.exhibits if each.key == str(attachment.key))
    return render(request, "tickets/_staged.html", {"item": item}, status=201)


@allow(*WORKING_ROLES)
@require_POST
def caption(request: HttpRequest, number: str, key: UUID) -> HttpResponse:
    """What a staged picture shows."""
    try:
        _find(request, number, key, staged=True).describe(
            request.POST.get("caption", ""), by_user=request.user
        )
    except ValidationError as error:
        return _sentence(error.messages[0], 422)
    return HttpResponse(status=204)


@allow(*WORKING_ROLES)
@require_POST
def discard(request: HttpRequest, number: str, key: UUID) -> HttpResponse:
    """A staged file is taken away again."""
    _find(request, number, key, staged=True).discard(by_user=request.user)
    return HttpResponse(status=204)


@allow(*SERVICE_ROLES)
@press_or_look
def add_evidence(request: HttpRequest, number: str) -> HttpResponse:
    """补充图片 to the problem."""
    ticket = find(request, number)
    if request.method != "POST":
        return to_ticket(request, ticket)
    tray = Tray(request.user, ticket, purpose=Purpose.PROBLEM)
    try:
        tray.receive(request.POST, request.FILES)
        if not tray.errors:
            added = ticket.add_evidence(by_user=request.user, attachments=tray.chosen)
            messages.success(request, f"已补充{len(added)}个图片或文件")
            return to_ticket(request, ticket)
    except ValidationError as error:
        tray.errors += error.messages
    except Refused as refusal:
        return ticket_page(request, find(request, number), status=409, refused=str(refusal))
    return ticket_page(request, ticket, status=422, tray=tray)


def _find(request: HttpRequest, number: str, key: UUID, *, staged: bool = False) -> Attachment:
    """The file under this address that the person may see; ``staged``: that is still only theirs."""
    attachments = Attachment.objects.kept().select_related("ticket__order__customer", "ticket__snapshot")
    if staged:
        attachments = attachments.staged()
    place = {"ticket__isnull": True} if number == NEW else {"ticket__number": number}
    return attachments.visible_or_404(request.user, NOT_VISIBLE, key=key, **place)


def _hand_out(request: HttpRequest, attachment: Attachment, name: str, digest: str) -> HttpResponse:
    etag = f'"{digest}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = _from_front_server(name) if settings.MEDIA_ACCEL else _from_shelf(name)
        response["Content-Type"] = (
            "image/jpeg" if name == attachment.thumbnail_name else attachment.media_type
        )
        response["Content-Disposition"] = content_disposition_header(
            attachment.is_pdf, _shown_name(attachment)
        )
    response["ETag"] = etag
    for header, value in SAFETY.items():
        response[header] = value
    return response


def _from_shelf(name: str) -> HttpResponse:
    try:
        return FileResponse(shelf.path(name).open("rb"))
    except FileNotFoundError as error:
        logger.error("A row knows %s, the disk does not; see prune_files.", name)
        raise NotVisible(NOT_VISIBLE) from error


def _from_front_server(name: str) -> HttpResponse:
    """The front server sends the file; the address is ours alone, people cannot ask for it."""
    return HttpResponse(headers={"X-Accel-Redirect": quote(settings.MEDIA_ACCEL + name)})


def _shown_name(attachment: Attachment) -> str:
    ticket = attachment.ticket
    if ticket is None:
        return mask_text(attachment.name)
    return mask_about(attachment.name, ticket.order, ticket.snapshot.facts)


def _sentence(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
