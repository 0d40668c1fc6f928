"""超时工单: what is late now, what soon will be, and what was submitted late; by merchant."""

from datetime import timedelta
from urllib.parse import urlencode

from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from merchants.access import Role, allow
from orders.mentions import consumer_columns, mask_row

from ..clock import database_now
from ..lifecycle import Status, Urgency
from ..models import DeadlineScan, Round
from ..models.calendar import holiday_warnings
from ..models.snapshot import FORMER
from ..paging import Ordering, page, query_without
from ..timeliness import countdown

SHOWS = {"overdue": "现在超时", "due_soon": "即将超时", "late": "超时提交"}
# Late submissions are looked at for the last week; older ones are found in the list of all tickets.
LATE_FOR = timedelta(days=7)
COLUMNS = [
    "id", "number", "urgency", "started_at", "warn_at", "critical_at", "due_at", "submitted_at", "overdue_recorded_at",
    "merchant_id", "merchant__name", "ticket__number", "ticket__order_number", "ticket__category__name",
    "ticket__problem", "ticket__status", "result__submitted_by__name",
    f"ticket__{FORMER}",
    *consumer_columns("ticket__order__"),
]  # fmt: skip


@allow(Role.MANAGER)
@require_safe
@vary_on_headers("HX-Request")
def overdue_desk(request: HttpRequest) -> HttpResponse:
    """Three figures, the same by merchant, and the list behind the figure that was opened."""
    now = database_now()
    show = request.GET.get("show") if request.GET.get("show") in SHOWS else "overdue"
    conditions = _conditions(now)
    rounds = Round.objects.for_user(request.user)
    by_merchant = _by_merchant(rounds, conditions)
    totals = {key: sum(line[key] for line in by_merchant) for key in SHOWS}
    merchant = _merchant(request, by_merchant)
    listed = rounds.filter(conditions[show])
    total = totals[show]
    if merchant:
        listed, total = listed.filter(merchant=merchant["merchant_id"]), merchant[show]
    ordering = Ordering("submitted_at", descending=True) if show == "late" else Ordering("due_at")
    pager = page(listed.values(*COLUMNS), ordering, request.GET, total)
    rest = query_without(request.GET, "show")
    context = {
        "tabs": [
            {
                "key": key,
                "label": label,
                "count": merchant[key] if merchant else totals[key],
                "url": "?" + urlencode(rest | {"show": key}),
                "current": key == show,
            }
            for key, label in SHOWS.items()
        ],
        "show": show,
        "merchants": [_merchant_line(line, totals) for line in by_merchant],
        "merchant": merchant,
        "totals": totals,
        "rows": [_row(values, now) for values in pager.rows],
        "pager": pager,
        "now": now,
        "scan_age": DeadlineScan.age(),
        "scan_stale_after": DeadlineScan.STALE_AFTER,
        "holiday_warnings": holiday_warnings(timezone.localdate(now)),
        "refresh_url": request.get_full_path(),
    }
    return render(request, "tickets/_overdue_rows.html" if request.htmx else "tickets/overdue.html", context)


def _conditions(now) -> dict[str, Q]:
    return {
        "overdue": Q(is_running=True, due_at__lte=now),
        "due_soon": Q(is_running=True, warn_at__lte=now, due_at__gt=now),
        # The first condition is word for word that of the index round_submitted_late.
        "late": Q(submitted_at__gte=F("due_at"))
        & Q(submitted_at__gte=now - LATE_FOR)
        & ~Q(ticket__status=Status.CANCELLED),
    }


def _by_merchant(rounds, conditions: dict[str, Q]) -> list[dict]:
    """One line for each merchant that has anything in one of the three, the worst first."""
    counts = {key: Count("pk", filter=condition) for key, condition in conditions.items()}
    relevant = conditions["overdue"] | conditions["due_soon"] | conditions["late"]
    lines = rounds.filter(relevant).values("merchant_id", "merchant__name").annotate(**counts)
    return list(lines.order_by("-overdue", "-late", "-due_soon", "merchant__name"))


def _merchant(request: HttpRequest, by_merchant: list[dict]) -> dict | None:
    """The merchant the desk is narrowed to, with its figures (zeros when it has none of these)."""
    asked = request.GET.get("merchant", "")
    if not asked.isascii() or not asked.isdigit() or len(asked) > 18:
        return None
    found = next((line for line in by_merchant if line["merchant_id"] == int(asked)), None)
    return found or {"merchant_id": int(asked), "merchant__name": "", **dict.fromkeys(SHOWS, 0)}


def _merchant_line(line: dict, totals: dict[str, int]) -> dict:
    most = max(totals.values()) or 1
    return {
        "name": line["merchant__name"],
        "cells": [
            {
                "key": key,
                "count": line[key],
                "url": "?" + urlencode({"show": key, "merchant": line["merchant_id"]}),
                "share": line[key] / (totals[key] or most),
            }
            for key in SHOWS
        ],
    }


def _row(values: dict, now) -> dict:
    late_by = (values["submitted_at"] or now) - values["due_at"]
    status = Status.WAITING_MERCHANT if values["submitted_at"] is None else Status.WAITING_REVIEW
    return {
        **values,
        "number": values["ticket__number"],
        "round_no": values["number"],
        "url": reverse("tickets:detail", args=[values["ticket__number"]]),
        "merchant_name": values["merchant__name"],
        "category": values["ticket__category__name"],
        "problem": mask_row(
            values["ticket__problem"], values, "ticket__order__", values[f"ticket__{FORMER}"]
        ),
        "urgency_label": Urgency(values["urgency"]).label,
        "status": values["ticket__status"],
        "status_label": Status(values["ticket__status"]).label,
        "countdown": countdown(
            status, values["warn_at"], values["due_at"], values["submitted_at"], now, values["critical_at"]
        ),
        "late_by": late_by,
        "handler": values["result__submitted_by__name"],
    }
