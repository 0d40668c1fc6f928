"""批量建单: a file, a look at what it would do, and tickets only after that is confirmed."""

import csv
import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from tests.evidence import files_below
from tests.exchange import brought_in, content, csv_rows, looked_through, seen_through, upload, xlsx_rows
from tests.factories import CategoryFactory, OrderFactory
from tests.importing import Files
from tests.pages import read, signed_in
from tickets.clock import database_now
from tickets.evidence import shelf
from tickets.exchange.refusals import write_refused
from tickets.models import Job, Notice, Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]

PAGE = "/imports/tickets/"
HEADING = ["订单号", "问题类型", "紧急程度", "问题描述"]
PROBLEM = "收到的连体衣开线，宝宝不能穿，消费者要求换货。"


@pytest.fixture(autouse=True)
def category(db):
    return CategoryFactory(name="商品质量")


def table(*rows: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([HEADING, *rows])
    return text.getvalue()


def good(order, problem: str = PROBLEM) -> list[str]:
    return [order.number, "商品质量", "紧急", problem]


def sheet(files: Files, *rows: list[str]) -> bytes:
    return files.sheet([HEADING, *rows]).read_bytes()


def look(person, text: str, encoding: str = "utf-8") -> Job:
    return looked_through(person, PAGE, text.encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_nothing_is_opened_before_it_is_confirmed_and_then_all_of_it(kefu, order_a, encoding):
    job = look(kefu, table(good(order_a)), encoding)
    assert (job.state, job.report["counts"]) == ("checked", {"新增": 1, "已存在": 0, "拒绝": 0})
    assert not Ticket.objects.exists()
    brought_in(kefu, job)
    ticket = Ticket.objects.get()
    assert (ticket.order, ticket.opened_by, ticket.urgency, ticket.problem) == (
        order_a,
        kefu,
        "urgent",
        PROBLEM,
    )
    assert job.report["counts"] == {"新增": 1, "已存在": 0, "拒绝": 0}
    assert "批量建单已完成（文件.csv）：新增 1" in Notice.objects.get(recipient=kefu, kind="job").text


def test_a_workbook_serves_as_well(kefu, order_a, files):
    job = looked_through(kefu, PAGE, sheet(files, good(order_a)), "建单.xlsx")
    brought_in(kefu, job)
    assert Ticket.objects.get().order == order_a


def test_the_page_shows_what_would_happen(kefu, order_a):
    job = look(
        kefu,
        table(good(order_a), good(order_a), ["没有", "商品质量", "", PROBLEM], [order_a.number, "x", "", ""]),
    )
    page = read(signed_in(kefu).get(f"/jobs/{job.pk}/"))
    assert "新增 1，已存在 1，拒绝 2" in page.text
    first, errors = page.all("table")
    assert [row.text for row in errors.one("tbody").all("tr")] == [
        "4 “订单号”不是订单号：须含数字，不能含空格、引号或斜线",
        "5 没有这个问题类型：「x」",
    ]
    assert [cell.text for cell in first.one("tbody").all("tr")[0].all("td")] == [
        order_a.number, "商品质量", "紧急", PROBLEM, "可以写入",
    ]  # fmt: skip
    assert page.one("button", class_="primary").text == "确认新建其余 1 张工单"


def test_the_consumer_is_masked_in_what_is_shown(kefu, order_a):
    job = look(kefu, table(good(order_a, f"{order_a.consignee}（13912345678）说连体衣开线了，请尽快处理。")))
    page = signed_in(kefu).get(f"/jobs/{job.pk}/").text
    assert order_a.consignee not in page
    assert "13912345678" not in page


def test_the_same_file_confirmed_twice_opens_nothing_twice(kefu, order_a):
    text = table(good(order_a))
    brought_in(kefu, look(kefu, text))
    again = look(kefu, text)
    page = signed_in(kefu).get(f"/jobs/{again.pk}/").text
    assert "同一个文件已由 王客服 于" in page
    assert "没有需要写入的内容" in page
    brought_in(kefu, again)
    assert again.report["counts"] == {"新增": 0, "已存在": 1, "拒绝": 0}
    assert Ticket.objects.count() == 1


def test_the_button_pressed_twice_is_one_act(kefu, order_a):
    job = look(kefu, table(good(order_a)))
    visitor = signed_in(kefu)
    assert [visitor.post(f"/jobs/{job.pk}/confirm/").status_code for _ in range(2)] == [302, 302]
    seen_through(job)
    assert Ticket.objects.count() == 1
    assert visitor.post(f"/jobs/{job.pk}/confirm/").status_code == 302
    assert Job.take(database_now()) is None


def test_the_refused_lines_come_back_as_they_were_and_can_be_mended(kefu, order_a):
    job = look(
        kefu,
        table(
            good(order_a),
            ["XX-1", "商品质量", "一般", PROBLEM],
            [order_a.number, "商品质量", "=1+1", PROBLEM],
        ),
    )
    answer = signed_in(kefu).get(f"/jobs/{job.pk}/errors/")
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "private, no-store")
    text = content(answer).decode()
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert rows[0] == ["错误", *HEADING]
    assert rows[1] == ["第 3 行：没有这个订单，请先导入订单", "XX-1", "商品质量", "一般", PROBLEM]
    assert rows[2][0].startswith("第 4 行：")
    assert rows[2][3] == "'=1+1"
    OrderFactory(number="XX-1")
    mended = looked_through(kefu, PAGE, text.encode())
    assert mended.report["counts"]["新增"] == 1
    assert mended.report["notes"] == []


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("天气", "没有这个问题类型：「天气」"),
        ("包装破损", "没有这个问题类型：「包装破损」"),
        ("质量", "没有这个问题类型：「质量」"),
        ("张三丰", "没有这个问题类型：「张*」"),
        ("诸葛晓岚", "没有这个问题类型：「诸*」"),
        ("13912345678", "没有这个问题类型：「139****5678」"),
    ],
)
def test_of_an_unknown_category_the_word_is_told_but_no_name_and_no_number(kefu, order_a, word, told):
    job = look(kefu, table([order_a.number, word, "", PROBLEM]))
    page = read(signed_in(kefu).get(f"/jobs/{job.pk}/"))
    assert [row.text for row in page.all("table")[-1].one("tbody").all("tr")] == [f"2 {told}"]
    rows = csv_rows(signed_in(kefu).get(f"/jobs/{job.pk}/errors/"))
    assert [row["错误"] for row in rows] == [f"第 2 行：{told}"]


def test_the_refused_lines_of_a_workbook_come_back_as_one(kefu, files):
    long = "6222021234567890128"
    job = looked_through(kefu, PAGE, sheet(files, [long, "商品质量", "", PROBLEM]), "建单.xlsx")
    [row] = xlsx_rows(content(signed_in(kefu).get(f"/jobs/{job.pk}/errors/")))
    assert (row["订单号"], row["错误"]) == (long, "第 2 行：没有这个订单，请先导入订单")


def test_while_the_refused_lines_are_written_the_job_says_that_it_lives(tmp_path):
    source, heard = tmp_path / "a.csv", []
    source.write_text(table(*[["XX-1", "商品质量", "", PROBLEM]] * 250))
    reasons = dict.fromkeys(range(2, 252), "没有这个订单")
    write_refused(source, reasons, tmp_path / "b.csv", tmp_path, lambda: heard.append(1))
    assert len(heard) == 2


def test_lines_that_cannot_be_read_are_refused_one_by_one(kefu, order_a):
    text = (
        table(good(order_a))
        + f'{order_a.number},商品质量,一般,"没有关的引号\n'
        + f"{order_a.number},商品质量,一般,a\x00b\n"
    )
    job = look(kefu, text)
    assert (job.state, job.report["counts"]["拒绝"]) == ("checked", 2)
    assert signed_in(kefu).get(f"/jobs/{job.pk}/errors/").status_code == 200


def test_an_upload_is_its_persons_alone(kefu, zhuguan, order_a):
    job = look(kefu, table(good(order_a), ["x"]))
    visitor = signed_in(zhuguan)
    assert visitor.get(f"/jobs/{job.pk}/").status_code == 404
    assert visitor.get(f"/jobs/{job.pk}/errors/").status_code == 404
    assert visitor.post(f"/jobs/{job.pk}/confirm/").status_code == 404


def test_what_nobody_confirms_in_time_cannot_be_confirmed_and_goes(kefu, order_a):
    job = look(kefu, table(good(order_a)))
    Job.objects.filter(pk=job.pk).update(expires_at=database_now() - timedelta(seconds=1))
    visitor = signed_in(kefu)
    assert "超过3天没有确认，请重新上传" in visitor.get(f"/jobs/{job.pk}/").text
    assert visitor.post(f"/jobs/{job.pk}/confirm/").status_code == 409


def test_the_upload_goes_once_it_is_brought_in(kefu, order_a):
    brought_in(kefu, look(kefu, table(good(order_a))))
    assert files_below(shelf.root()) == []


def test_a_cancelled_one_opens_nothing(kefu, order_a):
    job = look(kefu, table(good(order_a)))
    visitor = signed_in(kefu)
    visitor.post(f"/jobs/{job.pk}/cancel/")
    assert visitor.post(f"/jobs/{job.pk}/confirm/").status_code == 409
    assert not Ticket.objects.exists()


def test_one_that_was_interrupted_says_that_what_was_there_may_be_its_own(kefu, order_a):
    job = look(kefu, table(good(order_a)))
    signed_in(kefu).post(f"/jobs/{job.pk}/confirm/")
    Job.take(database_now())
    Job.objects.update(next_attempt_at=database_now() - timedelta(seconds=1))
    seen_through(job)
    assert "中途曾中断并自动重新运行" in signed_in(kefu).get(f"/jobs/{job.pk}/").text


def test_the_same_form_sent_twice_is_one_upload(kefu, order_a):
    visitor = signed_in(kefu)
    key = read(visitor.get(PAGE)).one("input", name="form_key")["value"]
    answers = [upload(kefu, PAGE, table(good(order_a)).encode(), form_key=key) for _ in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Job.objects.count() == 1


def test_without_a_file_the_page_asks_for_one(kefu):
    answer = signed_in(kefu).post(PAGE)
    assert answer.status_code == 422
    assert "请选择文件" in read(answer).errors()


def test_the_template_has_the_headings_and_no_row_to_import(kefu):
    visitor = signed_in(kefu)
    text = visitor.get(f"{PAGE}template/csv/").text
    assert text == "\ufeff" + ",".join(HEADING) + "\r\n"
    workbook = load_workbook(io.BytesIO(content(visitor.get(f"{PAGE}template/xlsx/"))))
    rows = list(workbook.active.iter_rows(values_only=True))
    assert (len(workbook.worksheets), [list(row) for row in rows]) == (1, [HEADING])
    assert visitor.get(f"{PAGE}template/pdf/").status_code == 404


def test_the_template_itself_brings_nothing_in(kefu):
    job = looked_through(kefu, PAGE, content(signed_in(kefu).get(f"{PAGE}template/xlsx/")), "模板.xlsx")
    assert job.report["counts"] == {"新增": 0, "已存在": 0, "拒绝": 0}
