"""What the pages tell the server while somebody writes: drafts, and who else is there."""

import re

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from merchants.access import SERVICE_ROLES, WORKING_ROLES, allow

from ..drafting import written
from ..models import Draft, Presence, Submission, Ticket
from ..models.draft import WrittenElsewhere
from ..models.presence import presence_words
from ..models.ticket import NOT_VISIBLE
from .opening import SHEET, written_order
from .opening import VERB as OPEN

VERB = re.compile(r"[a-z_]{1,20}")
LATEST_ROUND = 10_000
NOT_KEPT = "草稿没有保存"


@allow(*WORKING_ROLES)
@require_POST
def draft_save(request: HttpRequest, number: str) -> HttpResponse:
    """Keep what is being written in one form of a ticket; whoever writes is there."""
    ticket = _ticket(request, number)
    place = _place(request, ticket)
    answer = _keep(request, written(request.POST, place["verb"]), **place)
    if answer.status_code < 400:
        Presence.note(ticket, request.user, is_typing=True)
    return answer


@allow(*WORKING_ROLES)
@require_POST
def draft_clear(request: HttpRequest, number: str) -> HttpResponse:
    """清除: the person does not want these words any more."""
    ticket = _ticket(request, number)
    Draft.objects.filter(person=request.user, **_place(request, ticket)).delete()
    return redirect(f"{ticket.get_absolute_url()}#result")


@allow(*SERVICE_ROLES)
@require_POST
def new_draft_save(request: HttpRequest) -> HttpResponse:
    """Keep what is being written in 新建工单."""
    place = _new_place(request)
    if not SHEET.fullmatch(place["sheet"]):
        return JsonResponse({"sentence": NOT_KEPT}, status=422)
    return _keep(request, written_order(request.POST), **place)


@allow(*SERVICE_ROLES)
@require_POST
def new_draft_clear(request: HttpRequest) -> HttpResponse:
    """清除 in 新建工单."""
    Draft.objects.filter(person=request.user, **_new_place(request)).delete()
    return redirect(f"{reverse('tickets:new')}?fresh=1")


@allow(*WORKING_ROLES)
@require_safe
def form_sent(request: HttpRequest) -> HttpResponse:
    """Whether a form has arrived whose answer never came back: then its copy in the browser is not needed."""
    key = request.GET.get("key", "").replace("\x00", "")
    return JsonResponse({"done": Submission.objects.filter(person=request.user, key=key).exists()})


@allow(*WORKING_ROLES)
@require_POST
def presence(request: HttpRequest, number: str) -> HttpResponse:
    """I am here (``typing`` or only looking); who else is?"""
    ticket = _ticket(request, number)
    now = Presence.note(ticket, request.user, is_typing=request.POST.get("typing") == "1")
    return JsonResponse({"words": presence_words(Presence.objects.others(ticket, request.user, now))})


def _ticket(request: HttpRequest, number: str) -> Ticket:
    return Ticket.objects.visible_or_404(request.user, NOT_VISIBLE, number=number)


def _place(request: HttpRequest, ticket: Ticket) -> dict:
    """Which draft of a ticket: the verb and the round that the address names."""
    verb, round_no = request.GET.get("verb", ""), request.GET.get("round", "")
    if not round_no.isascii() or not round_no.isdigit() or len(round_no) > 5 or int(round_no) > LATEST_ROUND:
        round_no = ticket.round_no
    return {"ticket": ticket, "verb": verb, "round_no": int(round_no)}


def _new_place(request: HttpRequest) -> dict:
    return {"ticket": None, "verb": OPEN, "sheet": request.GET.get("sheet", "")}


def _keep(request: HttpRequest, fields: dict[str, str], verb: str, **place) -> HttpResponse:
    """The version and the time of what was saved, or why it was not (422), or what another window wrote (409)."""
    if not VERB.fullmatch(verb):
        return JsonResponse({"sentence": NOT_KEPT}, status=422)
    stamp = fields.pop("stamp", None)
    try:
        draft = Draft.keep(by_user=request.user, verb=verb, fields=fields, stamp=stamp, **place)
    except ValidationError as error:
        return JsonResponse({"sentence": error.message}, status=422)
    except WrittenElsewhere as elsewhere:
        return JsonResponse(_told(elsewhere.draft) | {"fields": elsewhere.draft.fields}, status=409)
    return JsonResponse(_told(draft))


def _told(draft: Draft | None) -> dict[str, str]:
    if draft is None:
        return {"stamp": "", "clock": ""}
    return {"stamp": draft.stamp, "clock": f"{timezone.localtime(draft.saved_at):%H:%M:%S}"}
