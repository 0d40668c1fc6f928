"""The ticket's page: everything about it on one page, and at its bottom what the reader can do."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from merchants.access import SERVICE_ROLES, WORKING_ROLES, Role, allow
from merchants.models import User
from orders.mentions import mask_about
from orders.models import Order

from ..clock import database_now
from ..drafting import Drafts, Unsent
from ..evidence.tray import Tray
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
    ReturnForm,
    RevealForm,
    SayForm,
    TurnForm,
)
from ..handover_forms import AssignForm, ClaimForm, MergeForm, TransferForm
from ..history import History, act_words
from ..lifecycle import Archived, Status, Transition, verbs_for
from ..models import MessageAudience, Phrase, Presence, Ticket
from ..models.presence import presence_words
from ..models.snapshot import ORDER_FACTS, differences, shown
from ..models.submission import peek_messages
from ..models.ticket import NOT_VISIBLE
from ..related import related_to

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
    "assign": "指定由哪位同事处理；其他同事仍可以提交",
    "transfer": "开单时填错了订单；转给正确订单的商户",
    "merge": "同一件事已有工单；本工单撤销，指向那一张",
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
    "transfer": "warn",
    "merge": "bad",
}
REASONS = {
    "return": "退回原因",
    "cancel": "撤销原因",
    "reopen": "重新打开的原因",
    "hold": "挂起原因",
    "extend": "延期原因",
    "decline": "不同意的原因",
    "assign": "转派原因",
    "transfer": "转派原因",
    "merge": "合并原因",
}
# Marks the message of a verb after which the person goes on to the next ticket.
HANDED_ON = "handed-on"
FORMS = {
    "approve": NoteForm,
    "grant": GrantForm,
    "remind": RemindForm,
    "resume": ResumeForm,
    "cancel": CancelForm,
    "hold": HoldForm,
    "extend": ExtendForm,
    "claim": ClaimForm,
    "release": TurnForm,
    "assign": AssignForm,
    "transfer": TransferForm,
    "merge": MergeForm,
    "return": ReturnForm,
    "rate": RateForm,
}
# What can be said beside the course of the ticket: to whom, what the row is called, what is asked for, and the hint.
SAYINGS = {
    "message": (MessageAudience.SHARED, "留言内容"),
    "note": (MessageAudience.INTERNAL, "备注内容"),
}
SAYING_LABELS = {
    "message": ("协商留言", "不改变工单状态和时限", "发送留言"),
    "note": ("内部备注", "只有客服和主管能看到", "保存备注"),
}
# Buttons beside what they change instead of a row below the answer.
BESIDE = {"submit", "claim", "release"}

# As many as somebody can read through.
MOST_DUPLICATES = 20


def find(request: HttpRequest, number: str) -> Ticket:
    """The ticket with this number that the person may see; otherwise the one 404 for all."""
    tickets = Ticket.objects.select_related(
        "merchant", "category", "opened_by", "order__customer", "snapshot", "assignee", "merged_into"
    )
    tickets = tickets.prefetch_related("order__lines", "order__shipments")
    return tickets.visible_or_404(request.user, NOT_VISIBLE, number=number)


def form_for(verb: str, ticket: Ticket, user, data=None, words: dict[str, str] | None = None) -> TurnForm:
    """The form of one verb for this person, empty, with what was sent, or with the ``words`` of a draft."""
    seen = {"seen_round": ticket.round_no, "seen_status": ticket.status}
    options = {"initial": (words or {}) | seen, "prefix": None if verb == "submit" else verb}
    if verb == "submit":
        return ResultForm(data, ticket=ticket, **options)
    if verb in SAYINGS:
        return SayForm(data, what=SAYINGS[verb][1], **options)
    if verb in REASONS:
        options["what"] = REASONS[verb]
    if verb == "assign":
        options |= {"tickets": [ticket], "user": user}
    if verb in ("transfer", "merge"):
        options["user"] = user
    if verb == "claim" and ticket.holder:
        options["initial"]["take_over_from"] = ticket.holder.pk
    if verb == "return":
        options["ticket"] = ticket
    return FORMS.get(verb, ReasonForm)(data, **options)


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
        or _makes_sense(transition.verb, history, request.user, now)
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
    context = {
        "ticket": ticket,
        "shows_consumer": shows_consumer,
        "reveal_form": _reveal_form(ticket, verb, form) if shows_consumer else None,
        "problem": mask_about(ticket.problem, ticket.order, ticket.snapshot.facts),
        "pictures": history.problem_exhibits(),
        "tray": _tray(request, ticket, forms, tray),
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
            _action(ticket, transition, forms[transition.verb])
            for transition in allowed
            if transition.verb not in BESIDE
        ],
        "claim": forms.get("claim"),
        "release": forms.get("release"),
        "duplicates": _duplicates(ticket) if "merge" in forms else [],
        "sayings": [_saying(ticket, each, forms[each], request.user) for each in SAYINGS if each in said],
        "colleagues": colleagues(request.user) if said else [],
        "phrases": [
            {"title": phrase.title, "text": phrase.filled(ticket), "shared": phrase.is_shared}
            for phrase in Phrase.objects.for_user(request.user)
        ],
        "invite": _invite(ticket, allowed, history),
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


def _tray(request: HttpRequest, ticket: Ticket, forms: dict, tray: Tray | None) -> Tray | None:
    """The tray of the form on the page that takes files: the merchant's answer, or 补充图片 of customer service."""
    takes_files = "submit" in forms or (ticket.is_open and request.user.role in SERVICE_ROLES)
    return (tray or Tray(request.user, ticket)) if takes_files else None


def _makes_sense(verb: str, history: History, user, now) -> bool:
    """Whether a verb that the state allows has anything to act on just now."""
    ticket = history.ticket
    if verb == "claim":
        return ticket.holder != user
    if verb == "release":
        return ticket.holder is not None and (ticket.holder == user or user.role == Role.MERCHANT_OWNER)
    if verb == "assign":
        return User.objects.working_for(ticket.merchant_id).exclude(pk=ticket.assignee_id).exists()
    if verb == "merge":
        return ticket.duplicates().exists()
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


def _saying(ticket: Ticket, verb: str, form: SayForm, user) -> dict:
    label, hint, button = SAYING_LABELS[verb]
    if verb == "message":
        hint = f"给{'客服' if user.is_merchant else '商家'}留言，{hint}"
    url = reverse(f"tickets:{verb}", args=[ticket.number])
    return {"verb": verb, "label": label, "hint": hint, "button": button, "url": url, "form": form}


def colleagues(user) -> list[dict[str, str]]:
    """Whom this person can mention: those of the own side, with what they are."""
    people = User.objects.side_of(user).exclude(pk=user.pk).select_related("merchant").order_by("name", "pk")
    return [{"name": str(person), "role": person.get_role_display()} for person in people]


def _invite(ticket: Ticket, allowed: list[Transition], history: History) -> dict | None:
    """The button for a rating link, while the consumer's word is missing."""
    if history.is_rated or all(transition.verb != "rate" for transition in allowed):
        return None
    form = TurnForm(initial={"seen_round": ticket.round_no}, prefix="invite")
    return {"form": form, "url": reverse("tickets:invite", args=[ticket.number])}


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
