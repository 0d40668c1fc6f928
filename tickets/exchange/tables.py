"""Rows to a file, CSV or XLSX: written beside the shelf, and there only once it is whole."""

import shutil
from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from ..evidence import shelf
from ..exporting import csv_lines
from ..workbook import Book

FORMATS = {"csv": "CSV", "xlsx": "XLSX"}
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(slots=True)
class Written:
    """What became of it: rows, cells that were cut because Excel could not hold them, sheets."""

    rows: int = 0
    cut: int = 0
    sheets: int = 1


@contextmanager
def desk(key: UUID):
    """A place for half-finished files; nothing stays there. ``ValidationError`` when the disk is full."""
    with shelf.workplace(key) as place:
        parts = place.with_suffix(".parts")
        shutil.rmtree(parts, ignore_errors=True)
        parts.mkdir()
        try:
            yield parts
        finally:
            shutil.rmtree(parts, ignore_errors=True)


def write_table(
    target: Path, parts: Path, file_format: str, title: str, headings: list[str], rows: Iterable[list]
) -> Written:  # fmt: skip
    """The rows into the file ``target``; ``parts`` is a directory for what is written on the way."""
    written = Written()

    def counted():
        for row in rows:
            written.rows += 1
            yield row

    if file_format == "xlsx":
        with Book(target, parts, title, headings) as book:
            for row in counted():
                book.write(row)
        written.cut, written.sheets = book.cut, book.sheets
    else:
        with target.open("w", encoding="utf-8", newline="") as file:
            for piece in csv_lines(headings, counted()):
                file.write(piece)
    return written
