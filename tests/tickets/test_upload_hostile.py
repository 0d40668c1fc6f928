"""Files that are not what they say they are, or want too much: a sentence for each, and nothing is read."""

import io
import zipfile

import pytest
from openpyxl import Workbook
from openpyxl.xml.constants import SHARED_STRINGS

from orders.importing import packages
from orders.importing.reading import Unusable
from tests.evidence import files_below
from tests.exchange import looked_through, upload
from tests.pages import read
from tickets import exchange
from tickets.evidence import receiving, shelf
from tickets.exchange import imports, uploads

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]

PAGE = "/imports/tickets/"
HEADING = ["订单号", "问题类型", "紧急程度", "问题描述"]


def workbook(rows=(HEADING,)) -> bytes:
    file, book = io.BytesIO(), Workbook()
    for row in rows:
        book.active.append(list(row))
    book.save(file)
    return file.getvalue()


def with_part(name: str, content: bytes, file: bytes | None = None) -> bytes:
    """The workbook with one of its parts replaced, or another added."""
    changed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(file or workbook())) as old,
        zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            if part.filename != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return changed.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def with_strings_at(name: str, content: bytes) -> bytes:
    """A workbook that declares a part under another name than the usual one to be its texts."""
    types = zipfile.ZipFile(io.BytesIO(workbook())).read("[Content_Types].xml").decode()
    declared = f'<Override PartName="/{name}" ContentType="{SHARED_STRINGS}" />'
    types = types.replace("</Types>", f"{declared}</Types>")
    return with_part("[Content_Types].xml", types.encode(), with_part(name, content))


ENTITY = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>'
)


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (with_part(SHEET, ENTITY), packages.UNSAFE),
        (with_part(SHEET, ENTITY.decode().encode("utf-16")), packages.UNSAFE),
        (with_part("xl/sharedStrings.xml", b"<!-- " + b"x" * 5_000_000 + b" -->" + ENTITY), packages.UNSAFE),
        (with_part("xl/sharedStrings.xml", b" " * (packages.MOST_TEXT_BYTES + 1)), packages.TOO_BIG),
        (with_strings_at("xl/texts.bin", ENTITY), packages.UNSAFE),
        (with_strings_at("xl/worksheets/x.xml", b" " * (packages.MOST_TEXT_BYTES + 1)), packages.TOO_BIG),
        (with_part(SHEET, b"<worksheet"), packages.DAMAGED),
        (workbook()[:-200], packages.DAMAGED),
        (b"PK\x03\x04" + b"nonsense" * 100, packages.DAMAGED),
    ],
    ids=[
        "entity",
        "entity in UTF-16",
        "entity behind a comment",
        "bomb",
        "entity by another name",
        "bomb that looks like a sheet",
        "half a part",
        "half a file",
        "no zip",
    ],
)
def test_a_workbook_that_is_none(kefu, file, sentence):
    job = looked_through(kefu, PAGE, file, "建单.xlsx")
    assert (job.state, job.sentence) == ("failed", sentence)


def test_a_workbook_of_too_much_is_refused_by_what_its_directory_tells(tmp_path, monkeypatch):
    monkeypatch.setattr(packages, "MOST_BYTES", 1_000)
    path = tmp_path / "big.xlsx"
    path.write_bytes(workbook())
    with pytest.raises(Unusable, match="解压后太大"):
        packages.inspect(path)


@pytest.mark.parametrize(
    "cell",
    [
        '<row r="9999999"><c r="A9999999" t="str"><v>x</v></c></row>',
        '<row r="1"><c r="ZZZ1" t="str"><v>x</v></c></row>',
    ],
)
def test_a_sheet_that_claims_more_than_excel_has(kefu, cell):
    sheet = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{cell}</sheetData></worksheet>'
    job = looked_through(kefu, PAGE, with_part(SHEET, sheet.encode()), "建单.xlsx")
    assert job.state == "failed"
    assert "上限" in job.sentence


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 100, "旧版 .xls"),
        (b"\xff\xd8\xff\xe0" + bytes(range(256)) * 20, "既不是 UTF-8 也不是 GB18030"),
        ("甲,乙\n1,2\n".encode(), "找不到“订单号”列"),
        ("订单\x00号x,问题类型\n".encode(), "找不到“订单号”列"),
        (b"\n\n\n", "文件是空的"),
        ((",".join(f"列{number}" for number in range(600)) + "\n").encode(), "最多 500 列"),
        (b'"' * 101, "表头"),
    ],
    ids=["xls", "a picture", "other columns", "NUL in the headings", "blank", "too many columns", "quotes"],
)
def test_a_text_that_is_no_table_of_tickets(kefu, file, sentence):
    job = looked_through(kefu, PAGE, file)
    assert job.state == "failed"
    assert sentence in job.sentence
    assert "\x00" not in job.sentence
    assert str(shelf.root()) not in job.sentence


@pytest.mark.parametrize("heading", ["备\x00注", "备\x07注"])
def test_a_heading_with_what_cannot_be_kept_is_told_without_it(kefu, heading):
    job = looked_through(kefu, PAGE, (",".join([*HEADING, heading]) + "\n1x,商品质量,,好,\n").encode())
    assert (job.state, job.report["notes"]) == ("checked", ["未使用的列（1）：备注"])


def test_a_file_without_headings_is_told_so_and_no_consumer_is_quoted(kefu):
    job = looked_through(kefu, PAGE, "QB10000001,陈小宝,13912345678,文三路1号\n".encode())
    assert job.state == "failed"
    assert job.sentence == "找不到“订单号”列：第一行像是数据。请在第一行写上表头"


def test_an_empty_file_is_a_sentence_at_the_field(kefu):
    assert "文件是空的：没有表头，也没有数据" in read(upload(kefu, PAGE, b"")).errors()


def test_more_rows_than_a_page_takes(kefu, monkeypatch):
    monkeypatch.setattr(imports, "MOST_ROWS", 3)
    job = looked_through(kefu, PAGE, (",".join(HEADING) + "\n" + "1,2,3,4\n" * 4).encode())
    assert (job.state, job.sentence) == ("failed", exchange.TOO_MANY_ROWS)


def test_a_file_that_is_too_big_is_a_sentence_and_is_not_kept(kefu, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_BYTES", 1_000)
    answer = upload(kefu, PAGE, b"x" * 1_001)
    assert answer.status_code == 422
    assert read(answer).errors() == [exchange.TOO_BIG]
    assert files_below(shelf.root()) == []


def test_a_table_may_be_bigger_than_a_picture(kefu):
    from tickets.evidence import MOST_BYTES

    rows = ("1,2,3,4" + "x" * 1_000 + "\n") * (MOST_BYTES // 1_000 + 200)
    job = looked_through(kefu, PAGE, (",".join(HEADING) + "\n" + rows).encode())
    assert (job.state, job.rows_done) == ("checked", MOST_BYTES // 1_000 + 200)


def test_a_stranger_may_not_send_more_than_a_picture(client, rf):
    handler = receiving.BoundedUploadHandler(rf.post(PAGE))

    class Match:
        @staticmethod
        def func():
            """A page that takes tables."""

    Match.func.most_upload_bytes = 10**9
    handler.request.resolver_match, handler.request.user = (
        Match,
        type("Nobody", (), {"is_authenticated": False}),
    )
    assert handler._most_bytes() == receiving.MOST_BYTES
    handler.request.user.is_authenticated = True
    assert handler._most_bytes() == 10**9


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("C:\\a\\订单.csv", "订单.csv"),
        ("13912345678的订单.csv", "139****5678的订单.csv"),
        ("\u202e\x00.csv", ".csv"),
        ("", "未命名"),
    ],
)
def test_what_somebody_called_it_is_only_a_word(name, kept):
    assert uploads.tidy_name(name) == kept


def test_a_very_long_name_keeps_its_ending():
    assert uploads.tidy_name("长" * 300 + ".xlsx").endswith("….xlsx")
    assert len(uploads.tidy_name("长" * 300 + ".xlsx")) <= uploads.LONGEST_NAME
