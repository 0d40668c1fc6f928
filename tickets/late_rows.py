"""The rows of 超时工单, on the screen and in its export: a round, how late, who was told, what was done about it."""

from django.urls import reverse

from .lifecycle import Status, Urgency
from .mentions import consumer_columns, mask_row
from .models import Exemption, Incident
from .timeliness import countdown
from .told import summary, told_about

COLUMNS = [
    "id", "number", "urgency", "started_at", "warn_at", "critical_at", "due_at", "submitted_at", "overdue_at",
    "paused_at", "closed_at", "is_open", "is_running", "late_by", "merchant__name", "ticket_id", "ticket__number",
    "ticket__order_number", "ticket__category__name", "ticket__problem", "ticket__status",
    "result__submitted_by__name", "acknowledgement__by_name", "acknowledgement__at", "acknowledgement__note",
    *consumer_columns("ticket__order__"),
]  # fmt: skip


def late_rows(found: list[dict], now) -> list[dict]:
    """``found`` are ``values(*COLUMNS)`` of rounds ``with_lateness()``. Four statements, however many."""
    pks = [values["id"] for values in found]
    told = told_about((values["ticket_id"], values["number"]) for values in found)
    active = Exemption.objects.active().filter(round__in=pks)
    exemptions = {round_: line for round_, *line in active.values_list("round", "by_name", "at", "reason")}
    incidents = dict(Incident.objects.open().filter(round__in=pks).values_list("round", "pk"))
    return [
        _row(values, now)
        | {
            "told": told[values["ticket_id"], values["number"]],
            "told_summary": summary(told[values["ticket_id"], values["number"]]),
            "exemption": exemptions.get(values["id"]),
            "incident": incidents.get(values["id"]),
        }
        for values in found
    ]


def clock_status(values: dict) -> str:
    """The state in which the round's clock is: a round that came back has a ticket which is elsewhere by now."""
    if values["submitted_at"] is not None:
        return Status.WAITING_REVIEW
    if values["is_running"]:
        return Status.WAITING_MERCHANT
    return Status.ON_HOLD if values["is_open"] else Status.CANCELLED


def _row(values: dict, now) -> dict:
    is_late = values["overdue_at"] is not None or (values["is_running"] and values["due_at"] <= now)
    return {
        **values,
        "pk": values["id"],
        "number": values["ticket__number"],
        "round_no": values["number"],
        "url": reverse("tickets:detail", args=[values["ticket__number"]]),
        "round_url": reverse("tickets:late_round", args=[values["id"]]),
        "merchant_name": values["merchant__name"],
        "category": values["ticket__category__name"],
        "problem": mask_row(values["ticket__problem"], values, "ticket__order__"),
        "urgency_label": Urgency(values["urgency"]).label,
        "status": values["ticket__status"],
        "status_label": Status(values["ticket__status"]).label,
        "is_late": is_late,
        "late_by": values["late_by"] if is_late else None,
        "countdown": countdown(
            clock_status(values),
            values["warn_at"],
            values["due_at"],
            values["submitted_at"] or values["closed_at"],
            now,
            values["critical_at"],
        ),
        "handler": values["result__submitted_by__name"],
        "acknowledged_by": values["acknowledgement__by_name"],
        "acknowledged_at": values["acknowledgement__at"],
    }
