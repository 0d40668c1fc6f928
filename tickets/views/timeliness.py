"""商户时效统计 for managers, 本店时效 for a merchant's owner: the figures, and the lists behind them."""

from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from merchants.access import Role, allow
from merchants.models import Merchant
from qinqin.paging import Ordering, count, page, query_without

from ..clock import database_now
from ..desk import PeriodForm
from ..lifecycle import Status, Urgency
from ..mentions import consumer_columns, mask_row
from ..models.figures import Mean, Rate
from ..timeliness import overrun, span_words
from ..timeliness_lists import ROUNDS, TICKETS, Day, Timeliness, TimelinessLists

SEEN_BY = (Role.MANAGER, Role.MERCHANT_OWNER)
# Figure → its heading, its parts (what is counted, of what), and the tone of a figure that is no good news.
SHARES = [
    ("超时率", "missed", "missed", "due", "bad"),
    ("扣除豁免", "held_against", "held_against", "due", "alert"),
    ("及时处理率", "in_time", "in_time", "due", "ok"),
    ("退回率", "returned", "returned", "submitted", "warn"),
    ("一次解决率", "at_once", "at_once", "completed", "ok"),
    ("满意率", "content", "content", "rated", "ok"),
]
MEANS = [("首次响应", "responded", "responded"), ("平均处理时长", "took", "answered")]
ROUND_COLUMNS = [
    "id", "number", "urgency", "due_at", "submitted_at", "took", "merchant__name", "ticket__number", "ticket__problem",
    "ticket__category__name", "ticket__status", "ticket__merchant", "closed_at",
    *consumer_columns("ticket__order__"),
]  # fmt: skip
TICKET_COLUMNS = [
    "id", "number", "round_no", "urgency", "created_at", "completed_at", "merchant__name", "problem", "category__name",
    "status", *consumer_columns("order__"),
]  # fmt: skip


class TimelinessForm(PeriodForm):
    """The period and, for managers, the merchant."""

    merchant = forms.ModelChoiceField(
        label="商户", required=False, queryset=Merchant.objects.all(), empty_label="全部"
    )
    figure = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, days=30, **kwargs)
        self.fields["since"].label, self.fields["until"].label = "从", "至"
        if not user.is_service:
            del self.fields["merchant"]

    @property
    def chosen(self) -> Merchant | None:
        """The one merchant that was asked for."""
        return self.cleaned_data.get("merchant")


def _lists(request: HttpRequest, now) -> tuple[TimelinessForm, TimelinessLists]:
    form = TimelinessForm(request.GET, user=request.user)
    form.is_valid()
    return form, TimelinessLists(request.user, form.period(now), now, form.chosen)


@allow(*SEEN_BY)
@require_safe
def timeliness(request: HttpRequest) -> HttpResponse:
    """The figures of a period, of one merchant or all, and day by day."""
    now = database_now()
    form, lists = _lists(request, now)
    lines = lists.by_merchant()
    rest = query_without(request.GET, "figure")
    trend = lists.trend()
    context = {
        "form": form,
        "total": _line(Timeliness.together(lines), rest),
        "lines": [_line(line, rest | {"merchant": line.merchant}) for line in lines],
        "trend": _trend(trend, rest),
        "most": max((day.missed.whole for day in trend), default=0),
        "title": "本店时效" if request.user.is_merchant else "商户时效统计",
        "is_merchant": request.user.is_merchant,
    }
    return render(request, "tickets/timeliness.html", context)


def _line(line: Timeliness, rest: dict) -> dict:
    return {
        "name": line.name,
        "figures": [
            *(_share(label, getattr(line, key), part, whole, tone, rest) for label, key, part, whole, tone in SHARES),
            *(_mean(label, getattr(line, key), figure, rest) for label, key, figure in MEANS),
        ],
    }  # fmt: skip


def _address(figure: str, rest: dict) -> str:
    return f"{reverse('tickets:timeliness_list')}?{urlencode(rest | {'figure': figure})}"


def _share(label: str, rate: Rate, part: str, whole: str, tone: str, rest: dict) -> dict:
    return {
        "label": label,
        "value": str(rate),
        "part": rate.part,
        "n": rate.whole,
        "tone": tone if rate.part else "",
        "url": _address(part, rest),
        "n_url": _address(whole, rest),
    }


def _mean(label: str, mean: Mean, figure: str, rest: dict) -> dict:
    url = _address(figure, rest)
    return {
        "label": label, "value": span_words(mean.value), "n": mean.whole, "tone": "", "url": url, "n_url": url
    }  # fmt: skip


def _trend(trend: list[Day], rest: dict) -> list[dict]:
    """The days as the picture draws them: how many were due, how many of them were missed; each opens its day."""
    most = max((day.missed.whole for day in trend), default=0) or 1
    days = {key: value for key, value in rest.items() if key not in ("days", "since", "until")}
    return [
        {
            "day": day.day,
            "missed": day.missed,
            "height": round(100 * day.missed.whole / most, 2),
            "late_height": round(100 * day.missed.part / most, 2),
            "url": _address("due", days | {"since": day.day, "until": day.day}),
        }
        for day in trend
    ]


@allow(*SEEN_BY)
@require_safe
def timeliness_list(request: HttpRequest) -> HttpResponse:
    """The rounds or tickets that one figure counts."""
    now = database_now()
    form, lists = _lists(request, now)
    labels = ROUNDS | TICKETS
    figure = request.GET.get("figure") if request.GET.get("figure") in labels else "due"
    found = lists.behind(figure)
    by_rounds = figure in ROUNDS
    columns, moment = (ROUND_COLUMNS, "due_at") if by_rounds else (TICKET_COLUMNS, "created_at")
    pager = page(found.values(*columns), Ordering(moment, descending=True), request.GET, count(found))
    context = {
        "label": labels[figure],
        "form": form,
        "rows": [
            _round_row(values, now, request.user) if by_rounds else _ticket_row(values)
            for values in pager.rows
        ],
        "by_rounds": by_rounds,
        "pager": pager,
        "title": "本店时效" if request.user.is_merchant else "商户时效统计",
        "is_merchant": request.user.is_merchant,
        "back": f"{reverse('tickets:timeliness')}?{urlencode(query_without(request.GET, 'figure'))}",
    }
    return render(request, "tickets/timeliness_list.html", context)


def _round_row(values: dict, now, user) -> dict:
    late_by = overrun(values["due_at"], values["submitted_at"], values["closed_at"], now)
    about = _about(
        values["ticket__number"], values["merchant__name"], values["ticket__status"], values["urgency"]
    )
    if user.is_merchant and values["ticket__merchant"] != user.merchant_id:
        # It counts, and that is all that may still be known of it here.
        gone = {"number": "已转派其他商户", "url": "", "status": "", "status_label": "—"}
        values, about = values | {"ticket__problem": "", "ticket__category__name": "—"}, about | gone
    return {
        **about,
        "round_no": values["number"],
        "category": values["ticket__category__name"],
        "problem": mask_row(values["ticket__problem"], values, "ticket__order__"),
        "due_at": values["due_at"],
        "submitted_at": values["submitted_at"],
        "took": values["took"],
        "late_by": late_by if late_by.total_seconds() >= 0 else None,
    }


def _ticket_row(values: dict) -> dict:
    return {
        **_about(values["number"], values["merchant__name"], values["status"], values["urgency"]),
        "round_no": values["round_no"],
        "category": values["category__name"],
        "problem": mask_row(values["problem"], values, "order__"),
        "created_at": values["created_at"],
        "completed_at": values["completed_at"],
    }


def _about(number: str, merchant: str, status: str, urgency: str) -> dict:
    return {
        "number": number,
        "url": reverse("tickets:detail", args=[number]),
        "merchant_name": merchant,
        "status": status,
        "status_label": Status(status).label,
        "urgency": urgency,
        "urgency_label": Urgency(urgency).label,
    }
