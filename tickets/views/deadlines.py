"""时限与节假日: the page where managers set deadlines, and the policies on it."""

from django.contrib import messages
from django.db import IntegrityError, models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from merchants.access import NotVisible, Role, allow

from ..clock import database_now
from ..deadline_forms import PolicyForm, SheetForm, SpecialDayForm
from ..lifecycle import Refused, Urgency
from ..models import Calendar, Policy, SpecialDay
from ..models.calendar import WEEKDAYS, YEARS, holiday_warnings
from ..weekly import week_words

NO_POLICY = "处理时限不存在，可能已被删除"


@allow(Role.MANAGER)
@require_safe
def deadlines(request: HttpRequest) -> HttpResponse:
    """Policies, calendars, and the holidays of a year."""
    return deadlines_page(request, request.GET.get("year", ""))


@allow(Role.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def policy_new(request: HttpRequest) -> HttpResponse:
    """A policy for one category, or for all of them."""
    return _policy_form(request, Policy())


@allow(Role.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def policy_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Another warning, deadline, calendar; says whom it concerns before it is saved."""
    return _policy_form(request, found(Policy, pk, NO_POLICY))


@allow(Role.MANAGER)
@require_POST
def policy_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """The category goes back to the general policy."""
    policy = found(Policy, pk, NO_POLICY)
    name = str(policy)
    try:
        policy.remove()
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"已删除处理时限「{name}」，以后按通用时限计算")
    return redirect("tickets:deadlines")


def _policy_form(request: HttpRequest, policy: Policy) -> HttpResponse:
    is_new = policy.pk is None
    now = database_now()
    form = PolicyForm(request.POST if request.method == "POST" else None, instance=policy)
    if request.method == "POST" and form.is_valid() and saved(form, form.save):
        words = policy.reach(now)
        messages.success(request, f"已{'新建' if is_new else '修改'}处理时限「{policy}」。{words}")
        return redirect("tickets:deadlines")
    context = {
        "form": form,
        # As it is kept: a refused form has put what was typed into the object itself.
        "policy": policy if is_new else found(Policy, policy.pk, NO_POLICY),
        "reach": None if is_new else policy.reach(now),
    }
    return render(request, "tickets/policy_form.html", context, status=422 if form.is_bound else 200)


def saved(form, save) -> bool:
    """Whether ``save`` went through; if somebody was quicker with the same thing, the form says so."""
    try:
        with transaction.atomic():
            save()
    except IntegrityError:
        form.add_error(None, "刚刚已有人保存了同样的内容，请刷新后查看")
        return False
    return True


def found(model: type[models.Model], pk: int, sentence: str) -> models.Model:
    """The row, or 404 with the sentence."""
    row = model.objects.filter(pk=pk).first()
    if row is None:
        raise NotVisible(sentence)
    return row


def deadlines_page(
    request: HttpRequest, year: str | int, *, day_form=None, sheet_form=None, status: int = 200
) -> HttpResponse:
    """The whole page with the holidays of ``year`` (this one, where it is none); forms that were refused stay."""
    today = timezone.localdate(database_now())
    year = _year(str(year), today.year)
    context = {
        "policies": [_policy_line(policy) for policy in _in_order(Policy.objects.all())],
        "calendars": [_calendar_line(calendar) for calendar in _with_use(Calendar.objects.all())],
        "year": year,
        "this_year": today.year,
        "years": [{"label": f"{other}年", "url": f"?year={other}#holidays"} for other in (year - 1, year + 1)
                  if other in YEARS],
        "days": [_day_line(row) for row in SpecialDay.objects.filter(day__year=year)],
        "warnings": holiday_warnings(today),
        "day_form": day_form or SpecialDayForm(),
        "sheet_form": sheet_form or SheetForm(),
    }  # fmt: skip
    return render(request, "tickets/deadlines.html", context, status=status)


def _year(text: str, default: int) -> int:
    try:
        year = int(text)
    except ValueError:
        return default
    return year if year in YEARS else default


def _in_order(policies) -> list[Policy]:
    """The general ones first, then by category; within one from 一般 to 紧急."""
    ranks = {urgency: rank for rank, urgency in enumerate(Urgency.values)}
    return sorted(
        policies.select_related("category", "calendar"),
        key=lambda policy: (
            policy.category_id is not None,
            (policy.category.position, policy.category.name) if policy.category else (),
            ranks[policy.urgency],
        ),
    )


def _policy_line(policy: Policy) -> dict:
    return {
        "pk": policy.pk,
        "name": str(policy),
        "category": policy.category,
        "urgency": policy.urgency,
        "urgency_label": policy.get_urgency_display(),
        "warning": policy.warning_after,
        "deadline": policy.deadline_after,
        "calendar": policy.calendar,
        "hold_hours": policy.hold_hours,
    }


def _with_use(calendars):
    return calendars.prefetch_related("shifts").annotate(used_by=models.Count("policies"))


def _calendar_line(calendar: Calendar) -> dict:
    return {
        "pk": calendar.pk,
        "name": calendar.name,
        "is_always": calendar.is_always,
        "week": ["每天 全天"] if calendar.is_always else week_words(calendar.week()),
        "observes_holidays": calendar.observes_holidays and not calendar.is_always,
        "used_by": calendar.used_by,
    }


def _day_line(row: SpecialDay) -> dict:
    return {
        "pk": row.pk,
        "day": row.day,
        "weekday": WEEKDAYS[row.day.weekday()],
        "is_working": row.is_working,
        "name": row.name,
    }
