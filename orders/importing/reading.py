"""A file as records of text cells with the line each begins on, whatever the file is: CSV or XLSX."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

ZIP = b"PK\x03\x04"
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

# What leaves no ink at the edge of a cell: blanks of every width, controls, marks and zero-width characters. NUL is
# not among them: it is a sign of damage.
INVISIBLE = "".join(
    chr(code)
    for first, last in [
        (0x01, 0x20), (0x7F, 0xA0), (0xAD, 0xAD), (0x61C, 0x61C), (0x115F, 0x1160), (0x1680, 0x1680),
        (0x17B4, 0x17B5), (0x180E, 0x180E), (0x2000, 0x200F), (0x2028, 0x202F), (0x205F, 0x206F),
        (0x2800, 0x2800), (0x3000, 0x3000), (0x3164, 0x3164), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0),
    ]
    for code in range(first, last + 1)
)  # fmt: skip


class Unusable(Exception):
    """The file as a whole cannot be imported; the message is the sentence for the person."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row. ``line``: the physical line of a CSV file it begins on, or the row of the sheet, from 1.

    ``fault`` is the reason why the row cannot be used; its cells, if there are any, only serve to show it again.
    """

    line: int
    cells: list[str]
    fault: str = ""

    @property
    def is_blank(self) -> bool:
        return not self.fault and not any(cell.strip(INVISIBLE) for cell in self.cells)


class Source(Protocol):
    """An open file. ``size`` and ``position`` are in ``unit`` and serve a progress bar; ``size`` may be unknown."""

    unit: str
    size: int | None
    notes: list[str]

    @property
    def position(self) -> int: ...

    def records(self) -> Iterator[Record]: ...

    def close(self) -> None: ...


class Table:
    """The first row that is not blank is the headings; the records below it are what there is to import."""

    def __init__(self, source: Source):
        self.source = source
        self._records = (record for record in source.records() if not record.is_blank)
        first = next(self._records, None)
        if first is None:
            raise Unusable("文件是空的：没有表头，也没有数据")
        if first.fault:
            raise Unusable(f"表头（第 {first.line} 行）无法读取：{first.fault}")
        self.headings = first.cells

    def __iter__(self) -> Iterator[Record]:
        """The records below the headings, blank ones left out. A row with more cells than headings is at fault."""
        width = len(self.headings)
        for record in self._records:
            if record.fault:
                yield record
            elif any(cell.strip(INVISIBLE) for cell in record.cells[width:]):
                yield Record(
                    record.line, record.cells, f"有 {len(record.cells)} 个单元格，而表头只有 {width} 个"
                )
            elif any("\x00" in cell for cell in record.cells):
                yield Record(record.line, record.cells, "含有 NUL 字符，文件可能已损坏")
            elif not _is_text(record.cells):
                yield Record(record.line, record.cells, "含有无法保存的字符，文件可能已损坏")
            else:
                yield Record(record.line, record.cells[:width])

    def __enter__(self) -> "Table":
        return self

    def __exit__(self, *exception) -> None:
        self.source.close()


def open_table(path: str) -> Table:
    """The table in the file at ``path``: XLSX by its first bytes, else text. Raises ``Unusable`` with a sentence."""
    from .delimited import DelimitedText
    from .sheet import Sheet

    try:
        with Path(path).open("rb") as file:
            start = file.read(8)
    except OSError as error:
        raise Unusable(f"无法打开文件 {path}：{error.strerror or error}") from error
    if start.startswith(OLE2):
        raise Unusable("这是旧版 .xls 或加密的 Excel 文件，请另存为不加密的 .xlsx 或 .csv 后再导入")
    source = Sheet(path) if start.startswith(ZIP) else DelimitedText(path)
    try:
        return Table(source)
    except BaseException:
        source.close()
        raise


def _is_text(cells: list[str]) -> bool:
    """Whether the cells can be stored: an XLSX file may bring half characters (lone surrogates)."""
    try:
        "".join(cells).encode()
    except UnicodeEncodeError:
        return False
    return True
