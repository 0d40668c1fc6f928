"""未送达: what the delivery worker gave up on, and sending it once more."""

import re
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from merchants.access import Role, allow
from qinqin.paging import MOST_COUNTED, SIZE, Ordering, count, page

from ..lifecycle import Refused
from ..models import Channel, Delivery, DeliveryRun, NoticeKind
from ..models.notice import address_of

COLUMNS = [
    "id", "channel", "kind", "created_at", "finished_at", "attempts", "last_error", "person__name", "person__role",
    "person__merchant__name", "robot__name", "robot__merchant__name", "ticket__number",
]  # fmt: skip
PK = re.compile(r"[0-9]{1,18}")
NO_DELIVERY = "该通知不存在，或已重新发送"


@allow(Role.MANAGER)
@require_safe
def undelivered(request: HttpRequest) -> HttpResponse:
    """Given-up deliveries by channel, the newest first; and whether the worker works at all."""
    channel = request.GET.get("channel") if request.GET.get("channel") in Channel.values else ""
    given_up = Delivery.objects.for_user(request.user).given_up()
    counts = {key: count(given_up.filter(channel=key)) for key in Channel.values}
    counts[""] = min(sum(counts.values()), MOST_COUNTED + 1)
    listed = given_up.filter(channel=channel) if channel else given_up
    pager = page(
        listed.values(*COLUMNS), Ordering("created_at", descending=True), request.GET, counts[channel]
    )
    context = {
        "tabs": [
            {
                "key": key or "all",
                "label": label,
                "count": counts[key],
                "url": "?" + urlencode({"channel": key} if key else {}),
                "current": key == channel,
            }
            for key, label in [("", "全部"), *Channel.choices]
        ],
        "rows": [_row(values) for values in pager.rows],
        "pager": pager,
        "run_age": DeliveryRun.age(),
        "run_stale_after": DeliveryRun.STALE_AFTER,
        "here": f"?{request.GET.urlencode()}" if request.GET else "",
    }
    return render(request, "tickets/undelivered.html", context)


@allow(Role.MANAGER)
@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """重新发送: one of them."""
    delivery = Delivery.objects.visible_or_404(request.user, NO_DELIVERY, pk=pk)
    try:
        delivery.retry(by_user=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "已重新排队，稍后发送")
    return _back(request)


@allow(Role.MANAGER)
@require_POST
def retry_shown(request: HttpRequest) -> HttpResponse:
    """本页全部重新发送: those that the page listed and that are still given up."""
    shown = [int(pk) for pk in request.POST.getlist("shown")[:SIZE] if PK.fullmatch(pk)]
    done = Delivery.objects.for_user(request.user).filter(pk__in=shown).retry(by_user=request.user)
    if done:
        messages.success(request, f"已将 {done} 条重新排队，稍后发送")
    else:
        messages.info(request, "没有需要重新发送的通知")
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    query = request.GET.urlencode()
    return redirect(reverse("notices:undelivered") + (f"?{query}" if query else ""))


def _row(values: dict) -> dict:
    if values["channel"] == Channel.ROBOT:
        recipient, whose = values["robot__name"], values["robot__merchant__name"] or "客服群"
    else:
        recipient = values["person__name"]
        whose = values["person__merchant__name"] or Role(values["person__role"]).label
    return {
        **values,
        "recipient": recipient,
        "whose": whose,
        "channel_label": Channel(values["channel"]).label,
        "kind_label": NoticeKind(values["kind"]).label,
        "number": values["ticket__number"],
        "url": address_of(values["kind"], values["ticket__number"]),
    }
