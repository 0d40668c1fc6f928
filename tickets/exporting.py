"""Tables to take away: CSV that a spreadsheet opens as it is, row by row, and that cannot run as a formula."""

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from urllib.parse import quote

from .timeliness import moment_words

# A spreadsheet takes a cell that begins with one of these for a formula, the full-width forms included, and so do
# some after blanks that do not show.
STARTERS = frozenset("=+-@\t\r\n＝＋－＠")
HIDDEN = " \u00a0\u3000\u200b\u200c\u200d\u2060\ufeff\x00\x0b\x0c"
BOM = "\ufeff"
# What no file of a table can hold: control characters, halves of characters, and what is no character at all.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# So many rows leave at once: a write for each would cost more than the row.
TOGETHER = 100


def safe(value: object) -> object:
    """The value as a cell: a text that could be read as a formula gets an apostrophe in front, numbers stay."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return moment_words(value)
    if not isinstance(value, str):
        return value
    value = clean(value)
    first = value.lstrip(HIDDEN)[:1]
    return f"'{value}" if first in STARTERS and first else value


def clean(text: str) -> str:
    """The text without what a file cannot hold."""
    return UNWRITABLE.sub("", text)


class _Line:
    """A file that gives back what is written."""

    def write(self, text: str) -> str:
        return text


def csv_lines(heading: list[str], rows: Iterable[list]) -> Iterator[str]:
    """The text of the file in pieces; holds no more than a hundred rows."""
    writer, piece = csv.writer(_Line()), [BOM]
    piece.append(writer.writerow([safe(cell) for cell in heading]))
    for row in rows:
        piece.append(writer.writerow([safe(cell) for cell in row]))
        if len(piece) >= TOGETHER:
            yield "".join(piece)
            piece = []
    yield "".join(piece)


def as_download(response, name: str):
    """The answer as a file to keep, not a page: under ``name``, whose ending says the kind."""
    ending = name.rpartition(".")[2]
    response["Content-Disposition"] = (
        f"attachment; filename=\"export.{ending}\"; filename*=UTF-8''{quote(name)}"
    )
    return response
