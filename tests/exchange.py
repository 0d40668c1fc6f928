"""Exports and imports for tests: asked for on the pages, seen through by the worker in this process."""

import csv
import io

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from tests.pages import signed_in
from tickets.exchange.working import work_once
from tickets.models import Job


def content(response) -> bytes:
    return b"".join(response.streaming_content)


def csv_rows(response) -> list[dict[str, str]]:
    """The rows of a CSV by heading; it begins with a BOM."""
    text = content(response).decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def xlsx_rows(file: bytes, sheet: int = 0) -> list[dict]:
    """The rows of a workbook's sheet by heading."""
    first, *rows = load_workbook(io.BytesIO(file)).worksheets[sheet].iter_rows(values_only=True)
    return [dict(zip(first, row, strict=True)) for row in rows]


def upload(person, path: str, file: bytes, name: str = "文件.csv", **fields):
    """The file sent to a page."""
    return signed_in(person).post(path, {"file": SimpleUploadedFile(name, file), **fields})


def looked_through(person, path: str, file: bytes, name: str = "文件.csv", **fields) -> Job:
    """The file sent to a page, and its job once the worker has looked through it."""
    answer = upload(person, path, file, name, **fields)
    assert answer.status_code == 302, answer.text
    return seen_through(Job.objects.get(pk=answer["Location"].split("/")[2]))


def brought_in(person, job: Job) -> Job:
    """The job after its person has confirmed it and the worker has done it."""
    assert signed_in(person).post(f"/jobs/{job.pk}/confirm/").status_code == 302
    return seen_through(job)


def seen_through(job: Job) -> Job:
    assert work_once() == job
    job.refresh_from_db()
    return job
