"""消息: what a person was told, the newest first, and marking it as read."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from merchants.access import WORKING_ROLES, NotVisible, allow
from qinqin.paging import Ordering, page

from ..bell import bell
from ..models import Notice, NoticeKind, Ticket
from ..models.notice import address_of, without_heading
from ..models.ticket import NOT_VISIBLE
from .fresh import state

TABS = {"unread": "未读", "all": "全部"}
TONES = {
    NoticeKind.OPENED: "info",
    NoticeKind.RETURNED: "warn",
    NoticeKind.REOPENED: "warn",
    NoticeKind.REMINDED: "alert",
    NoticeKind.SUBMITTED: "review",
    NoticeKind.EXTENSION_ASKED: "review",
    NoticeKind.EXTENSION_GRANTED: "ok",
    NoticeKind.EXTENSION_DECLINED: "warn",
    NoticeKind.WARNING: "warn",
    NoticeKind.CRITICAL: "alert",
    NoticeKind.URGENT: "bad",
    NoticeKind.OVERDUE_LIST: "bad",
    NoticeKind.JOB: "info",
}
COLUMNS = ["id", "key", "kind", "text", "created_at", "read_at", "ticket__number"]
LINKS = {NoticeKind.JOB: "查看"}
NO_NOTICE = "消息不存在或无权查看"


@allow(*WORKING_ROLES)
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Unread or all, a page of them; each with the way to its ticket."""
    tab = request.GET.get("tab") if request.GET.get("tab") in TABS else "unread"
    unread = bell(request)  # before the rows: what comes between the two stays unread
    notices = Notice.objects.for_user(request.user)
    listed = notices.unread() if tab == "unread" else notices
    pager = page(listed.values(*COLUMNS), Ordering("created_at", descending=True), request.GET, None)
    context = {
        "tabs": [
            {
                "key": key,
                "label": label,
                "count": unread.shown or 0 if key == "unread" else None,
                "url": f"?tab={key}",
                "current": key == tab,
            }
            for key, label in TABS.items()
        ],
        "tab": tab,
        "rows": [_row(values) for values in pager.rows],
        "pager": pager,
        "unread": unread,
        "here": f"?{request.GET.urlencode()}" if request.GET else "",
    }
    return render(request, "tickets/inbox.html", context)


@allow(*WORKING_ROLES)
@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """标为已读: one of them."""
    notices = Notice.objects.for_user(request.user).filter(pk=pk)
    if not notices.exists():
        raise NotVisible(NO_NOTICE)
    notices.mark_read(by_user=request.user)
    return _back(request)


@allow(*WORKING_ROLES)
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """全部标为已读: all that were there when the page was made; what came meanwhile stays unread."""
    marked = Notice.objects.up_to(_newest_seen(request)).mark_read(by_user=request.user)
    if marked:
        messages.success(request, f"已将 {marked} 条消息标为已读")
    else:
        messages.info(request, "没有未读消息")
    return _back(request)


@allow(*WORKING_ROLES)
@require_POST
def read_of_ticket(request: HttpRequest, number: str) -> HttpResponse:
    """A ticket was looked at: what its reader was told about it until then is read. Sent by its page's script."""
    ticket = Ticket.objects.visible_or_404(request.user, NOT_VISIBLE, number=number)
    ticket.notices.up_to(_newest_seen(request)).mark_read(by_user=request.user)
    return state(request)


def _newest_seen(request: HttpRequest) -> int:
    """The newest notice that the page knew of; 0, which is none, for what no page of ours sends."""
    sent = request.POST.get("up_to", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) <= 18 else 0


def _back(request: HttpRequest) -> HttpResponse:
    """To the page of the list from which the button was pressed."""
    query = request.GET.urlencode()
    return redirect(reverse("notices:inbox") + (f"?{query}" if query else ""))


def _row(values: dict) -> dict:
    """With the words taken apart around the way to the ticket; what is about no single ticket has it at the end."""
    number, words = values["ticket__number"], without_heading(values["kind"], values["text"])
    if number and number in words:
        before, link, after = words.partition(number)
    else:
        before, link, after = f"{words} ", number or LINKS.get(values["kind"], "查看清单"), ""
    return {
        **values,
        "before": before,
        "link": link,
        "after": after,
        "kind_label": NoticeKind(values["kind"]).label,
        "tone": TONES.get(values["kind"], "idle"),
        "number": number,
        "url": address_of(values["kind"], number, values["key"]),
    }
