"""超时工单: who is and was late, why, how late, who was told, and what was done about it."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from merchants.access import Role, allow
from merchants.throttling import client_address
from qinqin.paging import page, query_without

from ..clock import database_now
from ..desk import COUNTED, FIGURES, GROUPS, LATE_SHOWS, MOST_LINES, SHOWS, SORTS, Desk, rates
from ..exchange.exports import send_csv
from ..late_rows import COLUMNS, late_rows
from ..lifecycle import Refused
from ..mentions import mask_row
from ..models import DeadlineScan, Round
from ..models.calendar import holiday_warnings
from ..models.figures import LATENESS, REPEATED_DAYS
from ..tabs import tab_links
from ..timeliness import moment_words, span_words

# So many can be acknowledged with one press, and so many rows of an export are in memory at a time.
MOST_PICKED = 200
AT_ONCE = 500
HEADING = [
    "工单号", "轮次", "订单号", "商户", "问题类型", "问题描述", "紧急程度", "工单状态", "截止时间", "提交时间",
    "处理人", "剩余时间/已超时", "超时分钟", "通知", "确认人", "确认时间", "确认说明", "豁免人", "豁免时间",
    "豁免原因", "异常处理",
]  # fmt: skip


@allow(Role.MANAGER)
@require_safe
@vary_on_headers("HX-Request")
def overdue_desk(request: HttpRequest) -> HttpResponse:
    """The figures, the same by merchant, category or handler, and the list behind the one that was opened."""
    now = database_now()
    desk = Desk(request.user, request.GET, now)
    lines = desk.lines()
    worth_a_line = [line for line in lines if line["overdue"] or line["due_soon"] or line["missed"]]
    totals = {key: sum(line[key] for line in lines) for key in COUNTED}
    offenders = desk.offenders()
    totals |= {"repeat": sum(map(len, offenders.values())), "due": totals["n"]}
    rest = query_without(request.GET, "show", "late", "sort")
    context = {
        "form": desk.form,
        "desk": desk,
        "tabs": tab_links(_shown(desk), totals, desk.show, rest),
        "figures": _figures(totals, rest),
        "groups": _groups(request, desk),
        "lines": [_line(line, desk, totals, rest) for line in worth_a_line[:MOST_LINES]],
        "lines_left": max(0, len(worth_a_line) - MOST_LINES),
        "offenders": _offenders(offenders, rest) if desk.show == "repeat" else None,
        "now": now,
        "scan_age": DeadlineScan.age(),
        "scan_stale_after": DeadlineScan.STALE_AFTER,
        "holiday_warnings": holiday_warnings(timezone.localdate(now)),
        "refresh_url": request.get_full_path(),
        "export_url": f"{reverse('tickets:overdue_export')}?{urlencode(query_without(request.GET))}",
        "query": urlencode(query_without(request.GET)),
    }
    if desk.show != "repeat":
        context |= _listed(request, desk, totals)
    return render(request, "tickets/_overdue_rows.html" if request.htmx else "tickets/overdue.html", context)


def _listed(request: HttpRequest, desk: Desk, totals: dict[str, int]) -> dict:
    lateness = desk.counted(desk.show).lateness(desk.now) if desk.show in LATE_SHOWS else {}
    total = lateness[desk.late] if desk.late else totals[desk.show]
    pager = page(desk.listed().values(*COLUMNS), desk.ordering, request.GET, total)
    return {
        "rows": late_rows(pager.rows, desk.now),
        "pager": pager,
        "spread": _spread(request, desk, lateness),
        "whole_url": "?" + urlencode(query_without(request.GET, "late")),
        "sorts": [
            {
                "label": label,
                "url": "?" + urlencode(query_without(request.GET, "sort") | {"sort": key}),
                "current": key == desk.sort,
            }
            for key, (label, _) in SORTS[desk.show].items()
        ],
    }


def _shown(desk: Desk) -> dict[str, str]:
    """The lists; one that only a figure leads to is there while it is shown."""
    return SHOWS | {key: label for key, label in FIGURES.items() if key == desk.show}


def _figures(totals: dict[str, int], rest: dict[str, str]) -> list[dict]:
    whole, without = rates(totals)
    return [
        {
            "label": "超时率",
            "value": whole,
            "note": f"n={whole.whole}，其中超时 {whole.part}",
            "url": "?" + urlencode(rest | {"show": "missed"}),
            "tone": "bad",
        },
        {
            "label": "扣除豁免",
            "value": without,
            "note": f"n={whole.whole}，超时未豁免 {without.part}",
            "url": "?" + urlencode(rest | {"show": "missed", "exempted": "no"}),
            "tone": "alert",
        },
        {
            "label": "到期轮次",
            "value": totals["n"],
            "note": "期间内到了截止时间的轮次",
            "url": "?" + urlencode(rest | {"show": "due"}),
            "tone": "",
        },
    ]


def _groups(request: HttpRequest, desk: Desk) -> list[dict]:
    rest = query_without(request.GET, "group")
    return [
        {"label": label, "url": "?" + urlencode(rest | {"group": key}), "current": key == desk.group}
        for key, (label, *_) in GROUPS.items()
    ]


def _line(line: dict, desk: Desk, totals: dict[str, int], rest: dict[str, str]) -> dict:
    """One line by merchant, category or handler. Who has not answered is no handler: those open without the filter."""
    narrowed = rest | ({desk.group: line["key"]} if line["key"] is not None else {})
    whole, without = rates(line)
    return {
        "name": line["name"] or "未提交",
        "cells": [
            {
                "key": key,
                "label": SHOWS[key],
                "count": line[key],
                "url": "?" + urlencode(narrowed | {"show": key}),
                "share": line[key] / (totals[key] or 1),
            }
            for key in SHOWS
            if key != "repeat"
        ],
        "rate": whole,
        "without": without,
        "rate_url": "?" + urlencode(narrowed | {"show": "missed"}) if line["key"] is not None else "",
        "n_url": "?" + urlencode(narrowed | {"show": "due"}) if line["key"] is not None else "",
    }


def _spread(request: HttpRequest, desk: Desk, lateness: dict[str, int]) -> list[dict]:
    rest = query_without(request.GET, "late")
    most = max(lateness.values(), default=0) or 1
    return [
        {
            "label": label,
            "count": lateness[key],
            "share": lateness[key] / most,
            "url": "?" + urlencode(rest | {"late": key}),
            "current": key == desk.late,
        }
        for key, label, *_ in LATENESS
        if any(lateness.values())
    ]


def _offenders(offenders: dict[str, list[dict]], rest: dict[str, str]) -> dict[str, list[dict]]:
    """Each opens its rounds: the missed ones of the same days."""
    days = {key: value for key, value in rest.items() if key not in ("since", "until", "days")}
    days |= {"show": "missed", "days": REPEATED_DAYS}
    return {
        key: [line | {"url": "?" + urlencode(days | {key: line["key"]})} for line in lines]
        for key, lines in offenders.items()
    }


@allow(Role.MANAGER)
@require_GET
def overdue_export(request: HttpRequest) -> HttpResponse:
    """导出: exactly what the desk shows with the same address, every row of it, masked, and recorded."""
    now = database_now()
    desk = Desk(request.user, request.GET, now)
    label = (SHOWS | FIGURES)[desk.show]
    name = f"超时工单-{label}-{timezone.localdate(now)}"
    if desk.show == "repeat":
        headings = ["类别", "名称", "商户", f"最近{REPEATED_DAYS}天超时轮次"]
        rows = list(_offender_cells(desk))
        count = len(rows)
    else:
        headings, count = HEADING, desk.listed().count()
        rows = (_cells(row) for row in _every_row(desk))
    return send_csv(
        name, headings, rows, count=count, by_user=request.user, what="超时工单", conditions=desk.conditions,
        from_address=client_address(request),
    )  # fmt: skip


def _every_row(desk: Desk) -> Iterator[dict]:
    """The rows of the list in their order, five hundred in memory at a time."""
    listed, ordering = desk.listed().values(*COLUMNS).order_by(*desk.ordering.fields()), desk.ordering
    found = list(listed[:AT_ONCE])
    while found:
        yield from late_rows(found, desk.now)
        last = found[-1]
        found = list(listed.filter(ordering.beyond(last[ordering.column], last["id"]))[:AT_ONCE])


def _cells(row: dict) -> list:
    by, at, reason = row["exemption"] or ("", None, "")
    told = "；".join(
        f"{line.who} {line.channel} {line.kind} {line.state} {moment_words(line.at)}" for line in row["told"]
    )
    minutes = int(row["late_by"].total_seconds() // 60) if row["late_by"] is not None else ""
    return [
        row["number"], row["round_no"], row["ticket__order_number"], row["merchant_name"], row["category"],
        row["problem"], row["urgency_label"], row["status_label"], moment_words(row["due_at"]),
        _moment(row["submitted_at"]), row["handler"], row["countdown"].text, minutes, told,
        row["acknowledged_by"], _moment(row["acknowledged_at"]),
        _masked(row["acknowledgement__note"], row), by, _moment(at), _masked(reason, row),
        "处理中" if row["incident"] else "",
    ]  # fmt: skip


def _masked(text: str, row: dict) -> str:
    return mask_row(text, row, "ticket__order__") if text else ""


def _moment(moment) -> str:
    return moment_words(moment) if moment else ""


def _offender_cells(desk: Desk) -> Iterator[list]:
    offenders = desk.offenders()
    for key, label in [("merchant", "商户"), ("handler", "处理人")]:
        for line in offenders[key]:
            yield [label, line["name"], line["of"] or line["name"], line["count"]]


@allow(Role.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def overdue_acknowledge(request: HttpRequest) -> HttpResponse:
    """确认所选: each by the same verb as one, with its own answer."""
    back = reverse("tickets:overdue")
    if query := QueryDict(request.POST.get("query", "")[:2_000]).urlencode():
        back += f"?{query}"
    if request.method != "POST":
        return redirect(back)
    asked = {
        int(pk)
        for pk in request.POST.getlist("round")[:MOST_PICKED]
        if pk.isascii() and pk.isdigit() and len(pk) < 18
    }
    rounds = Round.objects.for_user(request.user).filter(pk__in=asked).select_related("ticket", "merchant")
    done = [_acknowledged(round_, request) for round_ in rounds.order_by("due_at", "pk")]
    context = {"done": done, "succeeded": sum(line["is_done"] for line in done), "back": back}
    return render(request, "tickets/acknowledged.html", context, status=200 if done else 422)


def _acknowledged(round_: Round, request: HttpRequest) -> dict:
    line = {
        "number": round_.ticket.number,
        "round_no": round_.number,
        "merchant": round_.merchant.name,
        "url": reverse("tickets:late_round", args=[round_.pk]),
        "is_done": False,
    }
    try:
        round_.acknowledge(by_user=request.user, note=request.POST.get("note", "")[:2_000])
    except Refused as refusal:
        return line | {"said": str(refusal)}
    return line | {"is_done": True, "said": f"已确认，超时{span_words(round_.overrun(database_now()))}"}
