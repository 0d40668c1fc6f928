"""The states of a ticket and the one table of what may follow what (product.md, Life of a ticket).

Nothing here touches the database: the verbs on ``Ticket`` ask this table, and pages ask it which buttons to show.
"""

from dataclasses import dataclass

from django.db import models

from merchants.access import MERCHANT_ROLES, SERVICE_ROLES, WORKING_ROLES, Role


class Status(models.TextChoices):
    WAITING_MERCHANT = "waiting_merchant", "待商家处理"
    WAITING_REVIEW = "waiting_review", "待客服审核"
    ON_HOLD = "on_hold", "已挂起"
    COMPLETED = "completed", "已完结"
    CANCELLED = "cancelled", "已撤销"


OPEN_STATUSES = frozenset({Status.WAITING_MERCHANT, Status.WAITING_REVIEW, Status.ON_HOLD})
STATUSES_WITH_RESULT = frozenset({Status.WAITING_REVIEW, Status.COMPLETED})


class Urgency(models.TextChoices):
    NORMAL = "normal", "一般"
    IMPORTANT = "important", "重要"
    URGENT = "urgent", "紧急"


class Outcome(models.TextChoices):
    SOLVED = "solved", "已解决"
    PARTLY = "partly", "部分解决"
    UNSOLVED = "unsolved", "未解决"
    PLATFORM = "platform", "需平台协助"


class EventKind(models.TextChoices):
    OPENED = "opened", "新建工单"
    SUBMITTED = "submitted", "提交处理结果"
    APPROVED = "approved", "审核通过"
    RETURNED = "returned", "退回商家"
    CANCELLED = "cancelled", "撤销工单"
    REOPENED = "reopened", "重新打开"
    OVERDUE = "overdue", "工单超时"
    HELD = "held", "挂起"
    RESUMED = "resumed", "恢复"
    REMINDED = "reminded", "催办"
    EXTENSION_ASKED = "extension_asked", "申请延期"
    EXTENSION_GRANTED = "extension_granted", "同意延期"
    EXTENSION_DECLINED = "extension_declined", "不同意延期"
    CLAIMED = "claimed", "认领"
    RELEASED = "released", "退回待认领"
    ASSIGNED = "assigned", "转派同事"
    TRANSFERRED = "transferred", "转派商户"
    MERGED = "merged", "合并重复"
    RATED = "rated", "消费者评价"
    ARCHIVED = "archived", "归档"


@dataclass(frozen=True)
class Transition:
    """One row of the table: who may lead a ticket from where to where, and what the record of it is called."""

    verb: str
    label: str
    sources: frozenset[Status]
    target: Status
    roles: frozenset[Role]
    event: EventKind


TURN = frozenset({Status.WAITING_MERCHANT})

TRANSITIONS: dict[str, Transition] = {
    row.verb: row
    for row in [
        Transition(
            "submit", "提交工单", frozenset({Status.WAITING_MERCHANT}), Status.WAITING_REVIEW, MERCHANT_ROLES,
            EventKind.SUBMITTED,
        ),
        Transition(
            "approve", "审核通过", frozenset({Status.WAITING_REVIEW}), Status.COMPLETED, SERVICE_ROLES,
            EventKind.APPROVED,
        ),
        Transition(
            "return", "退回商家", frozenset({Status.WAITING_REVIEW}), Status.WAITING_MERCHANT, SERVICE_ROLES,
            EventKind.RETURNED,
        ),
        Transition(
            "reopen", "重新打开", frozenset({Status.COMPLETED}), Status.WAITING_MERCHANT, SERVICE_ROLES,
            EventKind.REOPENED,
        ),
        Transition("hold", "挂起", TURN, Status.ON_HOLD, SERVICE_ROLES, EventKind.HELD),
        Transition(
            "resume", "恢复", frozenset({Status.ON_HOLD}), Status.WAITING_MERCHANT, SERVICE_ROLES, EventKind.RESUMED
        ),
        # These leave the ticket where it is.
        Transition("remind", "催办", TURN, Status.WAITING_MERCHANT, SERVICE_ROLES, EventKind.REMINDED),
        Transition(
            "extend", "申请延期", TURN, Status.WAITING_MERCHANT, MERCHANT_ROLES, EventKind.EXTENSION_ASKED
        ),
        Transition("grant", "同意延期", TURN, Status.WAITING_MERCHANT, SERVICE_ROLES, EventKind.EXTENSION_GRANTED),
        Transition(
            "decline", "不同意延期", TURN, Status.WAITING_MERCHANT, SERVICE_ROLES, EventKind.EXTENSION_DECLINED
        ),
        Transition("claim", "认领", TURN, Status.WAITING_MERCHANT, MERCHANT_ROLES, EventKind.CLAIMED),
        Transition("release", "退回待认领", TURN, Status.WAITING_MERCHANT, MERCHANT_ROLES, EventKind.RELEASED),
        Transition("assign", "转派同事", TURN, Status.WAITING_MERCHANT, WORKING_ROLES, EventKind.ASSIGNED),
        # These pass it on to somebody else altogether.
        Transition(
            "transfer", "转派商户", OPEN_STATUSES, Status.WAITING_MERCHANT, SERVICE_ROLES, EventKind.TRANSFERRED
        ),
        Transition("merge", "合并重复", OPEN_STATUSES, Status.CANCELLED, SERVICE_ROLES, EventKind.MERGED),
        Transition(
            "rate", "记录消费者评价", frozenset({Status.COMPLETED}), Status.COMPLETED, SERVICE_ROLES, EventKind.RATED
        ),
        Transition("cancel", "撤销工单", OPEN_STATUSES, Status.CANCELLED, SERVICE_ROLES, EventKind.CANCELLED),
    ]
}  # fmt: skip

OPENERS = SERVICE_ROLES


class Refused(Exception):
    """A verb that may not be done; the message is the sentence for the person, and nothing was changed."""


class AlreadyHandled(Refused):
    """The ticket is not where the person believed it to be: somebody was quicker, or the page was old."""

    SENTENCE = "该工单已处理，请刷新后查看"

    def __init__(self, sentence: str = SENTENCE):
        super().__init__(sentence)


class Archived(Refused):
    """The ticket was put away (归档)."""

    SENTENCE = "该工单已归档，不能再修改"

    def __init__(self):
        super().__init__(self.SENTENCE)


def verbs_for(user, status: str) -> list[Transition]:
    """The transitions that this person may start from this state, in the order of the table."""
    return [row for row in TRANSITIONS.values() if status in row.sources and user.role in row.roles]
