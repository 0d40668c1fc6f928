"""The buttons: each parses its form, calls one verb of the ticket, and goes back to the ticket's page."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from merchants.access import MERCHANT_ROLES, SERVICE_ROLES, allow

from ..forms import ResultForm, TurnForm
from ..lifecycle import TRANSITIONS, AlreadyHandled, Refused
from ..models import Result, Ticket
from .detail import find, form_for, ticket_page

# Looking at a button's address changes nothing: it leads to the ticket (a reload after an error, a login in between).
press_or_look = require_http_methods(["GET", "HEAD", "POST"])


@allow(*MERCHANT_ROLES)
@press_or_look
def submit(request: HttpRequest, number: str) -> HttpResponse:
    """提交工单."""

    def act(ticket: Ticket, form: TurnForm) -> str:
        ticket.submit(
            by_user=request.user,
            outcome=form.cleaned_data["outcome"],
            text=form.cleaned_data["result"],
            seen_round=form.round_shown,
        )
        return "已提交处理结果，等待客服审核"

    return _press(request, number, "submit", act)


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
        ticket.return_to_merchant(
            by_user=request.user, reason=form.cleaned_data["reason"], seen_round=form.round_shown
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
    request: HttpRequest, number: str, verb: str, act: Callable[[Ticket, TurnForm], str]
) -> HttpResponse:
    """One button pressed: done (303 to the ticket), a field is wrong (422), or somebody was quicker (409).

    In the last two the page comes back with everything that was typed.
    """
    ticket = find(request, number)
    if request.method != "POST":
        return redirect(ticket)
    form = form_for(verb, ticket, request.POST)
    if form.is_valid():
        try:
            done = act(ticket, form)
        except AlreadyHandled as refusal:
            if _sent_twice(request, ticket, form):
                messages.info(request, "请勿重复提交：您的处理结果已经提交成功")
                return redirect(ticket)
            return ticket_page(request, find(request, number), status=409, form=form, refused=str(refusal))
        except Refused as refusal:
            return ticket_page(request, find(request, number), status=409, form=form, refused=str(refusal))
        except ValidationError as error:
            form.add_error(None, error)
            return ticket_page(request, ticket, status=422, verb=verb, form=form)
        messages.success(request, done)
        return redirect(ticket)
    if _moved_on(ticket, verb, form):
        return ticket_page(request, ticket, status=409, form=form, refused=AlreadyHandled.SENTENCE)
    return ticket_page(request, ticket, status=422, verb=verb, form=form)


def _moved_on(ticket: Ticket, verb: str, form: TurnForm) -> bool:
    """Whether the ticket is no longer where the page had it: then even a faulty text deserves to hear why."""
    return (
        ticket.status not in TRANSITIONS[verb].sources
        or form.round_shown not in (None, ticket.round_no)
        or form.status_shown not in ("", ticket.status)
    )


def _sent_twice(request: HttpRequest, ticket: Ticket, form: TurnForm) -> bool:
    """Whether exactly this answer of exactly this person is the result of the round already: a double click."""
    if not isinstance(form, ResultForm):
        return False
    results = Result.objects.filter(round__ticket=ticket, submitted_by=request.user)
    if form.round_shown:
        results = results.filter(round__number=form.round_shown)
    probe = Result(outcome=form.cleaned_data["outcome"], text=form.cleaned_data["result"])
    probe.clean()
    return results.filter(outcome=probe.outcome, text=probe.text).exists()
