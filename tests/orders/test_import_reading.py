"""Files as they come: encodings, delimiters, quoting, workbooks."""

import zipfile
from datetime import date, datetime

import pytest

from orders.importing.reading import Unusable, open_table
from orders.models import Order
from tests.importing import run

CONTENT = "订单号,收货地址\nA1,浙江省杭州市\n"


def read(path) -> tuple[list[str], list[tuple]]:
    with open_table(str(path)) as table:
        return table.headings, [(record.line, record.fault or record.cells) for record in table]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_the_encoding_is_found(files, encoding):
    assert read(files.text(CONTENT, encoding)) == (["订单号", "收货地址"], [(2, ["A1", "浙江省杭州市"])])


def test_a_rare_character_of_gb18030_is_read(files):
    assert read(files.text("订单号,收货人\nA1,𠮷㐂\n", "gb18030"))[1] == [(2, ["A1", "𠮷㐂"])]


@pytest.mark.parametrize("encoding", ["utf-16", "big5"])
def test_another_encoding_is_refused(files, encoding):
    content = "訂單號,收貨地址\nA1,臺灣省臺北市羅斯福路\n"
    with pytest.raises(Unusable, match="既不是 UTF-8 也不是 GB18030"):
        read(files.bytes(content.encode(encoding) + b"\xff"))


@pytest.mark.parametrize("damage", [b"\xe6\xb5", b"\xff"])
def test_a_damaged_utf8_file_is_not_taken_for_gb18030(files, damage):
    content = CONTENT.encode() * 20 + damage
    with pytest.raises(Unusable, match="有损坏的字符"):
        read(files.bytes(content))


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_the_delimiter_is_found(files, delimiter):
    content = f'订单号{delimiter}"收货,地;址"\nA1{delimiter}浙江\n'
    assert read(files.text(content)) == (["订单号", "收货,地;址"], [(2, ["A1", "浙江"])])


def test_lines_are_physical_and_blank_rows_are_left_out(files):
    content = '\r\n订单号,留言\r\nA1,"一\r\n二"\r\n,\r\n\r\nA2,三\r\n'
    assert read(files.text(content))[1] == [(3, ["A1", "一\r\n二"]), (7, ["A2", "三"])]


@pytest.mark.parametrize("bad", ['A2,"没有结束', 'A2,"结束"以后'])
def test_a_broken_quote_costs_its_own_line_only(files, bad):
    rows = "".join(f'B{n},"好"\n' for n in range(5))
    _, records = read(files.text(f"订单号,留言\nA1,好\n{bad}\n{rows}"))

    assert records[0] == (2, ["A1", "好"])
    assert records[1] == (3, "引号不成对，或单元格过长")
    assert records[2:] == [(4 + n, [f"B{n}", "好"]) for n in range(5)]


def test_a_cell_without_end_is_refused_and_not_held(files):
    records = read(files.text("订单号,留言\nA1," + "长" * 200_000 + "\nA2,好\n"))[1]
    assert records == [(2, "引号不成对，或单元格过长"), (3, ["A2", "好"])]


def test_empty_cells_beyond_the_headings_do_no_harm(files):
    assert read(files.text("订单号,地址\nA1,浙江,, \n"))[1] == [(2, ["A1", "浙江"])]


def test_a_workbook_is_read_whatever_it_is_called(files):
    path = files.sheet([["订单号", "总金额"], ["A1", 37.5], [None, None], ["A2", None]])

    assert read(path.rename(path.with_suffix(".csv")))[1] == [(2, ["A1", "37.5"]), (4, ["A2", ""])]


def test_a_workbook_that_belies_its_extent_is_read_to_its_end(files, tmp_path):
    path = files.sheet([["订单号", "总金额"], ["A1", 1], ["A2", 2]])
    with zipfile.ZipFile(path) as right, zipfile.ZipFile(tmp_path / "wrong.xlsx", "w") as wrong:
        for name in right.namelist():
            wrong.writestr(name, right.read(name).replace(b'ref="A1:B3"', b'ref="A1"'))

    assert read(tmp_path / "wrong.xlsx")[1] == [(2, ["A1", "1"]), (3, ["A2", "2"])]


def test_cells_of_a_workbook_are_read_as_they_look(files):
    path = files.sheet(
        [
            ["整数", "小数", "时间", "日期", "长编号", "文本"],
            [
                12,
                12.0,
                datetime.fromisoformat("2020-02-21 08:05:09"),
                date(2020, 2, 21),
                123456789012345,
                "0012",
            ],
        ]
    )

    cells = read(path)[1][0][1]
    assert cells == ["12", "12", "2020-02-21 08:05:09", "2020-02-21 00:00:00", "123456789012345", "0012"]


def test_a_number_that_excel_cut_off_is_refused(files, merchant_a):
    done = run("import_orders", files.sheet([["订单号"], [1.2345678901234567e18]]), merchant="qinbei")

    assert done.refusals[0].startswith("第 2 行被拒绝：“订单号”已被 Excel 改成科学计数法")


def test_a_workbook_goes_in(files, merchant_a):
    path = files.sheet(
        [
            ["订单编号 ", "总金额(元)", "订单创建时间", "付款时间", "数量", "商品标题"],
            [1001, "¥1,234.50", datetime.fromisoformat("2020-02-21 08:00:00"), 43882.5, 2, "奶瓶"],
        ]
    )

    done = run("import_orders", path, merchant="qinbei")

    order = Order.objects.get()
    assert done.out == "新增 1，更新 0，未变 0，拒绝 0\n"
    assert (order.number, str(order.total_amount)) == ("1001", "1234.50")
    assert (order.ordered_at.isoformat(), order.paid_at.isoformat()) == (
        "2020-02-21T00:00:00+00:00",
        "2020-02-21T04:00:00+00:00",
    )


def test_only_the_first_sheet_is_read_and_that_is_said(files, merchant_a):
    done = run("import_orders", files.sheet([["订单号"], ["A1"]], [["订单号"], ["A2"]]), merchant="qinbei")

    assert "提示：文件有 2 张工作表，只导入第一张「Sheet」" in done.err
    assert Order.objects.get().number == "A1"


def test_a_zip_that_is_no_workbook_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.xlsx", "w") as archive:
        archive.writestr("orders.csv", CONTENT)
    with pytest.raises(Unusable, match="无法读取这个 Excel 文件"):
        read(tmp_path / "x.xlsx")


def test_a_workbook_cut_short_is_refused(files):
    path = files.sheet([["订单号"], *([f"A{n}"] for n in range(500))])
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(Unusable, match="无法读取这个 Excel 文件"):
        read(path)


def test_an_old_or_encrypted_workbook_is_refused(files):
    with pytest.raises(Unusable, match=r"旧版 \.xls 或加密的 Excel 文件"):
        read(files.bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100))


def test_half_a_character_is_refused(files, monkeypatch):
    monkeypatch.setattr(
        "orders.importing.sheet.as_text", lambda value: f"{value}\ud800" if value == "A1" else value
    )
    path = files.sheet([["订单号"], ["A1"], ["A2"]])

    assert read(path)[1] == [(2, "含有无法保存的字符，文件可能已损坏"), (3, ["A2"])]
