"""The service calendars of 时限与节假日."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from merchants.access import Role, allow

from ..clock import database_now
from ..deadline_forms import CalendarForm, TryForm
from ..explaining import Explanation
from ..lifecycle import Refused
from ..models import Calendar
from ..trying import try_out
from ..weekly import EXAMPLE, week_words
from ..worktime import NoServiceTime
from .deadlines import found, saved

NO_CALENDAR = "服务日历不存在，可能已被删除"
TRIED_MINUTES = 240


@allow(Role.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def calendar_new(request: HttpRequest) -> HttpResponse:
    """A calendar with shifts of its own."""
    return _calendar_form(request, Calendar())


@allow(Role.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def calendar_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Other shifts, and trying out what the calendar makes of a deadline."""
    return _calendar_form(request, found(Calendar, pk, NO_CALENDAR))


@allow(Role.MANAGER)
@require_POST
def calendar_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """A calendar that nothing counts by goes."""
    calendar = found(Calendar, pk, NO_CALENDAR)
    try:
        calendar.remove()
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("tickets:calendar_edit", pk)
    messages.success(request, f"已删除服务日历「{calendar}」")
    return redirect("tickets:deadlines")


def _calendar_form(request: HttpRequest, calendar: Calendar) -> HttpResponse:
    is_new = calendar.pk is None
    if request.method == "POST" and calendar.is_always:
        messages.error(request, Calendar.ALWAYS_IS_FIXED)
        return redirect("tickets:calendar_edit", calendar.pk)
    form = CalendarForm(request.POST if request.method == "POST" else None, instance=calendar)
    if request.method == "POST" and form.is_valid() and saved(form, lambda: calendar.keep(form.week)):
        done = "已新建" if is_new else "已修改"
        messages.success(request, f"{done}服务日历「{calendar}」，已开始的轮次保持原来的截止时间")
        return redirect("tickets:calendar_edit", calendar.pk)
    kept = calendar if is_new else found(Calendar, calendar.pk, NO_CALENDAR)
    trial, explanation = (None, None) if is_new else _trial(request, kept)
    context = {
        "form": form,
        "calendar": kept,
        "is_new": is_new,
        "week": [] if is_new or kept.is_always else week_words(kept.week()),
        "example": EXAMPLE,
        "trial": trial,
        "explanation": explanation,
    }
    return render(request, "tickets/calendar_form.html", context, status=422 if form.is_bound else 200)


def _trial(request: HttpRequest, calendar: Calendar) -> tuple[TryForm, Explanation | None]:
    """试算 with what was asked for, else from now on; no explanation where the question was wrong."""
    asked = request.GET if request.method != "POST" and {"start", "minutes"} & request.GET.keys() else None
    now = timezone.localtime(database_now()).replace(second=0, microsecond=0)
    form = TryForm(asked, initial={"start": now, "minutes": TRIED_MINUTES}, auto_id="try_%s")
    start, minutes = now, TRIED_MINUTES
    if form.is_bound:
        if not form.is_valid():
            return form, None
        start, minutes = form.cleaned_data["start"], form.cleaned_data["minutes"]
    try:
        return form, try_out(calendar.service_time(), start, timedelta(minutes=minutes))
    except NoServiceTime as error:
        if form.is_bound:
            form.add_error(None, str(error))
        return form, None
