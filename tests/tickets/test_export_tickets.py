"""导出 of the ticket list: exactly what is listed, all of it, masked, recorded; a large one in the background."""

import errno
import io
from datetime import timedelta
from urllib.parse import quote

import pytest
from openpyxl import load_workbook

from tests.exchange import content, csv_rows, seen_through, xlsx_rows
from tests.factories import TicketFactory, completed_ticket, submitted_ticket, waiting_tickets
from tests.pages import numbers, read, signed_in, statements
from tickets.clock import database_now
from tickets.exchange import NO_SPACE, lists, tables
from tickets.models import ExportRecord, Job, Notice
from tickets.views import exports

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
PAGE = "/exports/tickets/"
COLUMNS = {"columns": ["number", "problem"], "format": "csv"}


@pytest.fixture
def small_is_two(monkeypatch):
    """Three rows are many."""
    monkeypatch.setattr(exports, "AT_ONCE", 2)


def export(person, query: str = "?tab=all", **asked):
    return signed_in(person).post(PAGE + query, COLUMNS | asked)


def exported(person, query: str = "?tab=all") -> list[str]:
    return [row["工单号"] for row in csv_rows(export(person, query))]


@pytest.fixture
def tickets(order_a, order_b):
    """Of both merchants, in several states."""
    return [
        TicketFactory(order=order_a, opened_ago=9 * HOUR, urgency="urgent"),
        TicketFactory(order=order_b, opened_ago=2 * HOUR),
        submitted_ticket(order=order_a, opened_ago=3 * HOUR),
        completed_ticket(order=order_b, opened_ago=30 * HOUR),
    ]


@pytest.mark.parametrize(
    "query",
    [
        "?tab=all", "?tab=todo", "?tab=overdue", "", "?tab=all&urgency=urgent", "?tab=all&sort=created",
        "?tab=all&sort=-handled", "?tab=all&sort=due", "?tab=all&status=completed", "?tab=all&q=连体衣",
        "?tab=all&q=没有这样的字", "?tab=nonsense&sort=nonsense&urgency=nonsense", "?tab=all&created_from=2099-01-01",
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["kefu", "shangjia", "shangjia2"])
def test_it_is_what_the_list_shows_in_its_order(everybody, tickets, name, query):
    person = everybody[name]
    listed = numbers(signed_in(person).get(f"/tickets/{query}"))
    answer = export(person, query)
    if not listed:
        assert answer.status_code == 422
        assert "没有可导出的内容" in answer.text
    else:
        assert [row["工单号"] for row in csv_rows(answer)] == listed


def test_all_pages_are_in_it_each_row_once_and_the_place_in_the_list_does_not_matter(kefu, order_a):
    waiting_tickets(120, order_a, kefu, database_now() + HOUR)
    second = read(signed_in(kefu).get("/tickets/?tab=all")).one("a", "下一页")["href"]
    found = exported(kefu, second)
    assert len(found) == len(set(found)) == 120


def test_the_list_leads_there_with_what_was_asked(kefu, tickets):
    link = read(signed_in(kefu).get("/tickets/?tab=all&urgency=urgent")).one("a", "导出")["href"]
    page = read(signed_in(kefu).get(link))
    assert "共 1 张工单" in page.text
    assert "紧急程度：紧急" in page.text
    assert page.one("a", "返回列表")["href"] == "/tickets/?tab=all&urgency=urgent"


def test_only_the_chosen_columns_in_the_lists_own_order(kefu, tickets):
    [row, *_] = csv_rows(export(kefu, columns=["problem", "number", "due_at"]))
    assert list(row) == ["工单号", "问题描述", "截止时间"]


def test_a_page_without_columns_or_format_comes_back_with_sentences(kefu, tickets):
    page = read(signed_in(kefu).post(PAGE, {"columns": ["nonsense"], "format": "pdf"}))
    assert len(page.errors()) == 2
    assert "请至少选择一列" in read(signed_in(kefu).post(PAGE, {"format": "csv"})).text


def test_a_merchant_cannot_ask_for_columns_that_are_not_offered(shangjia, tickets):
    answer = export(shangjia, columns=["number", "merchant", "opened_by"])
    assert answer.status_code == 422


def test_the_consumer_is_masked_and_formulas_are_harmless(kefu, order_a):
    problem = f"=cmd {order_a.consignee}住{order_a.address}，电话13912345678"
    answer = f"@联系了{order_a.consignee}，下午安排补发新的一件。"
    submitted_ticket(order=order_a, problem=problem, text=answer)
    [row] = csv_rows(export(kefu, columns=["problem", "result"]))
    assert row["问题描述"].startswith("'=cmd 陈*住")
    assert row["处理结果"] == "'@联系了陈*，下午安排补发新的一件。"
    for trace in (order_a.consignee, "文三路", "13912345678"):
        assert trace not in "".join(row.values())


def test_as_xlsx_texts_are_texts_and_moments_are_moments(kefu, order_a):
    ticket = TicketFactory(order=order_a, problem="=1+1 收到的连体衣开线")
    answer = export(kefu, columns=["number", "problem", "due_at", "round_no"], format="xlsx")
    file = content(answer)
    [row] = xlsx_rows(file)
    assert row["问题描述"] == "=1+1 收到的连体衣开线"
    assert load_workbook(io.BytesIO(file)).active["B2"].data_type == "s"
    assert (row["工单号"], row["处理轮次"]) == (ticket.number, 1)
    assert row["截止时间"].year == ticket.due_at.year


def test_the_file_is_one_to_keep_and_nobody_elses(kefu, tickets):
    answer = export(kefu)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="export.csv"; filename*=UTF-8')
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "private, no-store")


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_a_full_disk_is_a_sentence_and_no_record(kefu, tickets, monkeypatch, file_format):
    def full(*args, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tables.Path, "open", full)
    monkeypatch.setattr(tables, "Book", full)
    answer = export(kefu, format=file_format)
    assert (answer.status_code, read(answer).errors()) == (422, [NO_SPACE])
    assert not ExportRecord.objects.exists()


def test_a_number_in_the_address_becomes_its_mark(kefu, tickets):
    answer = signed_in(kefu).get(PAGE, {"q": "13800005678"})
    assert answer.status_code == 302
    assert "13800005678" not in answer["Location"]


def test_who_took_what_away_is_recorded_without_the_number_looked_for(kefu, zhuguan, order_a):
    TicketFactory(order=order_a)
    mark = signed_in(kefu).get(PAGE, {"tab": "all", "phone": order_a.phone})["Location"]
    csv_rows(signed_in(kefu).post(mark, COLUMNS))
    record = ExportRecord.objects.get()
    assert (record.by, record.by_name, record.by_role, record.what, record.rows) == (
        kefu,
        "王客服",
        "客服",
        "工单",
        1,
    )
    assert (record.columns, record.file_format, record.address) == ("工单号、问题描述", "CSV", "127.0.0.1")
    assert "手机号：138****" in record.conditions
    assert order_a.phone not in record.conditions
    assert "~" not in record.conditions
    [row] = read(signed_in(zhuguan).get("/exports/records/")).table()
    assert (row["导出人"], row["行数"]) == ("王客服 客服", "1")


def test_records_can_be_filtered_by_person(kefu, zhuguan, tickets):
    csv_rows(export(kefu))
    csv_rows(export(zhuguan))
    rows = read(signed_in(zhuguan).get("/exports/records/", {"by": zhuguan.pk})).table()
    assert [row["导出人"] for row in rows] == ["赵主管 主管"]


def test_pages_of_records_cost_the_same_whatever_their_number(kefu, zhuguan):
    def note(how_many: int) -> None:
        for _ in range(how_many):
            ExportRecord.note(
                by_user=kefu, what="工单", conditions="", columns=["工单号"], file_format="CSV", rows=1
            )

    note(1)
    visitor = signed_in(zhuguan)
    one = statements(lambda: visitor.get("/exports/records/"))
    note(60)
    assert statements(lambda: visitor.get("/exports/records/")) == one
    assert "共 61 条" in read(visitor.get("/exports/records/")).one("nav", class_="pager").text


def test_a_short_name_stands_on_one_line_and_a_shops_may_break(kefu, shangjia, zhuguan, tickets):
    csv_rows(export(kefu))
    csv_rows(export(shangjia))
    page = read(signed_in(zhuguan).get("/exports/records/"))
    cells = {row.all("td")[1].text: row.all("td")[1] for row in page.one("tbody").all("tr")}
    assert cells["王客服 客服"].has("class", "from")
    assert not cells[f"{shangjia} {shangjia.affiliation}"].has("class", True)


# ---- in the background ----


def test_a_large_one_is_a_job_that_ends_in_the_inbox(kefu, tickets, media, small_is_two):
    answer = export(kefu, "?tab=all&sort=created", format="xlsx")
    job = Job.objects.get()
    assert answer["Location"] == f"/jobs/{job.pk}/"
    assert "等待中" in signed_in(kefu).get(f"/jobs/{job.pk}/").text
    seen_through(job)
    assert (job.state, job.rows_done, job.rows_total) == ("done", 4, 4)
    notice = Notice.objects.get(recipient=kefu, kind="job")
    assert "导出工单已完成：4 行（XLSX）" in notice.text
    link = read(signed_in(kefu).get("/notices/")).one("a", "查看")["href"]
    download = read(signed_in(kefu).get(link)).one("a", "下载文件")["href"]
    answer = signed_in(kefu).get(download)
    assert [row["工单号"] for row in xlsx_rows(content(answer))] == numbers(
        signed_in(kefu).get("/tickets/?tab=all&sort=created")
    )
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "private, no-store")
    assert quote("工单-") in answer["Content-Disposition"]
    assert ExportRecord.objects.get().rows == 4


def test_the_same_asked_again_while_it_runs_is_the_same_job(kefu, tickets, small_is_two):
    first, second = export(kefu)["Location"], export(kefu)["Location"]
    assert first == second
    assert export(kefu, format="xlsx")["Location"] != first


def test_nobody_has_more_than_three_under_way(kefu, zhuguan, tickets, small_is_two):
    for sort in ("created", "-created", "due"):
        export(kefu, f"?tab=all&sort={sort}")
    page = signed_in(kefu)
    assert page.post(f"{PAGE}?tab=all&sort=-due", COLUMNS)["Location"] == "/jobs/"
    assert "您已有3个任务在等待或进行" in page.get("/jobs/").text
    assert export(zhuguan)["Location"] != "/jobs/"
    assert Job.objects.count() == 4


def test_what_a_person_may_not_see_any_more_is_left_out_and_said(
    shangjia, order_a, order_b, zhuguan, media, small_is_two
):
    tickets = [TicketFactory(order=order_a) for _ in range(4)]
    job = Job.objects.get(pk=export(shangjia)["Location"].split("/")[2])
    keys = lists.TicketList.keys

    def then_one_goes(listed, most=None):
        found = keys(listed, most)
        tickets[0].transfer(by_user=zhuguan, order=order_b, reason="订单填写错误，改为正确的订单")
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lists.TicketList, "keys", then_one_goes)
        seen_through(job)
    assert (job.rows_done, job.report["gone"]) == (3, 1)
    assert "有 1 行在导出过程中您已不能查看" in signed_in(shangjia).get(f"/jobs/{job.pk}/").text


def test_a_thousand_rows_more_cost_one_statement_more(kefu, order_a, monkeypatch):
    monkeypatch.setattr(lists, "PIECE", 50)
    waiting_tickets(100, order_a, kefu, database_now() + HOUR)
    few = statements(lambda: exported(kefu))
    waiting_tickets(100, order_a, kefu, database_now() + HOUR)
    assert statements(lambda: exported(kefu)) == few + 2
