"""How the ticket list can be sorted, and how that is told; the export follows the same order."""

from qinqin.paging import Ordering

SORTS = {"created": "created_at", "handled": "handled_at", "due": "due_at"}
LABELS = {"created": "创建时间", "handled": "最近处理时间", "due": "截止时间"}


def ordering_for(sort: str, tab: str) -> tuple[str, Ordering]:
    """What was asked for; else the most urgent first where somebody waits, the newest first in 全部."""
    if sort.removeprefix("-") not in SORTS:
        sort = "-created" if tab == "all" else "due"
    return sort, Ordering(SORTS[sort.removeprefix("-")], descending=sort.startswith("-"))
