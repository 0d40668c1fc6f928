"""The buttons: each parses its form, calls one verb of the ticket, and goes back to the ticket's page."""

from collections.abc import Callable
from contextlib import suppress

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from merchants.access import MERCHANT_ROLES, SERVICE_ROLES, WORKING_ROLES, allow

from ..came_from import to_ticket
from ..drafting import round_of, written
from ..evidence.tray import Tray
from ..forms import TurnForm
from ..lifecycle import TRANSITIONS, AlreadyHandled, Refused
from ..models import Draft, Purpose, Ticket
from ..verb_forms import form_for
from .detail import HANDED_ON, find, ticket_page
from .pressing import press_or_look

# After these the ticket waits for somebody else, and the person goes on to the next one.
HANDS_ON = {"submit", "approve", "return"}


@allow(*MERCHANT_ROLES)
@press_or_look
def submit(request: HttpRequest, number: str) -> HttpResponse:
    """提交工单."""
    tray = Tray(request.user, purpose=Purpose.RESULT)

    def act(ticket: Ticket, form: TurnForm) -> str:
        ticket.submit(
            by_user=request.user,
            outcome=form.cleaned_data["outcome"],
            text=form.cleaned_data["result"],
            attachments=tray.chosen,
            code=form.code,
            seen_round=form.round_shown,
        )
        return "已提交处理结果，等待客服审核"

    return _press(request, number, "submit", act, tray)


@allow(*SERVICE_ROLES)
@press_or_look
def approve(request: HttpRequest, number: str) -> HttpResponse:
    """审核通过."""

    def act(ticket: Ticket, form: TurnForm) -> str:
        ticket.approve(by_user=request.user, note=form.cleaned_data["note"], seen_round=form.round_shown)
        return "审核通过，工单已完结"

    return _press(request, number, "approve", act)


@allow(*SERVICE_ROLES)
@press_or_look
def return_to_merchant(request: HttpRequest, number: str) -> HttpResponse:
    """退回商家."""

    def act(ticket: Ticket, form: TurnForm) -> str:
        data = form.cleaned_data
        ticket.return_to_merchant(
            by_user=request.user, reason=data["reason"], code=data["code"], seen_round=form.round_shown
        )
        return "已退回商家，开始新一轮计时"

    return _press(request, number, "return", act)


@allow(*SERVICE_ROLES)
@press_or_look
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """撤销工单."""

    def act(ticket: Ticket, form: TurnForm) -> str:
        ticket.cancel(
            by_user=request.user,
            reason=form.cleaned_data["reason"],
            seen_round=form.round_shown,
            seen_status=form.status_shown,
        )
        return "工单已撤销"

    return _press(request, number, "cancel", act)


@allow(*SERVICE_ROLES)
@press_or_look
def reopen(request: HttpRequest, number: str) -> HttpResponse:
    """重新打开."""

    def act(ticket: Ticket, form: TurnForm) -> str:
        ticket.reopen(by_user=request.user, reason=form.cleaned_data["reason"], seen_round=form.round_shown)
        return "工单已重新打开，等待商家处理"

    return _press(request, number, "reopen", act)


@allow(*SERVICE_ROLES)
@press_or_look
def hold(request: HttpRequest, number: str) -> HttpResponse:
    """挂起."""

    def act(ticket: Ticket, form: TurnForm) -> str:
        data = form.cleaned_data
        ticket.hold(
            by_user=request.user, reason=data["reason"], until=data["until"], seen_round=form.round_shown
        )
        return "工单已挂起，计时暂停"

    return _press(request, number, "hold", act)


@allow(*SERVICE_ROLES)
@press_or_look
def resume(request: HttpRequest, number: str) -> HttpResponse:
    """恢复."""

    def act(ticket: Ticket, form: TurnForm) -> str:
        ticket.resume(by_user=request.user, seen_round=form.round_shown)
        return "工单已恢复计时"

    return _press(request, number, "resume", act)


@allow(*SERVICE_ROLES)
@press_or_look
def remind(request: HttpRequest, number: str) -> HttpResponse:
    """催办."""

    def act(ticket: Ticket, form: TurnForm) -> str:
        times = ticket.remind(
            by_user=request.user, note=form.cleaned_data["note"], seen_round=form.round_shown
        )
        return f"已催办商家（本轮第{times}次）"

    return _press(request, number, "remind", act)


@allow(*MERCHANT_ROLES)
@press_or_look
def extend(request: HttpRequest, number: str) -> HttpResponse:
    """申请延期."""

    def act(ticket: Ticket, form: TurnForm) -> str:
        data = form.cleaned_data
        ticket.ask_extension(
            by_user=request.user,
            reason=data["reason"],
            due_wanted=data["due_wanted"],
            seen_round=form.round_shown,
        )
        return "已申请延期，等待客服答复；答复前原截止时间不变"

    return _press(request, number, "extend", act)


@allow(*SERVICE_ROLES)
@press_or_look
def grant(request: HttpRequest, number: str) -> HttpResponse:
    """同意延期."""

    def act(ticket: Ticket, form: TurnForm) -> str:
        ticket.grant_extension(
            by_user=request.user, words=form.cleaned_data["note"], seen_round=form.round_shown
        )
        return "已同意延期"

    return _press(request, number, "grant", act)


@allow(*SERVICE_ROLES)
@press_or_look
def decline(request: HttpRequest, number: str) -> HttpResponse:
    """不同意延期."""

    def act(ticket: Ticket, form: TurnForm) -> str:
        ticket.decline_extension(
            by_user=request.user, reason=form.cleaned_data["reason"], seen_round=form.round_shown
        )
        return "已答复：不同意延期"

    return _press(request, number, "decline", act)


@allow(*MERCHANT_ROLES)
@press_or_look
def claim(request: HttpRequest, number: str) -> HttpResponse:
    """认领, or 接手 from a colleague."""

    def act(ticket: Ticket, form: TurnForm) -> str:
        ticket.claim(
            by_user=request.user,
            take_over_from=form.cleaned_data["take_over_from"],
            seen_round=form.round_shown,
        )
        return "已认领，处理人是您；同事仍可以提交"

    return _press(request, number, "claim", act)


@allow(*MERCHANT_ROLES)
@press_or_look
def release(request: HttpRequest, number: str) -> HttpResponse:
    """退回待认领."""

    def act(ticket: Ticket, form: TurnForm) -> str:
        ticket.release(by_user=request.user, seen_round=form.round_shown)
        return "已退回待认领"

    return _press(request, number, "release", act)


@allow(*SERVICE_ROLES)
@press_or_look
def note(request: HttpRequest, number: str) -> HttpResponse:
    """内部备注."""
    tray = Tray(request.user, purpose=Purpose.NOTE)

    def act(ticket: Ticket, form: TurnForm) -> str:
        ticket.add_note(by_user=request.user, text=form.cleaned_data["text"], attachments=tray.chosen)
        return "已保存内部备注，仅客服可见"

    return _press(request, number, "note", act, tray)


@allow(*WORKING_ROLES)
@press_or_look
def assign(request: HttpRequest, number: str) -> HttpResponse:
    """转派同事."""

    def act(ticket: Ticket, form: TurnForm) -> str:
        data = form.cleaned_data
        ticket.assign(by_user=request.user, to=data["to"], reason=data["reason"], seen_round=form.round_shown)
        return f"已转派给{data['to']}"

    return _press(request, number, "assign", act)


@allow(*SERVICE_ROLES)
@press_or_look
def transfer(request: HttpRequest, number: str) -> HttpResponse:
    """转派商户."""

    def act(ticket: Ticket, form: TurnForm) -> str:
        before = ticket.merchant_id
        ticket.transfer(
            by_user=request.user,
            order=form.order,
            reason=form.cleaned_data["reason"],
            seen_round=form.round_shown,
            seen_status=form.status_shown,
        )
        if ticket.merchant_id == before:
            return f"订单已更正为 {ticket.order_number}，商户不变"
        return f"已转派给商户「{ticket.merchant}」，开始新一轮计时"

    return _press(request, number, "transfer", act)


@allow(*SERVICE_ROLES)
@press_or_look
def merge(request: HttpRequest, number: str) -> HttpResponse:
    """合并重复."""

    def act(ticket: Ticket, form: TurnForm) -> str:
        ticket.merge(
            by_user=request.user,
            into=form.ticket,
            reason=form.cleaned_data["reason"],
            seen_round=form.round_shown,
            seen_status=form.status_shown,
        )
        return f"已并入 {form.ticket}，本工单已撤销"

    return _press(request, number, "merge", act)


@allow(*WORKING_ROLES)
@press_or_look
def message(request: HttpRequest, number: str) -> HttpResponse:
    """协商留言."""
    tray = Tray(request.user, purpose=Purpose.MESSAGE)

    def act(ticket: Ticket, form: TurnForm) -> str:
        ticket.add_message(by_user=request.user, text=form.cleaned_data["text"], attachments=tray.chosen)
        return "留言已发送"

    return _press(request, number, "message", act, tray)


@allow(*SERVICE_ROLES)
@press_or_look
def rate(request: HttpRequest, number: str) -> HttpResponse:
    """记录消费者评价."""

    def act(ticket: Ticket, form: TurnForm) -> str:
        data = form.cleaned_data
        ticket.rate(
            by_user=request.user, stars=data["stars"], words=data["words"], seen_round=form.round_shown
        )
        return "已记录消费者评价"

    return _press(request, number, "rate", act)


def _press(
    request: HttpRequest,
    number: str,
    verb: str,
    act: Callable[[Ticket, TurnForm], str],
    tray: Tray | None = None,
) -> HttpResponse:
    """One button pressed: done (303 to the ticket), a field is wrong (422), or somebody was quicker (409).

    In the last two the page comes back with everything that was typed. The files of a form with a ``tray`` are taken
    in whatever becomes of the rest, so that nobody has to choose them again.
    """
    ticket = find(request, number)
    if request.method != "POST":
        return to_ticket(request, ticket)
    form = form_for(verb, ticket, request.user, request.POST)
    is_valid = form.is_valid()
    if tray is not None:
        tray.ticket = ticket
        if not _moved_on(ticket, verb, form):
            try:
                tray.receive(request.POST, request.FILES)
            except Refused as refusal:
                return _come_back(request, find(request, number), verb, form, refused=str(refusal))
            is_valid = is_valid and not tray.errors
    if is_valid:
        try:
            done = act(ticket, form)
        except Refused as refusal:
            return _come_back(request, find(request, number), verb, form, refused=str(refusal))
        except ValidationError as error:
            form.add_error(None, error)
            return _come_back(request, ticket, verb, form, tray)
        messages.success(request, done, extra_tags=HANDED_ON if verb in HANDS_ON else "")
        return to_ticket(request, ticket)
    refused = AlreadyHandled.SENTENCE if _moved_on(ticket, verb, form) else ""
    return _come_back(request, ticket, verb, form, tray, refused=refused)


def _come_back(
    request: HttpRequest, ticket: Ticket, verb: str, form: TurnForm, tray: Tray | None = None, *,
    refused: str = "",
) -> HttpResponse:  # fmt: skip
    """The page again with what was typed, which is a draft from now on: it is there on every device."""
    if form.typed():
        with suppress(ValidationError):  # more than a draft may hold; the page itself has it
            Draft.keep(
                by_user=request.user,
                verb=verb,
                fields=written(request.POST, verb),
                ticket=ticket,
                round_no=round_of(verb, form.round_shown or ticket.round_no),
            )
    status = 409 if refused else 422
    tray = None if refused else tray
    return ticket_page(request, ticket, status=status, verb=verb, form=form, refused=refused, tray=tray)


def _moved_on(ticket: Ticket, verb: str, form: TurnForm) -> bool:
    """Whether the ticket is no longer where the page had it: then even a faulty text deserves to hear why."""
    shown = form.round_shown, form.status_shown
    return verb in TRANSITIONS and ticket.has_moved_on(TRANSITIONS[verb], *shown)
