"""异常处理: the list of them, and one with the form for its next step."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from merchants.access import Role, allow
from orders.mentions import mask_about
from qinqin.paging import Ordering, count, page, query_without

from ..clock import database_now
from ..late_forms import STEP_FORMS, StepForm
from ..lifecycle import AlreadyHandled
from ..models import Incident
from ..models.incident import Stage
from ..tabs import tab_links
from ..timeliness import overrun
from .late_rounds import find_round, round_facts
from .pressing import press, press_or_look

NOT_VISIBLE = "异常处理不存在或无权查看"
SHOWS = {"open": "处理中", "overdue": "措施逾期", "closed": "已关闭"}
COLUMNS = [
    "id", "opened_at", "opened_by_name", "stage", "responsible", "due_on", "closed_at", "round__number",
    "round__due_at", "round__submitted_at", "round__closed_at", "round__ticket__number",
    "round__ticket__category__name", "round__merchant__name",
]  # fmt: skip
TONES = {True: "ok", False: "bad", None: "info"}
VERBS = {
    Stage.CAUSE: Incident.analyse,
    Stage.MEASURE: Incident.plan,
    Stage.EVALUATION: Incident.evaluate,
    Stage.SUMMARY: Incident.conclude,
}
DONE = {
    Stage.CAUSE: "已填写原因分析，请写整改措施",
    Stage.MEASURE: "已填写整改措施，到期前请作效果评估",
    Stage.EVALUATION: "已填写效果评估",
    Stage.SUMMARY: "已总结，异常处理关闭",
}


@allow(Role.MANAGER)
@require_safe
def incident_list(request: HttpRequest) -> HttpResponse:
    """Those that go on, those whose measure is overdue, and those that are closed."""
    now = database_now()
    today = timezone.localdate(now)
    mine = Incident.objects.for_user(request.user)
    shows = {"open": mine.open(), "overdue": mine.overdue(today), "closed": mine.closed()}
    show = request.GET.get("show") if request.GET.get("show") in SHOWS else "open"
    counts = {key: count(incidents) for key, incidents in shows.items()}
    ordering = Ordering("opened_at", descending=True)
    pager = page(shows[show].values(*COLUMNS), ordering, request.GET, counts[show])
    context = {
        "tabs": tab_links(SHOWS, counts, show, query_without(request.GET, "show")),
        "show": show,
        "rows": [_row(values, now, today) for values in pager.rows],
        "pager": pager,
    }
    return render(request, "tickets/incidents.html", context)


def _row(values: dict, now, today) -> dict:
    waits_for_effect = values["closed_at"] is None and values["stage"] == Stage.EVALUATION
    return {
        **values,
        "url": reverse("tickets:incident", args=[values["id"]]),
        "number": values["round__ticket__number"],
        "round_no": values["round__number"],
        "merchant_name": values["round__merchant__name"],
        "category": values["round__ticket__category__name"],
        "late_by": overrun(
            values["round__due_at"], values["round__submitted_at"], values["round__closed_at"], now
        ),
        "stage_label": "已关闭" if values["closed_at"] else f"待{Stage(values['stage']).label}",
        "stage_tone": "ok" if values["closed_at"] else "warn",
        "is_overdue": waits_for_effect and values["due_on"] < today,
    }


def find(request: HttpRequest, pk: int) -> Incident:
    """The incident with this key that the person may see."""
    return Incident.objects.visible_or_404(request.user, NOT_VISIBLE, pk=pk)


def form_for(stage: str, seen_steps: int, data=None) -> StepForm:
    """The form of a step, empty or with what was sent."""
    initial = {"seen_steps": seen_steps, "stage": stage}
    return STEP_FORMS.get(stage, StepForm)(data, stage=stage, initial=initial)


def incident_page(
    request: HttpRequest, incident: Incident, *, status: int = 200, form: StepForm | None = None,
    refused: str = "", typed: list | None = None,
) -> HttpResponse:  # fmt: skip
    """The page; with a ``form`` that failed, or why it was ``refused`` and what was ``typed``."""
    now = database_now()
    steps = list(incident.steps.all())
    if form is None and incident.closed_at is None:
        form = form_for(incident.stage, len(steps))
    incident.round = find_round(request, incident.round_id)
    context = round_facts(incident.round, now) | {
        "now": now,
        "incident": incident,
        "stages": [_opening(incident), *(_stage(step, incident.round.ticket) for step in steps)],
        "form": form,
        "stage_label": Stage(incident.stage).label,
        "is_overdue": incident.is_overdue(timezone.localdate(now)),
        "refused": refused,
        "typed": typed or [],
    }
    return render(request, "tickets/incident.html", context, status=status)


def _opening(incident: Incident) -> dict:
    return {"label": "登记异常", "actor": incident.opened_by_name, "at": incident.opened_at, "tone": "warn"}


def _stage(step, ticket) -> dict:
    text = mask_about(step.text, ticket.order, ticket.snapshot.facts)
    if step.kind == Stage.MEASURE:
        text += f"\n责任人：{step.responsible}　期限：{step.due_on}"
    effect = {True: "（有效）", False: "（无效，需另定措施）", None: ""}[step.is_effective]
    return {
        "label": f"{step.get_kind_display()}{effect}",
        "actor": step.by_name,
        "at": step.at,
        "tone": "ok" if step.kind == Stage.SUMMARY else TONES[step.is_effective],
        "text": text,
    }


@allow(Role.MANAGER)
@require_safe
def incident_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The round's facts, who was told, the steps so far, and the form of the next one."""
    return incident_page(request, find(request, pk))


@allow(Role.MANAGER)
@press_or_look
def incident_step(request: HttpRequest, pk: int) -> HttpResponse:
    """The next step, as the page showed it."""
    incident = find(request, pk)
    here = reverse("tickets:incident", args=[pk])
    if request.method != "POST":
        return redirect(here)
    # The page says which step it asked for; the verb judges whether that is still the next one.
    stage = request.POST.get("stage") if request.POST.get("stage") in Stage.values else incident.stage

    def act(data: dict) -> str:
        VERBS[stage](incident, by_user=request.user, **{k: v for k, v in data.items() if k != "stage"})
        return DONE[stage]

    def page(**about) -> HttpResponse:
        found = find(request, pk)
        form = about.pop("form", None)
        if form is not None and (found.stage != stage or found.closed_at):
            about = {"status": 409, "refused": AlreadyHandled.SENTENCE, "typed": form.typed()}
            form = None
        return incident_page(request, found, form=form, **about)

    return press(request, form_for(stage, incident.steps.count(), request.POST), act, page, lambda: here)
