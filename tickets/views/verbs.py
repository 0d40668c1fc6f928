"""The buttons: each parses its form, calls one verb of the ticket, and goes back to the ticket's page."""

from django.http import HttpRequest, HttpResponse

from merchants.access import MERCHANT_ROLES, SERVICE_ROLES, WORKING_ROLES, allow

from ..evidence.tray import Tray
from ..forms import TurnForm
from ..models import Purpose, Ticket
from .pressing import press_on_ticket, press_or_look


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

    return press_on_ticket(request, number, "submit", act, tray)


@allow(*SERVICE_ROLES)
@press_or_look
def approve(request: HttpRequest, number: str) -> HttpResponse:
    """审核通过."""

    def act(ticket: Ticket, form: TurnForm) -> str:
        ticket.approve(by_user=request.user, note=form.cleaned_data["note"], seen_round=form.round_shown)
        return "审核通过，工单已完结"

    return press_on_ticket(request, number, "approve", act)


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

    return press_on_ticket(request, number, "return", act)


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

    return press_on_ticket(request, number, "cancel", act)


@allow(*SERVICE_ROLES)
@press_or_look
def reopen(request: HttpRequest, number: str) -> HttpResponse:
    """重新打开."""

    def act(ticket: Ticket, form: TurnForm) -> str:
        ticket.reopen(by_user=request.user, reason=form.cleaned_data["reason"], seen_round=form.round_shown)
        return "工单已重新打开，等待商家处理"

    return press_on_ticket(request, number, "reopen", act)


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

    return press_on_ticket(request, number, "hold", act)


@allow(*SERVICE_ROLES)
@press_or_look
def resume(request: HttpRequest, number: str) -> HttpResponse:
    """恢复."""

    def act(ticket: Ticket, form: TurnForm) -> str:
        ticket.resume(by_user=request.user, seen_round=form.round_shown)
        return "工单已恢复计时"

    return press_on_ticket(request, number, "resume", act)


@allow(*SERVICE_ROLES)
@press_or_look
def remind(request: HttpRequest, number: str) -> HttpResponse:
    """催办."""

    def act(ticket: Ticket, form: TurnForm) -> str:
        times = ticket.remind(
            by_user=request.user, note=form.cleaned_data["note"], seen_round=form.round_shown
        )
        return f"已催办商家（本轮第{times}次）"

    return press_on_ticket(request, number, "remind", act)


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

    return press_on_ticket(request, number, "extend", act)


@allow(*SERVICE_ROLES)
@press_or_look
def grant(request: HttpRequest, number: str) -> HttpResponse:
    """同意延期."""

    def act(ticket: Ticket, form: TurnForm) -> str:
        ticket.grant_extension(
            by_user=request.user, words=form.cleaned_data["note"], seen_round=form.round_shown
        )
        return "已同意延期"

    return press_on_ticket(request, number, "grant", act)


@allow(*SERVICE_ROLES)
@press_or_look
def decline(request: HttpRequest, number: str) -> HttpResponse:
    """不同意延期."""

    def act(ticket: Ticket, form: TurnForm) -> str:
        ticket.decline_extension(
            by_user=request.user, reason=form.cleaned_data["reason"], seen_round=form.round_shown
        )
        return "已答复：不同意延期"

    return press_on_ticket(request, number, "decline", act)


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

    return press_on_ticket(request, number, "claim", act)


@allow(*MERCHANT_ROLES)
@press_or_look
def release(request: HttpRequest, number: str) -> HttpResponse:
    """退回待认领."""

    def act(ticket: Ticket, form: TurnForm) -> str:
        ticket.release(by_user=request.user, seen_round=form.round_shown)
        return "已退回待认领"

    return press_on_ticket(request, number, "release", act)


@allow(*SERVICE_ROLES)
@press_or_look
def note(request: HttpRequest, number: str) -> HttpResponse:
    """内部备注."""
    tray = Tray(request.user, purpose=Purpose.NOTE)

    def act(ticket: Ticket, form: TurnForm) -> str:
        ticket.add_note(by_user=request.user, text=form.cleaned_data["text"], attachments=tray.chosen)
        return "已保存内部备注，仅客服可见"

    return press_on_ticket(request, number, "note", act, tray)


@allow(*WORKING_ROLES)
@press_or_look
def assign(request: HttpRequest, number: str) -> HttpResponse:
    """转派同事."""

    def act(ticket: Ticket, form: TurnForm) -> str:
        data = form.cleaned_data
        ticket.assign(by_user=request.user, to=data["to"], reason=data["reason"], seen_round=form.round_shown)
        return f"已转派给{data['to']}"

    return press_on_ticket(request, number, "assign", act)


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

    return press_on_ticket(request, number, "transfer", act)


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

    return press_on_ticket(request, number, "merge", act)


@allow(*WORKING_ROLES)
@press_or_look
def message(request: HttpRequest, number: str) -> HttpResponse:
    """协商留言."""
    tray = Tray(request.user, purpose=Purpose.MESSAGE)

    def act(ticket: Ticket, form: TurnForm) -> str:
        ticket.add_message(by_user=request.user, text=form.cleaned_data["text"], attachments=tray.chosen)
        return "留言已发送"

    return press_on_ticket(request, number, "message", act, tray)


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

    return press_on_ticket(request, number, "rate", act)
