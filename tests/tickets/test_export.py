"""导出: exactly what the desk shows, all rows, masked, and no cell that could run as a formula."""

import csv
import io
import tracemalloc
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import TicketFactory, submitted_ticket, waiting_tickets
from tests.pages import read, signed_in, statements
from tickets.clock import database_now
from tickets.exporting import csv_lines, safe
from tickets.models import ExportRecord

HOUR = timedelta(hours=1)
EXPORT = "/tickets/overdue/export/"


def sheet(response) -> list[dict[str, str]]:
    """The rows of the download by heading."""
    text = b"".join(response.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


# ---- cells ----


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "+86", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠a", " =1", "　=1",
        "\u00a0=1", "\u200b=1", "\ufeff=1", " \t=1", "\tx", "\rx",
    ],
)  # fmt: skip
def test_what_could_run_gets_an_apostrophe(text):
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["", "收到", "1=1", "a@b", "2026-11-24 10:00", " 收到", "138****5678", "'=1"]
)
def test_other_texts_stay_as_they_are(text):
    assert safe(text) == text


def test_numbers_stay_numbers_and_nothing_is_an_empty_cell():
    assert (safe(-5), safe(0), safe(None)) == (-5, 0, "")


def test_quotes_line_breaks_and_commas_survive():
    text = "".join(csv_lines(["甲", "=乙"], [['他说"好"', "第一行\n第二行,"]]))
    assert list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))) == [
        ["甲", "'=乙"],
        ['他说"好"', "第一行\n第二行,"],
    ]


def test_twenty_thousand_rows_need_no_more_memory_than_a_thousand():
    def peak(how_many: int) -> int:
        tracemalloc.start()
        for _ in csv_lines(["甲"], (["一行文字" * 10] for _ in range(how_many))):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(20_000) < 2 * peak(1_000)


# ---- the download ----


@pytest.mark.django_db
def test_it_has_the_rows_and_columns_of_the_screen_and_what_was_said(zhuguan, order_a, dianyuan):
    ticket = TicketFactory(order=order_a, opened_ago=6.1 * HOUR, problem="=cmd 请打 13912345678")
    round_ = ticket.rounds.get()
    round_.acknowledge(by_user=zhuguan, note="+已催")
    round_.exempt(by_user=zhuguan, reason="快递公司系统故障")
    response = signed_in(zhuguan).get(EXPORT)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    today = timezone.localdate(database_now())
    assert response["Content-Disposition"].endswith(f"-{today}.csv")
    [row] = sheet(response)
    assert row["工单号"] == ticket.number
    assert row["问题描述"] == "'=cmd 请打 139****5678"
    assert (row["剩余时间/已超时"], row["超时分钟"]) == ("已超时2小时06分", "126")
    assert (row["确认人"], row["确认说明"]) == ("赵主管", "'+已催")
    assert (row["豁免人"], row["豁免原因"]) == ("赵主管", "快递公司系统故障")


@pytest.mark.django_db
def test_it_follows_the_filters_and_the_order_of_the_screen(zhuguan, order_a, order_b, merchant_a):
    mine = [
        submitted_ticket(order=order_a, opened_ago=40 * HOUR, after=hours * HOUR).number
        for hours in (5, 30, 9)
    ]
    submitted_ticket(order=order_b, opened_ago=40 * HOUR, after=7 * HOUR)
    TicketFactory(order=order_a, opened_ago=9 * HOUR)
    asked = {"show": "late", "merchant": merchant_a.pk, "sort": "worst"}
    visitor = signed_in(zhuguan)
    assert [row["工单号"] for row in sheet(visitor.get(EXPORT, asked))] == [mine[1], mine[2], mine[0]]
    page = read(visitor.get("/tickets/overdue/", asked))
    link = next(link for link in page.all("a") if link.text.startswith("导出 "))
    assert link.text == "导出 3 条"
    assert [row["工单号"] for row in sheet(visitor.get(link["href"]))] == [mine[1], mine[2], mine[0]]


@pytest.mark.django_db
def test_all_pages_are_in_it_each_row_once_and_the_place_in_the_list_does_not_matter(zhuguan, kefu, order_a):
    waiting_tickets(620, order_a, kefu, database_now() - HOUR)
    visitor = signed_in(zhuguan)
    second = read(visitor.get("/tickets/overdue/")).one("a", "下一页")["href"]
    found = sheet(visitor.get(EXPORT + second))
    assert len(found) == len({row["工单号"] for row in found}) == 620


@pytest.mark.django_db
def test_ten_rows_and_a_hundred_cost_the_same(zhuguan, kefu, order_a):
    visitor = signed_in(zhuguan)
    waiting_tickets(10, order_a, kefu, database_now() - HOUR)
    few = statements(lambda: sheet(visitor.get(EXPORT)))
    waiting_tickets(100, order_a, kefu, database_now() - HOUR)
    assert statements(lambda: sheet(visitor.get(EXPORT))) == few


@pytest.mark.django_db
def test_repeat_offenders_can_be_taken_away_too(zhuguan, order_a):
    for _ in range(3):
        submitted_ticket(order=order_a, opened_ago=20 * HOUR, after=5 * HOUR)
    found = sheet(signed_in(zhuguan).get(EXPORT, {"show": "repeat"}))
    assert [(row["类别"], row["最近30天超时轮次"]) for row in found] == [("商户", "3"), ("处理人", "3")]


# ---- the record ----


def recorded() -> tuple:
    """What the only record says."""
    record = ExportRecord.objects.get()
    return record.by_name, record.what, record.conditions, record.rows, record.file_format, record.address


@pytest.mark.django_db
def test_who_took_it_away_is_recorded_with_what_was_asked(zhuguan, order_a, merchant_a, dianyuan):
    submitted_ticket(order=order_a, opened_ago=40 * HOUR, after=30 * HOUR)
    today = timezone.localdate(database_now())
    asked = {
        "show": "late", "merchant": merchant_a.pk, "urgency": "normal", "acknowledged": "no", "late": "more",
        "since": today - timedelta(days=3), "until": today, "sort": "worst",
    }  # fmt: skip
    sheet(signed_in(zhuguan).get(EXPORT, asked))
    assert recorded() == (
        "赵主管",
        "超时工单",
        f"列表：超时提交；期间：{today - timedelta(days=3)} 至 {today}；超时：4小时以上；商户：{merchant_a}；"
        "紧急程度：一般；确认：未确认；超时最久在前",
        1,
        "CSV",
        "127.0.0.1",
    )
    assert ExportRecord.objects.get().columns.startswith("工单号、轮次、订单号、")


@pytest.mark.django_db
def test_of_what_is_late_now_no_period_is_recorded(zhuguan, order_a):
    TicketFactory(order=order_a, opened_ago=9 * HOUR)
    sheet(signed_in(zhuguan).get(EXPORT, {"days": "90", "category": "x"}))
    assert recorded()[1:4] == ("超时工单", "列表：现在超时；超时最久在前", 1)


@pytest.mark.django_db
def test_repeat_offenders_are_recorded_too(zhuguan, order_a):
    for _ in range(3):
        submitted_ticket(order=order_a, opened_ago=20 * HOUR, after=5 * HOUR)
    sheet(signed_in(zhuguan).get(EXPORT, {"show": "repeat"}))
    assert recorded()[1:4] == ("超时工单", "列表：屡次超时", 2)


@pytest.mark.django_db
def test_whoever_leaves_in_the_middle_has_been_recorded(zhuguan, order_a):
    TicketFactory(order=order_a, opened_ago=9 * HOUR)
    signed_in(zhuguan).get(EXPORT)  # … and nothing of it is read
    assert recorded()[3] == 1


@pytest.mark.django_db
def test_what_takes_nothing_away_is_no_export(zhuguan, shangjia):
    assert signed_in(zhuguan).head(EXPORT).status_code == 405
    assert signed_in(shangjia).get(EXPORT).status_code in (403, 404)
    assert not ExportRecord.objects.exists()
