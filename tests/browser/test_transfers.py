"""导出, and 批量建单 from a file, in the browser; with script and without."""

from openpyxl import load_workbook
from playwright.sync_api import expect

from .test_bulk import order_with

PROBLEM = "收到的连体衣开线，宝宝不能穿，消费者要求换货。"


def test_what_is_listed_is_taken_away(page_of, stage, script, tmp_path):
    order, numbers = order_with(stage, 2)
    page = page_of("kefu", java_script=script)
    page.goto(f"/tickets/?tab=all&order_number={order}")
    page.locator(".pager").get_by_role("link", name="导出").click()
    expect(page.get_by_text("共 2 张工单")).to_be_visible()
    page.get_by_label("问题描述").uncheck()
    with page.expect_download() as download:
        page.get_by_role("button", name="导出").click()
    download.value.save_as(tmp_path / "list.xlsx")
    first, *rows = load_workbook(tmp_path / "list.xlsx").active.iter_rows(values_only=True)
    assert "问题描述" not in first
    assert {row[0] for row in rows} == set(numbers)


def test_a_file_is_looked_at_confirmed_and_becomes_tickets(page_of, stage, script, tmp_path):
    order, _ = order_with(stage, 0)
    file = tmp_path / "建单.csv"
    text = f"订单号,问题类型,紧急程度,问题描述\n{order},商品质量,紧急,{PROBLEM}\n没有,商品质量,,{PROBLEM}\n"
    file.write_bytes(text.encode("gb18030"))
    page = page_of("kefu", java_script=script)
    page.goto("/imports/tickets/")
    page.locator("[name=file]").set_input_files(file)
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_text("等待中")).to_be_visible()
    worked(page, stage, script)
    expect(page.get_by_text("新增 1，已存在 0，拒绝 1")).to_be_visible()
    page.get_by_role("button", name="确认新建其余 1 张工单").click()
    expect(page.get_by_text("等待中")).to_be_visible()
    worked(page, stage, script)
    expect(page.get_by_text("已完成", exact=True)).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载错误行").click()
    assert download.value.suggested_filename == "批量建单-错误行.csv"
    page.goto(f"/tickets/?tab=all&order_number={order}")
    expect(page.get_by_text(PROBLEM)).to_be_visible()


def worked(page, stage, script: bool) -> None:
    """The worker has done what was waiting. With a script the page finds out by itself."""
    stage.site.manage("run_jobs", "--once")
    if not script:
        page.get_by_role("link", name="刷新").click()
