"""XLSX workbooks, read row by row."""

import warnings
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from openpyxl import load_workbook

from .packages import DAMAGED
from .reading import Record, Unusable

# Excel's own bounds. A file may claim more, and would keep the reader busy with rows that are not there.
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
BEYOND = "工作表超出 Excel 的行数或列数上限，文件可能已损坏"


class Sheet:
    """The first visible sheet of a workbook; formulas count as the value that Excel last calculated."""

    unit = "行"

    def __init__(self, path: str):
        self._file = Path(path).open("rb")  # noqa: SIM115 (closed by ``close``)
        try:
            # What the library warns of (styles it does not know) says nothing about the values.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._workbook = load_workbook(self._file, read_only=True, data_only=True)
            visible = [sheet for sheet in self._workbook.worksheets if sheet.sheet_state == "visible"]
            sheet = visible[0]
            self.size = sheet.max_row
            # Some programs write a wrong extent; without one every row is read.
            sheet.reset_dimensions()
        except Exception as error:
            # A damaged workbook fails in a dozen ways: zip, XML, missing parts, values of the wrong kind.
            self._file.close()
            raise Unusable(DAMAGED) from error
        self._sheet = sheet
        self.position = 0
        self.notes = [f"文件有 {len(visible)} 张工作表，只导入第一张「{sheet.title}」"] if visible[1:] else []

    def close(self) -> None:
        self._workbook.close()
        self._file.close()

    def records(self) -> Iterator[Record]:
        width = 0
        rows = enumerate(self._rows(), start=1)
        for self.position, values in rows:
            if self.position > MOST_ROWS or len(values) > MOST_COLUMNS:
                raise Unusable(BEYOND)
            cells = [as_text(value) for value in values]
            # Trailing empty cells are not written in XLSX: a short row has empty cells, not missing ones.
            width = max(width, len(cells))
            cells += [""] * (width - len(cells))
            yield Record(self.position, cells)

    def _rows(self) -> Iterator[tuple]:
        try:
            yield from self._sheet.iter_rows(values_only=True)
        except Exception as error:
            raise Unusable(DAMAGED) from error


def as_text(value) -> str:
    """A cell's value as a CSV file would say it; a number that Excel keeps inexactly keeps its exponent or ``.0``."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
