"""One late round: what happened, who was told, and what a manager says to it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from merchants.access import Role, allow
from orders.mentions import mask_about

from ..clock import database_now
from ..forms import TypedForm
from ..late_forms import AcknowledgeForm, WhyForm
from ..late_rows import clock_status
from ..lifecycle import Status
from ..models import Acknowledgement, AlertLevel, Round
from ..timeliness import countdown
from ..told import told_about
from .pressing import press, press_or_look

NOT_VISIBLE = "处理轮次不存在或无权查看"


def find_round(request: HttpRequest, pk: int) -> Round:
    """The round with this key that the person may see."""
    rounds = Round.objects.select_related(
        "ticket__category", "ticket__order__customer", "ticket__snapshot", "merchant", "result__submitted_by"
    )
    return rounds.visible_or_404(request.user, NOT_VISIBLE, pk=pk)


def round_facts(round_: Round, now) -> dict:
    """What a page tells about one round: its clock, its alerts, its answer, and who was told."""
    ticket, result = round_.ticket, getattr(round_, "result", None)
    recorded = {alert.level: alert for alert in round_.alerts.all()}
    return {
        "round": round_,
        "ticket": ticket,
        "problem": mask_about(ticket.problem, ticket.order, ticket.snapshot.facts),
        "status_label": Status(ticket.status).label,
        "countdown": countdown(
            clock_status(vars(round_)),
            round_.warn_at,
            round_.due_at,
            round_.stopped_at,
            now,
            round_.critical_at,
        ),
        "is_late": round_.is_late(now),
        "late_by": round_.overrun(now),
        "alerts": [
            {"label": AlertLevel(level).label, "at": moment, "recorded": recorded.get(level)}
            for level, moment in round_.ladder()
            if level in recorded
        ],
        "result": result,
        "answer": mask_about(result.text, ticket.order, ticket.snapshot.facts) if result else "",
        "told": told_about([(round_.ticket_id, round_.number)])[round_.ticket_id, round_.number],
    }


def round_page(
    request: HttpRequest, round_: Round, *, status: int = 200, verb: str = "", form: TypedForm | None = None,
    refused: str = "", typed: list | None = None,
) -> HttpResponse:  # fmt: skip
    """The page; with the ``form`` of a ``verb`` that failed, or why it was ``refused`` and what was ``typed``."""
    now = database_now()
    exemptions, incidents = list(round_.exemptions.all()), list(round_.incidents.all())
    forms = {
        "acknowledge": AcknowledgeForm(),
        "exempt": WhyForm(what="豁免原因"),
        "unexempt": WhyForm(what="取消豁免的原因"),
    }
    if form is not None:
        forms[verb] = form
    context = round_facts(round_, now) | {
        "now": now,
        "forms": forms,
        "acknowledgement": Acknowledgement.objects.filter(round=round_).first(),
        "exemptions": exemptions,
        "is_exempted": any(exemption.revoked_at is None for exemption in exemptions),
        "incidents": incidents,
        "has_open_incident": any(incident.closed_at is None for incident in incidents),
        "refused": refused,
        "typed": typed or [],
    }
    return render(request, "tickets/late_round.html", context, status=status)


@allow(Role.MANAGER)
@require_safe
def late_round(request: HttpRequest, pk: int) -> HttpResponse:
    """The round, and what can be said to it."""
    return round_page(request, find_round(request, pk))


@allow(Role.MANAGER)
@press_or_look
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """确认."""

    def act(round_: Round, data: dict) -> str:
        round_.acknowledge(by_user=request.user, note=data["note"])
        return "已确认"

    return _press(request, pk, "acknowledge", AcknowledgeForm(request.POST), act)


@allow(Role.MANAGER)
@press_or_look
def exempt(request: HttpRequest, pk: int) -> HttpResponse:
    """豁免."""

    def act(round_: Round, data: dict) -> str:
        round_.exempt(by_user=request.user, reason=data["reason"])
        return "已豁免，超时率会同时给出扣除豁免的数字"

    return _press(request, pk, "exempt", WhyForm(request.POST, what="豁免原因"), act)


@allow(Role.MANAGER)
@press_or_look
def unexempt(request: HttpRequest, pk: int) -> HttpResponse:
    """取消豁免."""

    def act(round_: Round, data: dict) -> str:
        round_.revoke_exemption(by_user=request.user, reason=data["reason"])
        return "已取消豁免"

    return _press(request, pk, "unexempt", WhyForm(request.POST, what="取消豁免的原因"), act)


@allow(Role.MANAGER)
@press_or_look
def open_incident(request: HttpRequest, pk: int) -> HttpResponse:
    """登记异常: leads to the incident's own page."""
    opened = []

    def act(round_: Round, data: dict) -> str:
        opened.append(round_.open_incident(by_user=request.user))
        return "已登记异常，请填写原因分析"

    def done() -> str:
        return reverse("tickets:incident", args=[opened[0].pk])

    return _press(request, pk, "open_incident", TypedForm(request.POST), act, done)


def _press(
    request: HttpRequest,
    pk: int,
    verb: str,
    form: TypedForm,
    act: Callable[[Round, dict], str],
    done: Callable[[], str] | None = None,
) -> HttpResponse:
    round_ = find_round(request, pk)
    here = reverse("tickets:late_round", args=[pk])
    if request.method != "POST":
        return redirect(here)

    def page(**about) -> HttpResponse:
        return round_page(request, find_round(request, pk), verb=verb, **about)

    return press(request, form, lambda data: act(round_, data), page, done or (lambda: here))
