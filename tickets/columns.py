"""The columns of the ticket list (列设置): which there are, which a person has chosen. Their order is fixed.

``list_cells.CELLS`` has one cell for each key. What a cell shows comes from the list's row;
a column that needs more of the database than the list reads anyway does not belong here.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """``sort``: the name by which the list can be ordered (``ordering.SORTS``), or ''."""

    key: str
    label: str
    sort: str = ""
    always: bool = False
    usual: bool = True


COLUMNS = [
    Column("number", "工单号", always=True),
    Column("order", "订单号"),
    Column("merchant", "商户"),
    Column("consumer", "消费者", usual=False),
    Column("category", "问题类型"),
    Column("problem", "问题描述", always=True),
    Column("urgency", "紧急程度"),
    Column("state", "工单状态"),
    Column("round", "处理轮次", usual=False),
    Column("holder", "处理人", usual=False),
    Column("clock", "剩余时间/已超时", sort="due"),
    Column("due", "截止时间", usual=False),
    Column("created", "创建时间", sort="created"),
    Column("handled", "最近处理时间", sort="handled"),
    Column("action", "操作", always=True),
]
USUAL = [column for column in COLUMNS if column.usual]
# What a person decides about.
FREE = [column for column in COLUMNS if not column.always]


def columns_of(user) -> list[Column]:
    """The columns of this person's list, in the order of the screen. Costs no statement."""
    chosen = user.list_columns
    if not isinstance(chosen, list) or not chosen:
        return USUAL
    return [column for column in COLUMNS if column.always or column.key in chosen]


def choose_columns(user, keys: list[str]) -> None:
    """Keep the person's choice; what cannot be hidden is there anyway, what is none of ours is left out."""
    chosen = [column for column in COLUMNS if column.always or column.key in keys]
    user.choose_columns([] if chosen == USUAL else [column.key for column in chosen])
