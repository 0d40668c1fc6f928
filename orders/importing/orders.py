"""The import of orders, from an open table to the last chunk."""

from collections.abc import Callable, Iterator

from merchants.models import Merchant

from .cells import BadCell, order_number
from .gathering import Rows
from .headings import Columns
from .merchants import MerchantBook
from .merging import ToldOrder, merge
from .reading import Table, Unusable
from .report import Report
from .row import LABELS, Row, read_row
from .upserting import FOREIGN, upsert
from .vocabulary import ORDER_FIELDS

CHUNK = 1_000
CREATED, UPDATED, UNCHANGED = "新增", "更新", "未变"
KINDS = [CREATED, UPDATED, UNCHANGED]


def only_merchant(code: str) -> Merchant:
    """The merchant that the whole file belongs to. Raises ``Unusable`` when there is none, or it is inactive."""
    try:
        return MerchantBook().find(code)
    except BadCell as error:
        raise Unusable(f"--merchant：{error}") from error


class OrderImport:
    """One file. ``merchant``: whose orders they are, when the file does not say. With ``write`` false nothing is
    written, and the report says what would be."""

    def __init__(self, table: Table, report: Report, *, merchant: Merchant | None, write: bool):
        self.table, self.report, self.only, self.write = table, report, merchant, write
        self.merchants = MerchantBook()
        self.columns = Columns(table.headings, ORDER_FIELDS)
        self.columns.require("number")
        if merchant is None and "merchant" not in self.columns:
            raise Unusable("文件没有“商户”列，请用 --merchant 指明是哪个商户的订单")
        for note in [*table.source.notes, *self.columns.notes]:
            report.note(note)

    def gather(self, rows: Rows, on_read: Callable[[], None]) -> None:
        """Reads the whole file into ``rows``. ``on_read`` hears of every row."""
        for record in self.table:
            on_read()
            self._put(rows, record)

    def bring_in(self, rows: Rows, on_rows: Callable[[int], None]) -> None:
        """Writes chunk by chunk. ``on_rows`` hears how many rows each chunk was."""
        for chunk in self._chunks(rows):
            outcome = upsert(chunk, write=self.write)
            for line, reason in outcome.refused:
                self.report.refuse(line, reason)
            self.report.count(CREATED, outcome.created)
            self.report.count(UPDATED, outcome.updated)
            self.report.count(UNCHANGED, outcome.unchanged)
            on_rows(sum(len(order.lines) for order in chunk))

    def _put(self, rows: Rows, record) -> None:
        if record.fault:
            self.report.refuse(record.line, record.fault)
            return
        told = self.columns.read(record.cells)
        try:
            number = order_number(told.pop("number", ""))
        except BadCell as error:
            self.report.refuse(record.line, f"“{LABELS['number']}”{error}")
        else:
            rows.put(record.line, number, told)

    def _chunks(self, rows: Rows) -> Iterator[list[ToldOrder]]:
        chunk, size = [], 0
        for number, of_order in rows.orders():
            order = self._order(number, of_order)
            if order is None:
                continue
            chunk.append(order)
            size += len(of_order)
            if size >= CHUNK:
                yield chunk
                chunk, size = [], 0
        if chunk:
            yield chunk

    def _order(self, number: str, told: list[tuple[int, dict[str, str]]]) -> ToldOrder | None:
        """The order, of those of its rows that are right; ``None`` when none is."""
        merchant: Merchant | None = None
        rows: list[Row] = []
        for line, cells in told:
            try:
                row = read_row(line, cells)
                theirs = self._merchant(row, merchant)
                if merchant and theirs != merchant:
                    raise BadCell(FOREIGN)
            except BadCell as error:
                self.report.refuse(line, str(error))
                continue
            merchant = theirs
            rows.append(row)
            for name in row.unknown_words:
                self.report.notice(f"“{LABELS[name]}”中有不认识的词，按未知处理", line)
        if merchant is None:
            return None
        order = merge(number, merchant, rows)
        for name in order.contradictions:
            self.report.notice(f"同一订单的几行中“{LABELS[name]}”不一致，未采用", order.lines[0])
        return order

    def _merchant(self, row: Row, before: Merchant | None) -> Merchant:
        """Whose order the row is about; an empty cell means the merchant of the rows before it."""
        if not self.only:
            return before if before and not row.merchant else self.merchants.find(row.merchant)
        named = self.merchants.look_up(row.merchant)
        if named and named != self.only:
            raise BadCell(f"属于商户「{named.name}」，不是「{self.only.name}」")
        return self.only
