"""zhuguan looks at what is late."""

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
