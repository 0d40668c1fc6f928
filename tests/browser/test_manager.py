"""zhuguan looks at what is late."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize("heading", ["现在超时", "即将超时", "超时提交"])
def test_a_figure_opens_the_list_it_counts(page_of, stage, heading):
    stage.ticket(opened_ago=timedelta(hours=5))
    stage.ticket(opened_ago=timedelta(hours=3))
    stage.submitted(opened_ago=timedelta(hours=6), after=timedelta(hours=5))
    page = page_of("zhuguan", java_script=False)
    page.goto("/")
    page.get_by_role("link", name="超时工单").click()
    line = page.locator("#merchants tbody tr", has_text=stage.shop_name)
    expect(line).to_be_visible()
    column = page.locator("#merchants thead th").all_inner_texts().index(heading)
    figure = line.locator("th, td").nth(column).get_by_role("link")
    counted = int(figure.inner_text())
    figure.click()
    listed = page.locator("section[aria-label=工单]")
    expect(listed.get_by_role("link", name=heading)).to_have_attribute("aria-current", "page")
    expect(listed.locator(".pager")).to_contain_text(f"共 {counted} 条")
    expect(listed.locator("tbody tr")).to_have_count(counted)
    expect(listed.locator("tbody .merchant")).to_have_text([stage.shop_name] * counted)


def test_a_late_ticket_is_opened_from_the_desk(page_of, stage):
    number = stage.ticket(opened_ago=timedelta(hours=6, minutes=5))
    page = page_of("zhuguan", java_script=False)
    page.goto("/tickets/overdue/")
    row = page.get_by_role("row", name=number)
    expect(row.locator(".countdown")).to_have_text("已超时2小时05分")
    row.get_by_role("link", name=f"查看 {number}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(number)
    expect(page.locator("header.strip .countdown")).to_contain_text("已超时")
    expect(page.locator("#deadline")).to_contain_text("4小时00分")


def test_what_is_late_is_acknowledged_exempted_and_followed_through(page_of, stage, script):
    number = stage.ticket(opened_ago=timedelta(hours=7))
    page = page_of("zhuguan", java_script=script, width=390)
    page.goto("/tickets/overdue/")
    page.get_by_text("展开").click()
    page.get_by_label("商户", exact=True).select_option(label=stage.shop_name)
    page.get_by_label("确认", exact=True).select_option(label="未确认")
    page.get_by_role("button", name="查询").click()
    page.get_by_label(f"选择 {number}").check()
    page.get_by_label("确认说明").fill("已电话联系店长")
    page.get_by_role("button", name="确认所选").click()
    expect(page.get_by_role("status").first).to_have_text("已确认 1 个轮次")
    page.get_by_role("link", name="返回超时工单").click()
    expect(page.get_by_label("商户", exact=True)).to_have_value(re.compile(r"\d+"))
    expect(page.get_by_label(f"选择 {number}")).to_have_count(0)

    page.get_by_label("确认", exact=True).select_option(label="全部")
    page.get_by_role("button", name="查询").click()
    page.get_by_role("link", name=f"处置 {number}").click()
    verdict = page.locator("#verdict")
    expect(verdict).to_contain_text("已电话联系店长")
    verdict.get_by_text("豁免", exact=True).click()
    verdict.get_by_role("button", name="确认豁免").click()
    expect(verdict.locator(".errors")).to_have_text("请填写豁免原因")
    verdict.get_by_label("豁免原因").fill("快递公司系统故障")
    verdict.get_by_role("button", name="确认豁免").click()
    expect(verdict).to_contain_text("已豁免")

    verdict.get_by_text("登记异常", exact=True).click()
    verdict.get_by_role("button", name="确认登记异常").click()
    page.get_by_role("textbox", name="原因分析").fill("店员请假没有交接")
    page.get_by_role("button", name="保存原因分析").click()
    expect(page.locator("#steps")).to_contain_text("店员请假没有交接")
    expect(page.get_by_role("heading", name="下一步：整改措施")).to_be_visible()
    page.goto("/tickets/incidents/")
    expect(page.locator("tr", has_text=number)).to_contain_text("待整改措施")


def test_a_figure_of_timeliness_opens_the_list_that_it_counts(page_of, stage):
    stage.submitted(opened_ago=timedelta(hours=6), after=timedelta(hours=5))
    page = page_of("shangjia", java_script=False)
    page.goto("/")
    page.get_by_role("link", name="本店时效").click()
    card = page.locator(".stat", has_text="及时处理率")
    counted = card.locator("small").inner_text().removeprefix("n=")
    card.locator("small a").click()
    expect(page.locator(".pager")).to_contain_text(f"共 {counted} 条")
