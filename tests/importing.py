"""Files to import, made by the test itself, and the import commands run on them."""

import io
import itertools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from openpyxl import Workbook


@dataclass(frozen=True)
class Import:
    """What an import command said and did. ``refusals`` are the lines of its report, without the rest."""

    status: int
    out: str
    err: str

    @property
    def refusals(self) -> list[str]:
        return [line for line in self.err.splitlines() if "行被拒绝：" in line]


def run(command: str, path: Path | str, **options) -> Import:
    """The command in this process; its exit status is what a shell would see."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(command, str(path), stdout=out, stderr=err, **options)
    except CommandError as error:
        return Import(error.returncode, out.getvalue(), f"{err.getvalue()}{error}\n")
    return Import(0, out.getvalue(), err.getvalue())


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL that runs meanwhile. (Django's own log is of no use here: the imports empty it, to keep memory flat.)"""
    seen = []

    def note(execute, sql, params, many, context):
        seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield seen


class Files:
    """Makes files in the test's own directory."""

    def __init__(self, directory: Path):
        self._paths = (directory / f"file-{number}" for number in itertools.count(1))

    def text(self, content: str, encoding: str = "utf-8") -> Path:
        return self.bytes(content.encode(encoding))

    def bytes(self, content: bytes) -> Path:
        path = next(self._paths).with_suffix(".csv")
        path.write_bytes(content)
        return path

    def sheet(self, *sheets: Iterable[Iterable]) -> Path:
        """A workbook; a sheet is its rows, a row its cells."""
        workbook = Workbook()
        workbook.remove(workbook.active)
        for rows in sheets:
            sheet = workbook.create_sheet()
            for row in rows:
                sheet.append(list(row))
        path = next(self._paths).with_suffix(".xlsx")
        workbook.save(path)
        return path


@pytest.fixture
def files(tmp_path) -> Files:
    return Files(tmp_path)
