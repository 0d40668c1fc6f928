"""The ticket's page: everything about it on one page, and at its bottom what the reader can do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from merchants.access import WORKING_ROLES, allow
from orders.mentions import mask_about

from ..clock import database_now
from ..forms import (
    CancelForm,
    ExtendForm,
    GrantForm,
    HoldForm,
    NoteForm,
    RateForm,
    ReasonForm,
    RemindForm,
    ResultForm,
    ResumeForm,
    RevealForm,
    TurnForm,
)
from ..history import History
from ..lifecycle import Archived, Status, Transition, verbs_for
from ..models import Ticket
from ..models.snapshot import differences
from ..models.ticket import NOT_VISIBLE

IDLE = {
    Status.WAITING_MERCHANT: "等待商家处理",
    Status.WAITING_REVIEW: "已提交，等待客服审核",
    Status.ON_HOLD: "工单已挂起，计时暂停",
    Status.COMPLETED: "工单已完结",
    Status.CANCELLED: "工单已撤销，无需处理",
}
HINTS = {
    "hold": "等消费者或第三方，计时暂停，到时自动恢复",
    "resume": "继续计时，剩余时间不变",
    "remind": "提醒商家尽快处理，15分钟内只能催办一次",
    "extend": "到期前可申请更晚的截止时间，客服同意后生效",
    "grant": "截止时间改为商家申请的时间",
    "decline": "截止时间不变",
    "approve": "处理结果属实、完整，工单完结",
    "return": "结果不够清楚或未解决，退回后重新计时",
    "cancel": "开错或不再需要处理",
    "reopen": "问题又出现，商家重新处理",
    "rate": "消费者口头说的，由客服记录；每次完结一次",
}
ACTION_TONES = {
    "approve": "ok",
    "return": "warn",
    "cancel": "bad",
    "reopen": "warn",
    "grant": "ok",
    "remind": "warn",
}
REASONS = {
    "return": "退回原因",
    "cancel": "撤销原因",
    "reopen": "重新打开的原因",
    "hold": "挂起原因",
    "extend": "延期原因",
    "decline": "不同意的原因",
}
FORMS = {
    "approve": NoteForm,
    "grant": GrantForm,
    "remind": RemindForm,
    "resume": ResumeForm,
    "cancel": CancelForm,
    "hold": HoldForm,
    "extend": ExtendForm,
    "rate": RateForm,
}


def find(request: HttpRequest, number: str) -> Ticket:
    """The ticket with this number that the person may see; otherwise the one 404 for all."""
    tickets = Ticket.objects.select_related(
        "merchant", "category", "opened_by", "order__customer", "snapshot"
    )
    tickets = tickets.prefetch_related("order__lines", "order__shipments")
    return tickets.visible_or_404(request.user, NOT_VISIBLE, number=number)


def form_for(verb: str, ticket: Ticket, data=None) -> TurnForm:
    """The form of one verb, empty or with what was sent."""
    seen = {"seen_round": ticket.round_no, "seen_status": ticket.status}
    options = {"initial": seen, "prefix": None if verb == "submit" else verb}
    if verb == "submit":
        return ResultForm(data, **options)
    if verb in REASONS:
        options["what"] = REASONS[verb]
    return FORMS.get(verb, ReasonForm)(data, **options)


@allow(*WORKING_ROLES)
@require_safe
def ticket_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One ticket, whole."""
    return ticket_page(request, find(request, number))


def ticket_page(
    request: HttpRequest, ticket: Ticket, *, status: int = 200, verb: str = "", form: TurnForm | None = None,
    refused: str = "",
) -> HttpResponse:  # fmt: skip
    """The page; with the ``form`` of a ``verb`` that failed, or why it was ``refused`` and what was typed."""
    now = database_now()
    history = History(ticket, now)
    allowed = [
        transition
        for transition in ([] if ticket.archived_at else verbs_for(request.user, ticket.status))
        if transition.verb == verb or _makes_sense(transition.verb, history, now)
    ]
    forms = {transition.verb: form_for(transition.verb, ticket) for transition in allowed}
    if form is not None and not refused and verb in forms:
        forms[verb] = form
    shows_consumer = ticket.shows_consumer_to(request.user)
    context = {
        "ticket": ticket,
        "shows_consumer": shows_consumer,
        "reveal_form": _reveal_form(ticket, verb, form) if shows_consumer else None,
        "problem": mask_about(ticket.problem, ticket.order, ticket.snapshot.facts),
        "now": now,
        "countdown": ticket.countdown(now),
        "deadline": history.current_round,
        "explanation": history.explanation(now),
        "extension": history.pending_extension,
        "rounds": history.round_lines(),
        "stages": history.stages(),
        "result": _result(ticket, history),
        "form": forms.get("submit"),
        "actions": [
            _action(ticket, transition, forms[transition.verb])
            for transition in allowed
            if transition.verb != "submit"
        ],
        "invite": _invite(ticket, allowed, history),
        "rating": history.rating(),
        "reopening_suggested": history.is_rated_low and any(each.verb == "reopen" for each in allowed),
        "idle": Archived.SENTENCE if ticket.archived_at else IDLE[ticket.status],
        "conflict": _conflict(history, refused, form),
        "is_merchant": request.user.is_merchant,
        **_order_context(request, ticket),
    }
    return render(request, "tickets/detail.html", context, status=status)


def _reveal_form(ticket: Ticket, verb: str, form: TurnForm | None) -> RevealForm | None:
    """查看完整号码: while the ticket is open and there is something to see."""
    if not ticket.is_open or ticket.order.anonymised_at:
        return None
    return form if form is not None and verb == "reveal" else RevealForm(prefix="reveal")


def _order_context(request: HttpRequest, ticket: Ticket) -> dict:
    order = ticket.order
    siblings = order.tickets.for_user(request.user).exclude(pk=ticket.pk).order_by("-created_at")
    return {
        "order": order,
        "lines": order.lines.all(),
        "shipments": order.shipments.all(),
        "changes": _changes(ticket, request.user),
        "snapshot_at": ticket.snapshot.taken_at,
        "siblings": siblings.select_related("category")[:10],
    }


def _changes(ticket: Ticket, user) -> list[dict[str, str]]:
    """What differs from the order as it was; its remarks may name the consumer."""
    kept, order = ticket.snapshot.facts, ticket.order
    return [
        fact | {when: mask_about(fact[when], order, kept) for when in ("then", "now")}
        for fact in differences(ticket.snapshot, order, with_consumer=ticket.shows_consumer_to(user))
    ]


def _result(ticket: Ticket, history: History) -> dict | None:
    """The answer of the current round, if it has been given."""
    round_ = history.current_round
    result = history.results.get(round_.pk)
    if result is None:
        return None
    return {
        "outcome": result.outcome,
        "outcome_label": result.get_outcome_display(),
        "text": mask_about(result.text, ticket.order, ticket.snapshot.facts),
        "by": f"{result.submitted_by}（{result.submitted_by.affiliation}）",
        "at": result.submitted_at,
        "took": history.took(round_),
        "allowed": history.allowed(round_),
        "late": round_.overdue_at is not None,
    }


def _makes_sense(verb: str, history: History, now) -> bool:
    """Whether a verb that the state allows has anything to act on just now."""
    if verb in ("grant", "decline"):
        return history.pending_extension is not None
    if verb == "extend":
        return history.pending_extension is None and now < history.current_round.due_at
    if verb == "rate":
        return not history.is_rated
    return True


def _action(ticket: Ticket, transition: Transition, form: TurnForm) -> dict:
    verb = transition.verb
    return {
        "verb": verb,
        "label": transition.label,
        "url": reverse(f"tickets:{verb}", args=[ticket.number]),
        "form": form,
        "tone": ACTION_TONES.get(verb, ""),
        "hint": HINTS[verb],
    }


def _invite(ticket: Ticket, allowed: list[Transition], history: History) -> dict | None:
    """The button for a rating link, while the consumer's word is missing."""
    if history.is_rated or all(transition.verb != "rate" for transition in allowed):
        return None
    form = TurnForm(initial={"seen_round": ticket.round_no}, prefix="invite")
    return {"form": form, "url": reverse("tickets:invite", args=[ticket.number])}


def _conflict(history: History, refused: str, form: TurnForm | None) -> dict | None:
    """What happened meanwhile, by whom, and what this person had typed."""
    if not refused:
        return None
    act = history.last_act()
    happened = ""
    if act:
        when = timezone.localtime(act.occurred_at).strftime("%m月%d日 %H:%M")
        happened = f"{act.actor_name}（{act.actor_role}）于 {when} {act.get_kind_display()}"
    return {"sentence": refused, "happened": happened, "typed": form.typed() if form else []}
