"""The holidays of 时限与节假日: one by one, from the library, from a file."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from merchants.access import Role, allow

from .. import holiday_sheet
from ..deadline_forms import SheetForm, SpecialDayForm, YearForm
from ..models import SpecialDay
from ..models.calendar import import_holidays
from .deadlines import deadlines_page, found

# Where on the page the sentence about what was done stands.
PLACE = "holidays"
NO_DAY = "该日期不存在，可能已被删除"
# More sentences than this help nobody to mend a file.
MOST_ERRORS = 20


@allow(Role.MANAGER)
@require_POST
def holiday_add(request: HttpRequest) -> HttpResponse:
    """One day more."""
    form = SpecialDayForm(request.POST)
    if form.is_valid():
        day = form.save(commit=False)
        try:
            SpecialDay.enter([day])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"已添加 {day}", PLACE)
            return _to_year(day.day.year)
    day = form.cleaned_data.get("day")
    return deadlines_page(request, _asked_year(request, day.year if day else ""), day_form=form, status=422)


@allow(Role.MANAGER)
@require_POST
def holiday_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """A day becomes what its weekday says."""
    day = found(SpecialDay, pk, NO_DAY)
    words = str(day)
    day.delete()
    messages.success(request, f"已删除 {words}", PLACE)
    return _to_year(day.day.year)


@allow(Role.MANAGER)
@require_POST
def holiday_library(request: HttpRequest) -> HttpResponse:
    """A year from the library; days that are there already stay as they are."""
    form = YearForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.errors["year"][0], PLACE)
        return deadlines_page(request, "", status=422)
    year = form.cleaned_data["year"]
    try:
        added, known = import_holidays(year)
    except ValidationError as error:
        messages.error(request, error.message, PLACE)
        return _to_year(year)
    words = f"已从节假日库导入{year}年：新增 {added} 天"
    if added < known:
        words += f"，另有 {known - added} 天已录入，保持不变"
    messages.success(request, words, PLACE)
    return _to_year(year)


@allow(Role.MANAGER)
@require_POST
def holiday_upload(request: HttpRequest) -> HttpResponse:
    """All days of a file, or none of them."""
    form = SheetForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            days, known = holiday_sheet.read_sheet(form.content())
            SpecialDay.enter(days)
        except ValidationError as error:
            sentences = error.messages
            more = len(sentences) - MOST_ERRORS
            form.add_error(
                "sheet",
                [*sentences[:MOST_ERRORS], *([f"……另有 {more} 行有误"] if more > 0 else []), "文件没有导入"],
            )
        else:
            words = f"，另有 {known} 天已录入，保持不变" if known else ""
            messages.success(request, f"已从文件导入：新增 {len(days)} 天{words}", PLACE)
            return _to_year(min(day.day.year for day in days) if days else _asked_year(request, ""))
    return deadlines_page(request, _asked_year(request, ""), sheet_form=form, status=422)


@allow(Role.MANAGER)
@require_safe
def holiday_template(request: HttpRequest) -> HttpResponse:
    """A file to fill in."""
    response = HttpResponse(holiday_sheet.template(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="holidays.csv"'
    return response


def _asked_year(request: HttpRequest, default: str | int) -> str | int:
    """The year that was on the page."""
    return default or request.POST.get("year", "")


def _to_year(year: str | int) -> HttpResponse:
    return redirect(
        f"{reverse('tickets:deadlines')}?{f'year={int(year)}' if str(year).isdecimal() else ''}#holidays"
    )
