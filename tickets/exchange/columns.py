"""What a row of an export can say, column by column; consumers masked as on the screen."""

from collections.abc import Callable
from dataclasses import dataclass, field

from merchants.access import MERCHANT_ROLES
from orders.masking import mask_address, mask_name, mask_phone
from orders.models import OrderStatus

from ..lifecycle import Outcome, Status, Urgency
from ..mentions import consumer_columns, mask_row
from ..timeliness import countdown

CONSUMER = tuple(consumer_columns("order__"))


@dataclass(frozen=True)
class Column:
    """``cell`` makes the value out of a row of ``values(*needs)``: a text, a number, an aware moment or ``None``.

    ``first``: whether it is chosen unless a person chooses.
    """

    key: str
    heading: str
    needs: tuple[str, ...]
    cell: Callable = field(repr=False)
    first: bool = True


def _plain(key: str, heading: str, name: str, *, first: bool = True) -> Column:
    return Column(key, heading, (name,), lambda row, now: row[name], first)


def _labelled(key: str, heading: str, name: str, labels: dict, *, first: bool = True) -> Column:
    return Column(key, heading, (name,), lambda row, now: labels.get(row[name], ""), first)


def _masked(key: str, heading: str, name: str, *, first: bool = True) -> Column:
    return Column(
        key,
        heading,
        (name, *CONSUMER),
        lambda row, now: mask_row(row[name], row, "order__") if row[name] else "",
        first,
    )


CLOCK = ("status", "warn_at", "due_at", "stopped_at", "critical_at")


def _countdown(row: dict, now) -> str:
    return countdown(
        row["status"], row["warn_at"], row["due_at"], row["stopped_at"], now, row["critical_at"]
    ).text


def _late(row: dict, now) -> str:
    is_late = row["was_late"] or (
        row["status"] == Status.WAITING_MERCHANT and row["is_open"] and row["due_at"] <= now
    )
    return "是" if is_late else "否"


TICKET_COLUMNS = [
    _plain("number", "工单号", "number"),
    _plain("order_number", "订单号", "order_number"),
    _plain("merchant", "商户", "merchant__name"),
    _plain("category", "问题类型", "category__name"),
    _masked("problem", "问题描述", "problem"),
    _labelled("urgency", "紧急程度", "urgency", dict(Urgency.choices)),
    _labelled("status", "工单状态", "status", dict(Status.choices)),
    _plain("round_no", "处理轮次", "round_no"),
    _plain("assignee", "处理人", "assignee__name"),
    Column("countdown", "剩余时间/已超时", CLOCK, _countdown),
    _plain("due_at", "截止时间", "due_at"),
    _plain("created_at", "创建时间", "created_at"),
    _plain("handled_at", "最近处理时间", "handled_at"),
    _plain("completed_at", "完结时间", "completed_at", first=False),
    Column("was_late", "是否超时", ("was_late", "status", "is_open", "due_at"), _late, first=False),
    _plain("opened_by", "创建人", "opened_by__name", first=False),
    _labelled("outcome", "处理情况", "result__outcome", dict(Outcome.choices), first=False),
    _masked("result", "处理结果", "result__text", first=False),
]
HIDDEN_FROM_MERCHANTS = frozenset({"merchant", "opened_by"})


def ticket_columns(user) -> list[Column]:
    """What this person may read of tickets."""
    if user.role in MERCHANT_ROLES:
        return [column for column in TICKET_COLUMNS if column.key not in HIDDEN_FROM_MERCHANTS]
    return TICKET_COLUMNS


ORDER_COLUMNS = [
    _plain("number", "订单号", "number"),
    _plain("merchant", "商户", "merchant__name"),
    _labelled("status", "订单状态", "status", dict(OrderStatus.choices)),
    _plain("total_amount", "订单总额", "total_amount", first=False),
    _plain("paid_amount", "实付金额", "paid_amount"),
    _plain("refund_amount", "退款金额", "refund_amount", first=False),
    _plain("ordered_at", "下单时间", "ordered_at"),
    _plain("paid_at", "付款时间", "paid_at", first=False),
    _plain("shipped_at", "发货时间", "shipped_at", first=False),
    Column("consignee", "收货人", ("consignee",), lambda row, now: mask_name(row["consignee"])),
    Column("phone", "收货电话", ("phone",), lambda row, now: mask_phone(row["phone"]), first=False),
    Column("address", "收货地址", ("address",), lambda row, now: mask_address(row["address"])),
]
