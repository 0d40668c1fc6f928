"""导出: made while the person waits when it is small, by a job when it is not, or sent row by row; always recorded."""

import tempfile
from array import array
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

from django.db import transaction
from django.http import QueryDict, StreamingHttpResponse
from django.utils import timezone

from ..clock import database_now
from ..evidence import shelf
from ..exporting import as_download, csv_lines
from ..models import ExportRecord, Job
from ..models.job import FILE_KEPT
from . import ROOM
from .columns import Column
from .lists import LISTS, Listed
from .tables import FORMATS, TYPES, Written, desk, write_table


def file_name(listed: Listed, file_format: str) -> str:
    """工单-20261125-1405.xlsx"""
    return f"{listed.noun}-{timezone.localtime(listed.now):%Y%m%d-%H%M}.{file_format}"


def export_now(
    listed: Listed, keys: array, columns: list[Column], file_format: str, from_address: str
) -> BinaryIO:
    """A few rows as an open file without a name. It is whole before the first of it is sent, and recorded.

    Raises ``ValidationError`` when the disk is full.
    """
    with shelf.room_on_disk(), tempfile.TemporaryDirectory(prefix="export-") as parts:
        target = Path(parts, f"table.{file_format}")
        written = _write(listed, keys, columns, file_format, target, Path(parts), lambda rows: None)
        file = target.open("rb")
    _note(listed, columns, file_format, written.rows, from_address)
    return file


def run(job: Job, beat: Callable[..., None]) -> None:
    """The job of an export, from the keys to the file on the shelf, its record and its notice."""
    asked = job.asked
    listed = LISTS[job.kind](QueryDict(asked["query"]), job.by, database_now())
    columns, file_format = listed.chosen(asked["columns"]), asked["format"]
    keys = listed.keys()
    beat(0, len(keys))
    name = f"{ROOM}/{timezone.localtime(listed.now):%Y/%m/%d}/{job.key}-{job.attempts}.{file_format}"
    with desk(job.key) as parts:
        target = parts / f"table.{file_format}"
        written = _write(listed, keys, columns, file_format, target, parts, beat)
        size = target.stat().st_size
        beat(written.rows, len(keys))
        shelf.put({name: target})
    report = {
        "name": file_name(listed, file_format), "cut": written.cut, "sheets": written.sheets,
        "gone": len(keys) - written.rows, "as_of": listed.now.isoformat(),
    }  # fmt: skip
    told = f"导出{listed.noun}已完成：{written.rows:,} 行（{FORMATS[file_format]}），请在{FILE_KEPT.days}天内下载。"
    with transaction.atomic():
        ended = job.finish(rows=written.rows, report=report, told=told, result_name=name, result_bytes=size)
        if ended:
            _note(listed, columns, file_format, written.rows, asked.get("address", ""))
    if not ended:
        shelf.remove(name)


def _note(listed: Listed, columns: list[Column], file_format: str, rows: int, from_address: str) -> None:
    ExportRecord.note(
        by_user=listed.user, what=listed.noun, conditions="；".join(listed.conditions),
        columns=[column.heading for column in columns], file_format=FORMATS[file_format], rows=rows,
        from_address=from_address,
    )  # fmt: skip


def send_csv(
    name: str, headings: list[str], rows: Iterable[list], *, count: int, by_user, what: str, conditions: list[str],
    from_address: str,
) -> StreamingHttpResponse:  # fmt: skip
    """The download ``name``.csv of ``count`` rows, sent while it is made.

    It is on record before the first row leaves: whoever breaks it off has taken rows away, too. ``conditions`` as in
    ``ExportRecord.note``.
    """
    ExportRecord.note(
        by_user=by_user, what=what, conditions="；".join(conditions), columns=headings, file_format=FORMATS["csv"],
        rows=count, from_address=from_address,
    )  # fmt: skip
    response = StreamingHttpResponse(csv_lines(headings, rows), content_type=TYPES["csv"])
    return as_download(response, f"{name}.csv")


def _write(listed, keys, columns, file_format, target, parts, beat: Callable[[int], None]) -> Written:
    def followed():
        for place, row in enumerate(listed.rows(keys, columns), start=1):
            yield row
            if place % 500 == 0:
                beat(place)

    headings = [column.heading for column in columns]
    return write_table(target, parts, file_format, listed.noun, headings, followed())
