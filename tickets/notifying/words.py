"""What is said. Numbers, names of merchants and times; never a consumer, never what somebody wrote about one."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from ..lifecycle import Urgency
from ..models.notice import NoticeKind
from ..timeliness import moment_words, span_words

PRODUCT = "亲亲宝贝工单系统"
# Kinds after which the merchant's clock runs towards a deadline.
WITH_A_DEADLINE = frozenset(
    {
        NoticeKind.OPENED,
        NoticeKind.RETURNED,
        NoticeKind.REOPENED,
        NoticeKind.REMINDED,
        NoticeKind.RESUMED,
        NoticeKind.EXTENSION_ASKED,
        NoticeKind.EXTENSION_GRANTED,
        NoticeKind.EXTENSION_DECLINED,
        NoticeKind.ASSIGNED,
        NoticeKind.TRANSFERRED,
    }
)
# How many of the longest late the daily list names.
WORST = 10


def link(ticket=None) -> str:
    """The address of the ticket, or of the list of tickets."""
    return settings.SITE_URL + (ticket.get_absolute_url() if ticket else reverse("tickets:list"))


def overdue_link() -> str:
    return settings.SITE_URL + reverse("tickets:overdue")


def about_event(kind: NoticeKind, ticket, at: datetime) -> str:
    """A verb's occurrence, after it; ``at`` is when it happened."""
    if kind == NoticeKind.SUBMITTED:
        tail = f"，{moment_words(at)} 提交"
    elif kind == NoticeKind.HELD:
        tail = "，计时暂停"
    elif kind == NoticeKind.RATED_LOW:
        tail = "，消费者给了低分，可以重新打开"
    elif kind in WITH_A_DEADLINE:
        tail = f"，截止 {moment_words(ticket.due_at)}"
    else:
        tail = ""
    return _headed(kind, _ticket(ticket, ticket.round_no) + tail)


def about_many_opened(tickets: Sequence) -> str:
    """Many tickets that one merchant got at once."""
    counted = [
        f"{urgency.label} {count} 张"
        for urgency in reversed(Urgency)
        if (count := sum(ticket.urgency == urgency for ticket in tickets))
    ]
    first = min(tickets, key=lambda ticket: ticket.due_at)
    return _headed(
        NoticeKind.OPENED,
        f"新工单 {len(tickets)} 张（{'，'.join(counted)}），商户 {first.merchant}，"
        f"最早截止 {moment_words(first.due_at)}（{first.number}）",
    )


def about_alert(kind: NoticeKind, round_) -> str:
    """A rung of the alert ladder, with its true time, whenever it is told."""
    if kind == NoticeKind.WARNING:
        tail = f"，{moment_words(round_.due_at)} 截止，{moment_words(round_.warn_at)} 到达预警时间"
    elif kind == NoticeKind.CRITICAL:
        tail = f"，{moment_words(round_.due_at)} 截止，{moment_words(round_.critical_at)} 到达预警时间"
    elif round_.submitted_at:
        tail = f"，截止 {moment_words(round_.due_at)}，商户 {moment_words(round_.submitted_at)} 才提交"
    else:
        tail = f"，已于 {moment_words(round_.due_at)} 超过截止时间"
    return _headed(kind, _ticket(round_.ticket, round_.number, round_.merchant) + tail)


def overdue_list(late: int, soon: int, worst: Sequence, now: datetime) -> str:
    """The daily list; ``worst`` are the rounds that have been late for longest."""
    if not late:
        return _headed(NoticeKind.OVERDUE_LIST, f"现在没有超时的工单，即将超时 {soon} 张")
    lines = [
        f"{round_.ticket.number} {round_.merchant} 已超时{span_words(now - round_.due_at)}"
        for round_ in worst
    ]
    which = "，其中最久的" if late > len(worst) else ""
    text = f"现在超时 {late} 张，即将超时 {soon} 张{which}"
    return _headed(NoticeKind.OVERDUE_LIST, "\n".join([text, *lines]))


def _ticket(ticket, round_no: int, merchant=None) -> str:
    """``merchant`` is whose round it was, where the ticket may have gone to another since."""
    urgency = Urgency(ticket.urgency).label
    return f"工单 {ticket.number}（{ticket.category}，{urgency}，第{round_no}轮），商户 {merchant or ticket.merchant}"


def _headed(kind: NoticeKind, text: str) -> str:
    return f"【{kind.label}】{text}"
