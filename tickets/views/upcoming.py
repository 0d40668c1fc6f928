"""下一张: the next most urgent ticket, one key away."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from merchants.access import WORKING_ROLES, allow

from ..came_from import to_ticket
from ..models import Ticket


@allow(*WORKING_ROLES)
@require_safe
def ticket_next(request: HttpRequest) -> HttpResponse:
    """To the most urgent ticket that waits for this person; ``after`` is the one they come from."""
    ticket = Ticket.objects.next_for(request.user, besides=request.GET.get("after", ""))
    if ticket is None:
        messages.info(request, "没有等待您处理的工单")
        return redirect("tickets:list")
    return to_ticket(request, ticket)
