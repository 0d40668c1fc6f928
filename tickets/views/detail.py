"""The ticket's page: everything about it on one page, and at its bottom what the reader can do."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from merchants.access import SERVICE_ROLES, WORKING_ROLES, allow
from orders.mentions import mask_about
from orders.models import Order

from .. import came_from
from ..clock import database_now
from ..drafting import Drafts, Unsent
from ..evidence.tray import Tray
from ..forms import RevealForm, TurnForm
from ..history import History, act_words
from ..lifecycle import Archived, Status, verbs_for
from ..models import Phrase, Presence, Purpose, Ticket
from ..models.presence import presence_words
from ..models.snapshot import ORDER_FACTS, differences, shown
from ..models.submission import peek_messages
from ..models.ticket import NOT_VISIBLE
from ..related import related_to
from ..verb_forms import SAYINGS, form_for
from .actions import BESIDE, action_row, colleagues, invite_button, makes_sense, saying_row

IDLE = {
    Status.WAITING_MERCHANT: "等待商家处理",
    Status.WAITING_REVIEW: "已提交，等待客服审核",
    Status.ON_HOLD: "工单已挂起，计时暂停",
    Status.COMPLETED: "工单已完结",
    Status.CANCELLED: "工单已撤销，无需处理",
}
# Marks the message of a verb after which the person goes on to the next ticket.
HANDED_ON = "handed-on"
# As many as somebody can read through.
MOST_DUPLICATES = 20


def find(request: HttpRequest, number: str) -> Ticket:
    """The ticket with this number that the person may see; otherwise the one 404 for all."""
    tickets = Ticket.objects.select_related(
        "merchant", "category", "opened_by", "order__customer", "snapshot", "assignee", "merged_into"
    )
    tickets = tickets.prefetch_related("order__lines", "order__shipments")
    return tickets.visible_or_404(request.user, NOT_VISIBLE, number=number)


@allow(*WORKING_ROLES)
@require_safe
def ticket_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One ticket, whole."""
    return ticket_page(request, find(request, number))


def ticket_page(
    request: HttpRequest, ticket: Ticket, *, status: int = 200, verb: str = "", form: TurnForm | None = None,
    refused: str = "", tray: Tray | None = None,
) -> HttpResponse:  # fmt: skip
    """The page; with the ``form`` of a ``verb`` that failed, or why it was ``refused`` and what was typed; with what
    could not be taken into the ``tray`` of a form.
    """
    now = database_now()
    history = History(ticket, now, viewer=request.user)
    allowed = [
        transition
        for transition in ([] if ticket.archived_at else verbs_for(request.user, ticket.status))
        if (transition.verb == verb and not refused)
        or makes_sense(transition.verb, history, request.user, now)
    ]
    verbs = {transition.verb for transition in allowed}
    said = {each for each, (audience, _) in SAYINGS.items() if not ticket.why_not_say(audience, request.user)}
    drafts = Drafts(request.user, ticket, verbs | said, form_for)
    # What came too late is shown beside what happened, and not put into the form again.
    late = verb if refused else ""
    forms = {
        each: form_for(each, ticket, request.user, words={} if each == late else drafts.words(each))
        for each in verbs | said
    }
    if form is not None and not refused and verb in forms:
        forms[verb] = form
    shows_consumer = ticket.shows_consumer_to(request.user)
    trays = _trays(request, ticket, forms, tray)
    context = {
        "ticket": ticket,
        "shows_consumer": shows_consumer,
        "reveal_form": _reveal_form(ticket, verb, form) if shows_consumer else None,
        "problem": mask_about(ticket.problem, ticket.order, ticket.snapshot.facts),
        "pictures": history.problem_exhibits(),
        "trays": trays,
        "now": now,
        "countdown": ticket.countdown(now),
        "deadline": history.current_round,
        "explanation": history.explanation(now),
        "extension": history.pending_extension,
        "rounds": history.round_lines(),
        "stages": history.stages(),
        "result": _result(ticket, history),
        "form": forms.get("submit"),
        "sheets": {
            each: drafts.sheet(each, restored=not forms[each].is_bound, beside=each == late)
            for each in verbs | said
        },
        "actions": [
            action_row(ticket, transition, forms[transition.verb])
            for transition in allowed
            if transition.verb not in BESIDE
        ],
        "claim": forms.get("claim"),
        "release": forms.get("release"),
        "duplicates": _duplicates(ticket) if "merge" in forms else [],
        "sayings": [
            saying_row(ticket, each, forms[each], trays[each], request.user)
            for each in SAYINGS
            if each in said
        ],
        "colleagues": colleagues(request.user) if said else [],
        "phrases": [
            {"title": phrase.title, "text": phrase.filled(ticket), "shared": phrase.is_shared}
            for phrase in Phrase.objects.for_user(request.user)
        ],
        "invite": invite_button(ticket, allowed, history),
        "rating": history.rating(),
        "reopening_suggested": history.is_rated_low and any(each.verb == "reopen" for each in allowed),
        "idle": Archived.SENTENCE if ticket.archived_at else IDLE[ticket.status],
        "conflict": _conflict(refused, drafts.unsent_form(verb, form) if form else None),
        "unsent": drafts.unsent(without=late),
        "clearable": bool(drafts.by_verb or drafts.others),
        "happened": _happened(history),
        "present": presence_words(Presence.objects.others(ticket, request.user, now)),
        "upcoming": _upcoming(request, ticket),
        "is_merchant": request.user.is_merchant,
        "back": came_from.way_back(request, ticket.number),
        "mark": came_from.handed_on(request),
        **_order_context(request, ticket),
        **_merged_context(request, ticket),
    }
    return render(request, "tickets/detail.html", context, status=status)


def _reveal_form(ticket: Ticket, verb: str, form: TurnForm | None) -> RevealForm | None:
    """查看完整号码: while the ticket is open and there is something to see."""
    if not ticket.is_open or ticket.order.anonymised_at:
        return None
    return form if form is not None and verb == "reveal" else RevealForm(prefix="reveal")


def _order_context(request: HttpRequest, ticket: Ticket) -> dict:
    order = ticket.order
    return {
        "order": order,
        "lines": order.lines.all(),
        "shipments": order.shipments.all(),
        "changes": _changes(ticket, request.user),
        "snapshot_at": ticket.snapshot.taken_at,
        "former_orders": _former_orders(ticket) if request.user.is_service else [],
        "related": related_to(ticket, request.user),
    }


def _merged_context(request: HttpRequest, ticket: Ticket) -> dict:
    """Where the ticket went, and what came into it; a merchant sees of these only its own."""
    into = ticket.merged_into
    if into and request.user.is_merchant and into.merchant_id != request.user.merchant_id:
        into = None
    merged = ticket.merged_tickets.for_user(request.user).select_related("category", "merchant")
    return {"merged_into": into, "merged": list(merged.order_by("created_at")[:MOST_DUPLICATES])}


def _duplicates(ticket: Ticket) -> list[Ticket]:
    """What 合并重复 suggests."""
    return list(ticket.duplicates().select_related("category")[:MOST_DUPLICATES])


def _former_orders(ticket: Ticket) -> list[dict]:
    """What was kept of the orders that the ticket was about before, masked."""
    kept = ticket.snapshot.facts
    return [
        {
            "number": facts["order_number"],
            "merchant": facts["merchant"],
            "until": datetime.fromisoformat(facts["until"]),
            "facts": [
                {
                    "label": Order._meta.get_field(name).verbose_name,
                    "value": mask_about(shown(name, facts.get(name)), ticket.order, kept),
                }
                for name in ORDER_FACTS
            ],
        }
        for facts in kept.get("former", [])
    ]


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
        "pictures": history.result_exhibits(round_),
        "reason": result.reason_name,
        "repeats": history.repeats(round_),
    }


def _trays(request: HttpRequest, ticket: Ticket, forms: dict, tray: Tray | None) -> dict[str, Tray]:
    """The trays of the forms on the page that take files, by purpose; one of them may be the ``tray`` of the form that
    has just been sent.
    """
    purposes = [each for each in SAYINGS if each in forms]
    if "submit" in forms:
        purposes.append(Purpose.RESULT)
    if ticket.is_open and request.user.role in SERVICE_ROLES:
        purposes.append(Purpose.PROBLEM)
    trays = Tray.all_of(request.user, ticket, purposes)
    return trays | {tray.purpose: tray} if tray else trays


def _conflict(refused: str, unsent: Unsent | None) -> dict | None:
    """Why it was refused, and the words that came too late, if any."""
    return {"sentence": refused, "unsent": unsent} if refused else None


def _happened(history: History) -> str:
    """Who did the last thing to the ticket, and when; for a person whose text came too late."""
    act = history.last_act()
    return act_words(act) if act else ""


def _upcoming(request: HttpRequest, ticket: Ticket) -> Ticket | None:
    """The ticket to go on with, for somebody who has just done what this one was waiting for."""
    if any(HANDED_ON in (item.extra_tags or "") for item in peek_messages(request)):
        return Ticket.objects.next_for(request.user, besides=ticket.number)
    return None
