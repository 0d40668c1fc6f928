"""XLSX: texts stay texts, what Excel cannot hold is cut and said so, and memory stays flat."""

import io
import tracemalloc
import zipfile
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from tickets.workbook import CELL_UNITS, CUT, Book, units

pytestmark = pytest.mark.arithmetic


def written(tmp_path, rows, headings=("甲", "乙"), **options):
    """The workbook of these rows, and the Book that wrote it."""
    path = tmp_path / "book.xlsx"
    with Book(path, tmp_path, "工单", list(headings), **options) as book:
        for row in rows:
            book.write(row)
    return load_workbook(io.BytesIO(path.read_bytes())), book


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "+86", "-1", "@SUM(A1)", "\t=1", "＝1+1", " =1", "{=1}", "http://example.com/", "mailto:a@b.c", "0012",
        "6222021234567890128", "a\nb", " 前后 ", "<b>&", "😀",
    ],
)  # fmt: skip
def test_a_text_stays_that_text_and_is_no_formula(tmp_path, text):
    workbook, _ = written(tmp_path, [[text, "乙"]])
    cell = workbook.active["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_numbers_moments_and_nothing(tmp_path):
    moment = datetime(2026, 11, 23, 6, 5, tzinfo=UTC)
    workbook, _ = written(tmp_path, [[3, moment], [Decimal("12.50"), None]])
    assert [[cell.value for cell in row] for row in workbook.active.iter_rows(min_row=2)] == [
        [3, datetime(2026, 11, 23, 14, 5)],  # noqa: DTZ001 (Excel knows no zones: it is Shanghai's wall)
        [12.5, None],
    ]


def test_a_number_that_excel_would_spoil_is_a_text(tmp_path):
    workbook, _ = written(tmp_path, [[12345678901234567, ""]])
    assert workbook.active["A2"].value == "12345678901234567"


@pytest.mark.parametrize("bad", ["\x00", "\x01", "\x0b", "\x1f", "\x7f", "\ud800", "\ufffe", "\uffff"])
def test_what_xml_cannot_hold_is_left_out(tmp_path, bad):
    workbook, _ = written(tmp_path, [[f"前{bad}后", ""]])
    assert workbook.active["A2"].value == "前后"


def test_a_text_as_long_as_a_cell_stays_whole(tmp_path):
    workbook, book = written(tmp_path, [["字" * CELL_UNITS, ""]])
    assert (len(workbook.active["A2"].value), book.cut) == (CELL_UNITS, 0)


@pytest.mark.parametrize(
    "text", ["字" * (CELL_UNITS + 1), "😀" * (CELL_UNITS // 2 + 1), "a" + "😀" * CELL_UNITS]
)
def test_a_longer_one_is_cut_between_characters_says_so_and_is_counted(tmp_path, text):
    workbook, book = written(tmp_path, [[text, "短"]])
    value = workbook.active["A2"].value
    assert value.endswith(CUT)
    assert units(value) in (CELL_UNITS, CELL_UNITS - 1)
    assert text.startswith(value.removesuffix(CUT))
    assert book.cut == 1


def test_a_full_sheet_is_followed_by_another_with_the_same_headings(tmp_path):
    workbook, book = written(tmp_path, [[str(number), ""] for number in range(5)], rows_of_a_sheet=3)
    assert workbook.sheetnames == ["工单", "工单 2", "工单 3"]
    assert [[row[0] for row in sheet.iter_rows(values_only=True)] for sheet in workbook.worksheets] == [
        ["甲", "0", "1"],
        ["甲", "2", "3"],
        ["甲", "4"],
    ]
    assert book.sheets == 3


def test_nothing_temporary_is_left(tmp_path):
    written(tmp_path, [["1", "2"]])
    assert [file.name for file in tmp_path.iterdir()] == ["book.xlsx"]


def test_it_is_a_package_without_macros_and_links(tmp_path):
    written(tmp_path, [["=1", "2"]])
    names = zipfile.ZipFile(tmp_path / "book.xlsx").namelist()
    assert not [name for name in names if "vba" in name or "external" in name]


def test_twenty_thousand_rows_need_no_more_memory_than_a_thousand(tmp_path):
    def peak(how_many: int) -> int:
        tracemalloc.start()
        written_to = tmp_path / "book.xlsx"
        with Book(written_to, tmp_path, "工单", ["甲"]) as book:
            for number in range(how_many):
                book.write([f"{number} 一行文字" * 10])
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(20_000) < 2 * peak(1_000)
