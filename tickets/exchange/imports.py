"""批量建单 and 订单导入: a file looked through, and, once its person has confirmed it, brought in.

Both times the same code runs as in the commands (tickets/importing.py, orders/importing), the first time without
writing. What is in already is not brought in twice, so a job that was killed simply runs again.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from django.utils import timezone

from merchants.models import Merchant
from orders.importing.gathering import Rows
from orders.importing.headings import Columns
from orders.importing.orders import KINDS as ORDER_KINDS
from orders.importing.orders import OrderImport
from orders.importing.packages import inspect
from orders.importing.reading import Record, Table, Unusable, open_table
from orders.importing.vocabulary import ORDER_FIELDS
from orders.masking import mask_address, mask_name, mask_phone, mask_text
from orders.mentions import mask_about
from orders.models import Order

from ..evidence import shelf
from ..importing import KINDS as TICKET_KINDS
from ..importing import TICKET_FIELDS, TicketImport
from ..lifecycle import OPENERS, Refused
from ..models import Job, JobKind
from . import MOST_ROWS, ROOM, TOO_MANY_ROWS
from .refusals import Refusals, write_refused
from .tables import desk

# So many rows are shown before anything is brought in.
FIRST_ROWS = 10
MOST_COLUMNS = 500
# After looking through more rows than this its person has probably left the page.
WORTH_A_NOTICE = 5_000

GONE = "上传的文件已不在，请重新上传"
NO_MERCHANT = "文件没有“商户”列。请重新上传，并在“商户”里选择这些订单属于哪个商户"

# What is shown of an order's row, each as far as it may be shown.
SHOWN_OF_ORDERS = {
    "number": mask_text, "merchant": mask_text, "status": mask_text, "paid_amount": mask_text, "ordered_at": mask_text,
    "consignee": mask_name, "phone": mask_phone, "address": mask_address, "title": mask_text,
}  # fmt: skip
SHOWN_OF_TICKETS = dict.fromkeys((each.name for each in TICKET_FIELDS), mask_text)
LONGEST_SHOWN = 120


class Watched:
    """A table that is looked at while it is read: its rows counted and bounded, the first of them kept to be shown."""

    def __init__(self, table: Table, beat: Callable[[int], None]):
        if len(table.headings) > MOST_COLUMNS:
            raise Unusable(f"表头有 {len(table.headings)} 列，最多 {MOST_COLUMNS} 列")
        self.source, self.headings = table.source, table.headings
        self.rows = 0
        self.first: list[Record] = []
        self._table, self._beat = table, beat

    def __iter__(self) -> Iterator[Record]:
        for record in self._table:
            self.rows += 1
            if self.rows > MOST_ROWS:
                raise Unusable(TOO_MANY_ROWS)
            if len(self.first) < FIRST_ROWS:
                self.first.append(record)
            if self.rows % 100 == 0:
                self._beat(self.rows)
            yield record


def run(job: Job, beat: Callable[..., None]) -> None:
    """Look the file through, or bring it in; either way with a report, and the refused lines as a file."""
    source = shelf.path(job.source_name)
    if not job.source_name or not source.is_file():
        raise Unusable(GONE)
    if source.suffix == ".xlsx":
        inspect(source)
    beat(0, job.rows_total)
    report = Refusals(TICKET_KINDS if job.kind == JobKind.OPEN_TICKETS else ORDER_KINDS)
    with open_table(str(source)) as table:
        watched = Watched(table, beat)
        work = _open_tickets if job.kind == JobKind.OPEN_TICKETS else _import_orders
        shown, columns = work(job, watched, report, beat)
    kept = report.as_json() | {
        "first": None if job.is_confirmed else _first(job, watched.first, columns, shown, report.reasons),
        "interrupted": job.is_confirmed and job.attempts > 1,
    }
    errors_name = ""
    if report.reasons:
        errors_name = _give_back(job, source, report.reasons, lambda: beat(watched.rows))
    if job.is_confirmed:
        told = f"{job.get_kind_display()}已完成（{job.asked['name']}）：{report.sums()}。"
        ended = job.finish(rows=watched.rows, report=kept, told=told, errors_name=errors_name)
    else:
        ended = job.offer(
            rows=watched.rows, report=kept, errors_name=errors_name, tell=watched.rows > WORTH_A_NOTICE
        )
    shelf.remove(job.errors_name if ended else errors_name)
    if ended and job.is_confirmed:
        shelf.remove(job.source_name)


def _open_tickets(job: Job, watched: Watched, report: Refusals, beat) -> tuple[dict, Columns]:
    if job.by.role not in OPENERS:
        raise Refused("只有客服和主管可以新建工单")
    work = TicketImport(watched, report, by_user=job.by, write=job.is_confirmed)
    work.run(lambda: None)
    return SHOWN_OF_TICKETS, work.columns


def _import_orders(job: Job, watched: Watched, report: Refusals, beat) -> tuple[dict, Columns]:
    merchant = None
    if chosen := job.asked["merchant"]:
        merchant = Merchant.objects.filter(pk=chosen, is_active=True).first()
        if merchant is None:
            raise Unusable("选择的商户已停用，请重新上传")
    elif "merchant" not in Columns(watched.headings, ORDER_FIELDS):
        raise Unusable(NO_MERCHANT)
    work = OrderImport(watched, report, merchant=merchant, write=job.is_confirmed)
    with Rows() as rows:
        work.gather(rows, lambda: None)
        done = 0

        def on_rows(more: int) -> None:
            nonlocal done
            done += more
            beat(done)

        beat(0, watched.rows)
        work.bring_in(rows, on_rows)
    return SHOWN_OF_ORDERS, work.columns


def _first(job: Job, records: list[Record], columns: Columns, shown: dict, reasons: dict[int, str]) -> dict:
    """The first rows as the file was understood, with what is a consumer's own masked."""
    names = [name for name in shown if name in columns]
    told_by_line = {record.line: {} if record.fault else columns.read(record.cells) for record in records}
    # A problem may name the consumer of its order.
    numbers = {told.get("number", "") for told in told_by_line.values()} - {""}
    orders = Order.objects.for_user(job.by).select_related("customer").filter(number__in=numbers)
    order_of = {order.number: order for order in orders}
    rows = []
    for line, told in told_by_line.items():
        order = order_of.get(told.get("number", ""))
        if told.get("problem") and order:
            told["problem"] = mask_about(told["problem"], order)
        cells = [shown[name](told[name])[:LONGEST_SHOWN] if told.get(name) else "" for name in names]
        rows.append({"line": line, "cells": cells, "error": reasons.get(line, "")})
    return {"headings": [columns.labels[name] for name in names], "rows": rows}


def _give_back(job: Job, source: Path, reasons: dict[int, str], beat: Callable[[], None]) -> str:
    """The name on the shelf of the file with the refused lines."""
    now = timezone.localtime()
    stage = "done" if job.is_confirmed else "check"
    name = f"{ROOM}/{now:%Y/%m/%d}/{job.key}-{stage}-{job.attempts}-errors{source.suffix}"
    with desk(job.key) as parts:
        target = parts / f"errors{source.suffix}"
        write_refused(source, reasons, target, parts, beat)
        shelf.put({name: target})
    return name
