"""Tables to take away as XLSX: row by row to the disk, every text a text and never a formula.

XlsxWriter in its constant memory keeps one row; the sheet grows in a temporary file and is packed at the end.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from django.utils import timezone
from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError

from .exporting import clean

# What Excel can hold: characters of a cell, counted as UTF-16 does, and rows of a sheet.
CELL_UNITS = 32_767
SHEET_ROWS = 1_048_576
CUT = "……（超出Excel单元格上限，后面的内容已截断）"
# Excel loses the digits of a number behind the fifteenth.
LARGEST_NUMBER = 10**15
UNFIT_FOR_A_TITLE = re.compile(r"[\[\]:*?/\\']")
NARROW, WIDE = 18, 50


class Book:
    """A workbook being written. ``with Book(path, parts, "工单", headings) as book: book.write(cells)``

    ``parts`` is an existing directory for temporary files. ``cut`` counts the cells that were too long for Excel.
    Raises ``OSError`` when the disk does not take it.
    """

    def __init__(
        self, path: Path, parts: Path, title: str, headings: list[str], rows_of_a_sheet: int = SHEET_ROWS
    ):
        self.cut = 0
        self.sheets = 0
        self._title = UNFIT_FOR_A_TITLE.sub(" ", title)[:25] or "Sheet"
        self._headings, self._most = headings, rows_of_a_sheet
        # Nothing in a text makes it a link, a number or a formula.
        options = {
            "constant_memory": True, "tmpdir": str(parts), "strings_to_urls": False, "strings_to_formulas": False,
            "strings_to_numbers": False,
        }  # fmt: skip
        self._workbook = Workbook(str(path), options)
        self._workbook.use_zip64()
        self._moment = self._workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self._bold = self._workbook.add_format({"bold": True})
        self._begin_sheet()

    def __enter__(self) -> "Book":
        return self

    def __exit__(self, kind, *exception) -> None:
        if kind is None:
            self.close()

    def write(self, cells: Iterable[object]) -> None:
        """One row more; a full sheet is followed by another with the same headings."""
        if self._row == self._most:
            self._begin_sheet()
        for place, value in enumerate(cells):
            self._write(place, value)
        self._row += 1

    def close(self) -> None:
        try:
            self._workbook.close()
        except FileCreateError as error:
            raise next((each for each in error.args if isinstance(each, OSError)), error) from error

    def _begin_sheet(self) -> None:
        self.sheets += 1
        number = f" {self.sheets}" if self.sheets > 1 else ""
        self._sheet = self._workbook.add_worksheet(f"{self._title}{number}")
        self._sheet.freeze_panes(1, 0)
        for place, heading in enumerate(self._headings):
            is_long = heading in LONG_TEXTS
            self._sheet.set_column(place, place, WIDE if is_long else NARROW)
            self._sheet.write_string(0, place, self._fitting(heading), self._bold)
        self._row = 1

    def _write(self, place: int, value: object) -> None:
        if value is None or value == "":
            return
        if isinstance(value, datetime):
            self._sheet.write_datetime(
                self._row, place, timezone.localtime(value).replace(tzinfo=None), self._moment
            )
        elif isinstance(value, int | float | Decimal) and abs(value) < LARGEST_NUMBER:
            self._sheet.write_number(self._row, place, value)
        else:
            self._sheet.write_string(self._row, place, self._fitting(str(value)))

    def _fitting(self, text: str) -> str:
        """The text as a cell can hold it; what is cut off is said in the cell, and counted."""
        text = clean(text.replace("\r\n", "\n").replace("\r", "\n"))
        # No character takes more than two units.
        if len(text) * 2 <= CELL_UNITS or units(text) <= CELL_UNITS:
            return text
        self.cut += 1
        room = CELL_UNITS - units(CUT)
        return text.encode("utf-16-le")[: room * 2].decode("utf-16-le", errors="ignore") + CUT


# Columns that are given more room.
LONG_TEXTS = frozenset({"问题描述", "处理结果", "错误", "收货地址"})


def units(text: str) -> int:
    """How long Excel takes a text to be."""
    return len(text.encode("utf-16-le")) // 2
