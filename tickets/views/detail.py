"""The ticket's page: everything about it on one page, and at its bottom what the reader can do."""

from datetime import datetime
from types import SimpleNamespace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from merchants.access import SERVICE_ROLES, WORKING_ROLES, allow
from orders.models import Order

from .. import came_from
from ..drafting import Drafts, Unsent
from ..evidence.tray import Tray
from ..forms import RevealForm, TurnForm
from ..history import History, act_words
from ..lifecycle import Archived, Status, verbs_for
from ..models import Purpose, Ticket
from ..models.presence import presence_words
from ..models.snapshot import ORDER_FACTS, differences, shown
from ..models.submission import peek_messages
from ..reading.page import find_ticket, page_of
from ..related import groups
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


def find(request: HttpRequest, number: str) -> Ticket:
    """The ticket with this number that the person may see; otherwise the one 404 for all."""
    return find_ticket(request.user, number)


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
    now, read = ticket.as_of, page_of(ticket, request.user)
    history = History(ticket, now, viewer=request.user, story=read)
    allowed = [
        transition
        for transition in ([] if ticket.archived_at else verbs_for(request.user, ticket.status))
        if (transition.verb == verb and not refused)
        or makes_sense(transition.verb, history, request.user, now, read)
    ]
    verbs = {transition.verb for transition in allowed}
    said = {each for each, (audience, _) in SAYINGS.items() if not ticket.why_not_say(audience, request.user)}
    drafts = Drafts(request.user, ticket, read.drafts, verbs | said, form_for)
    # What came too late is shown beside what happened, and not put into the form again.
    late = verb if refused else ""
    forms = {
        each: form_for(
            each, ticket, request.user, words={} if each == late else drafts.words(each), read=read
        )
        for each in verbs | said
    }
    if form is not None and not refused and verb in forms:
        forms[verb] = form
    shows_consumer = ticket.shows_consumer_to(request.user)
    trays = _trays(request, ticket, forms, tray, read)
    context = {
        "ticket": ticket,
        "shows_consumer": shows_consumer,
        "reveal_form": _reveal_form(ticket, verb, form) if shows_consumer else None,
        "problem": history.mask(ticket.problem),
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
        "duplicates": read.duplicates,
        "sayings": [
            saying_row(ticket, each, forms[each], trays[each], request.user)
            for each in SAYINGS
            if each in said
        ],
        "colleagues": colleagues(read) if said else [],
        "phrases": [
            {"title": phrase.title, "text": phrase.filled(ticket), "shared": phrase.is_shared}
            for phrase in read.phrases
        ],
        "invite": invite_button(ticket, allowed, history),
        "rating": history.rating(),
        "reopening_suggested": history.is_rated_low and any(each.verb == "reopen" for each in allowed),
        "idle": Archived.SENTENCE if ticket.archived_at else IDLE[ticket.status],
        "conflict": _conflict(refused, drafts.unsent_form(verb, form) if form else None),
        "unsent": drafts.unsent(without=late),
        "clearable": bool(drafts.by_verb or drafts.others),
        "happened": _happened(history),
        "present": presence_words(read.present),
        "upcoming": _upcoming(request, ticket),
        "is_merchant": request.user.is_merchant,
        "back": came_from.way_back(request, ticket.number),
        "mark": came_from.handed_on(request),
        **_order_context(request, ticket, history, read),
        **_merged_context(request, ticket, read),
    }
    return render(request, "tickets/detail.html", context, status=status)


def _reveal_form(ticket: Ticket, verb: str, form: TurnForm | None) -> RevealForm | None:
    """查看完整号码: while the ticket is open and there is something to see."""
    if not ticket.is_open or ticket.order.anonymised_at:
        return None
    return form if form is not None and verb == "reveal" else RevealForm(prefix="reveal")


def _order_context(request: HttpRequest, ticket: Ticket, history: History, read: SimpleNamespace) -> dict:
    return {
        "order": ticket.order,
        "lines": read.lines,
        "shipments": read.shipments,
        "remarks": {
            name: history.mask(getattr(ticket.order, name)) for name in ("buyer_remark", "seller_remark")
        },
        "changes": _changes(ticket, request.user, history, read),
        "snapshot_at": ticket.snapshot.taken_at,
        "former_orders": _former_orders(ticket, history) if request.user.is_service else [],
        "related": groups(ticket, read.of_order, read.of_consumer),
    }


def _merged_context(request: HttpRequest, ticket: Ticket, read: SimpleNamespace) -> dict:
    """Where the ticket went, and what came into it; a merchant sees of these only its own."""
    into = ticket.merged_into
    if into and request.user.is_merchant and into.merchant_id != request.user.merchant_id:
        into = None
    return {"merged_into": into, "merged": read.merged}


def _former_orders(ticket: Ticket, history: History) -> list[dict]:
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
                    "value": history.mask(shown(name, facts.get(name))),
                }
                for name in ORDER_FACTS
            ],
        }
        for facts in kept.get("former", [])
    ]


def _changes(ticket: Ticket, user, history: History, read: SimpleNamespace) -> list[dict[str, str]]:
    """What differs from the order as it was; its remarks may name the consumer."""
    changed = differences(
        ticket.snapshot,
        ticket.order,
        with_consumer=ticket.shows_consumer_to(user),
        lines=read.lines,
        shipments=read.shipments,
    )
    return [fact | {when: history.mask(fact[when]) for when in ("then", "now")} for fact in changed]


def _result(ticket: Ticket, history: History) -> dict | None:
    """The answer of the current round, if it has been given."""
    round_ = history.current_round
    result = history.results.get(round_.pk)
    if result is None:
        return None
    by = result.submitted_by
    return {
        "outcome": result.outcome,
        "outcome_label": result.get_outcome_display(),
        "text": history.mask(result.text),
        "by": f"{by}（{by.affiliation}）",
        "at": result.submitted_at,
        "took": history.took(round_),
        "allowed": history.allowed(round_),
        "late": round_.overdue_at is not None,
        "pictures": history.result_exhibits(round_),
        "reason": result.reason_name,
        "repeats": history.repeats(round_),
    }


def _trays(
    request: HttpRequest, ticket: Ticket, forms: dict, tray: Tray | None, read: SimpleNamespace
) -> dict[str, Tray]:
    """The trays of the forms on the page that take files, by purpose; one of them may be the ``tray`` of the form that
    has just been sent.
    """
    purposes = [each for each in SAYINGS if each in forms]
    if "submit" in forms:
        purposes.append(Purpose.RESULT)
    if ticket.is_open and request.user.role in SERVICE_ROLES:
        purposes.append(Purpose.PROBLEM)
    trays = Tray.all_of(request.user, ticket, purposes, read.staged)
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
