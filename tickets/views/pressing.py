"""A button pressed: how it is asked for, and what comes of it, on a ticket's page and on those that are none."""

from collections.abc import Callable
from contextlib import suppress

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from ..came_from import to_ticket
from ..drafting import round_of, written
from ..evidence.tray import Tray
from ..forms import TurnForm
from ..lifecycle import TRANSITIONS, AlreadyHandled, Refused
from ..models import Draft, Ticket
from ..verb_forms import form_for
from .detail import HANDED_ON, find, ticket_page

# After these the ticket waits for somebody else, and the person goes on to the next one.
HANDS_ON = {"submit", "approve", "return"}
# Looking at a button's address changes nothing: it leads to the page that has the button (a reload after an error, a
# login in between).
press_or_look = require_http_methods(["GET", "HEAD", "POST"])


def press(
    request: HttpRequest, form, act: Callable[[dict], str], page: Callable[..., HttpResponse], done: Callable
) -> HttpResponse:
    """Done (to ``done()``), a field is wrong (422: ``page`` with the form), or refused (409: ``page`` with the
    sentence and what was typed). ``act`` gets the cleaned data and gives the sentence of success.
    """
    if form.is_valid():
        try:
            said = act(form.cleaned_data)
        except Refused as refusal:
            return page(status=409, refused=str(refusal), typed=form.typed())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, said)
            return redirect(done())
    return page(status=422, form=form)


def press_on_ticket(
    request: HttpRequest,
    number: str,
    verb: str,
    act: Callable[[Ticket, TurnForm], str],
    tray: Tray | None = None,
) -> HttpResponse:
    """One button pressed: done (303 to the ticket), a field is wrong (422), or somebody was quicker (409).

    In the last two the page comes back with everything that was typed. The files of a form with a ``tray`` are taken
    in whatever becomes of the rest, so that nobody has to choose them again.
    """
    ticket = find(request, number)
    if request.method != "POST":
        return to_ticket(request, ticket)
    form = form_for(verb, ticket, request.user, request.POST)
    is_valid = form.is_valid()
    if tray is not None:
        tray.ticket = ticket
        if not _moved_on(ticket, verb, form):
            try:
                tray.receive(request.POST, request.FILES)
            except Refused as refusal:
                return _come_back(request, find(request, number), verb, form, refused=str(refusal))
            is_valid = is_valid and not tray.errors
    if is_valid:
        try:
            done = act(ticket, form)
        except Refused as refusal:
            return _come_back(request, find(request, number), verb, form, refused=str(refusal))
        except ValidationError as error:
            form.add_error(None, error)
            return _come_back(request, ticket, verb, form, tray)
        messages.success(request, done, extra_tags=HANDED_ON if verb in HANDS_ON else "")
        return to_ticket(request, ticket)
    refused = AlreadyHandled.SENTENCE if _moved_on(ticket, verb, form) else ""
    return _come_back(request, ticket, verb, form, tray, refused=refused)


def _come_back(
    request: HttpRequest, ticket: Ticket, verb: str, form: TurnForm, tray: Tray | None = None, *,
    refused: str = "",
) -> HttpResponse:  # fmt: skip
    """The page again with what was typed, which is a draft from now on: it is there on every device."""
    if form.typed():
        with suppress(ValidationError):  # more than a draft may hold; the page itself has it
            Draft.keep(
                by_user=request.user,
                verb=verb,
                fields=written(request.POST, verb),
                ticket=ticket,
                round_no=round_of(verb, form.round_shown or ticket.round_no),
            )
    status = 409 if refused else 422
    tray = None if refused else tray
    return ticket_page(request, ticket, status=status, verb=verb, form=form, refused=refused, tray=tray)


def _moved_on(ticket: Ticket, verb: str, form: TurnForm) -> bool:
    """Whether the ticket is no longer where the page had it: then even a faulty text deserves to hear why."""
    shown = form.round_shown, form.status_shown
    return verb in TRANSITIONS and ticket.has_moved_on(TRANSITIONS[verb], *shown)
