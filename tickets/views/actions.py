"""What the reader of a ticket's page can do: the rows and buttons below the answer."""

from merchants.access import Role

from ..addresses import address
from ..evidence.tray import Tray
from ..forms import SayForm, TurnForm, seen
from ..history import History
from ..lifecycle import Transition
from ..models import Ticket

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
SAYING_LABELS = {
    "message": ("协商留言", "不改变工单状态和时限", "发送留言"),
    "note": ("内部备注", "只有客服和主管能看到", "保存备注"),
}
# Buttons beside what they change instead of a row below the answer.
BESIDE = {"submit", "claim", "release"}


def makes_sense(verb: str, history: History, user, now, read) -> bool:
    """Whether a verb that the state allows has anything to act on just now; ``read`` is what its page has read."""
    ticket = history.ticket
    if verb == "claim":
        return ticket.holder != user
    if verb == "release":
        return ticket.holder is not None and (ticket.holder == user or user.role == Role.MERCHANT_OWNER)
    if verb == "assign":
        return any(each.pk != ticket.assignee_id for each in read.workers)
    if verb == "merge":
        return bool(read.duplicates)
    is_asked, in_time = history.pending_extension is not None, now < history.current_round.due_at
    if verb == "grant":
        return is_asked and in_time
    if verb == "decline":
        return is_asked
    if verb == "extend":
        return in_time and not is_asked
    if verb == "rate":
        return not history.is_rated
    return True


def action_row(ticket: Ticket, transition: Transition, form: TurnForm) -> dict:
    """A row below the answer: a verb with its form, and a word on what it does."""
    verb = transition.verb
    return {
        "verb": verb,
        "label": transition.label,
        "url": address(verb, ticket.number),
        "form": form,
        "tone": ACTION_TONES.get(verb, ""),
        "hint": HINTS[verb],
    }


def saying_row(ticket: Ticket, verb: str, form: SayForm, tray: Tray, user) -> dict:
    """A row for what is said beside the course of the ticket, with the tray for its pictures."""
    label, hint, button = SAYING_LABELS[verb]
    if verb == "message":
        hint = f"给{'客服' if user.is_merchant else '商家'}留言，{hint}"
    return {
        "verb": verb,
        "label": label,
        "hint": hint,
        "button": button,
        "url": address(verb, ticket.number),
        "form": form,
        "tray": tray,
    }


def colleagues(read) -> list[dict[str, str]]:
    """Whom this person can mention: those of the own side, with what they are."""
    return [{"name": str(person), "role": Role(person.role).label} for person in read.colleagues]


def invite_button(ticket: Ticket, allowed: list[Transition], history: History) -> dict | None:
    """The button for a rating link, while the consumer's word is missing."""
    if history.is_rated or all(transition.verb != "rate" for transition in allowed):
        return None
    form = TurnForm(initial=seen(ticket), prefix="invite")
    return {"form": form, "url": address("invite", ticket.number)}
