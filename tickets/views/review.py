"""待客服审核: results waiting for customer service, the oldest first."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from merchants.access import SERVICE_ROLES, allow
from qinqin.paging import Ordering, count, page

from .. import came_from
from ..clock import database_now
from ..lifecycle import Outcome, Urgency
from ..mentions import consumer_columns, mask_row
from ..models import Ticket

COLUMNS = [
    "id", "number", "order_number", "merchant__name", "category__name", "problem", "urgency", "round_no",
    "due_at", "stopped_at", "result__outcome", "result__text", "result__submitted_by__name",
    *consumer_columns("order__"),
]  # fmt: skip


@allow(*SERVICE_ROLES)
@require_safe
@vary_on_headers("HX-Request")
def review_list(request: HttpRequest) -> HttpResponse:
    """Every ticket whose result has to be checked, and how long it has been waiting for that."""
    now = database_now()
    waiting = Ticket.objects.for_user(request.user).awaiting_review()
    pager = page(waiting.values(*COLUMNS), Ordering("stopped_at"), request.GET, count(waiting))
    context = {
        "rows": [_row(values, now) for values in pager.rows],
        "pager": pager,
        "now": now,
        "mark": came_from.mark(request),
        "refresh_url": request.get_full_path(),
    }
    return render(request, "tickets/_review_rows.html" if request.htmx else "tickets/review.html", context)


def _row(values: dict, now) -> dict:
    return {
        **values,
        "url": reverse("tickets:detail", args=[values["number"]]),
        "merchant_name": values["merchant__name"],
        "category": values["category__name"],
        "problem": mask_row(values["problem"], values, "order__"),
        "urgency_label": Urgency(values["urgency"]).label,
        "outcome": values["result__outcome"],
        "outcome_label": Outcome(values["result__outcome"]).label,
        "result": mask_row(values["result__text"], values, "order__"),
        "by": values["result__submitted_by__name"],
        "submitted_at": values["stopped_at"],
        "waiting": now - values["stopped_at"],
        "late": values["stopped_at"] >= values["due_at"],
    }
