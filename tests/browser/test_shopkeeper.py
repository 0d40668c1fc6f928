"""dianyuan with a telephone in the stockroom: 390 px wide."""

import re

from playwright.sync_api import Page, expect

from .hands import answer, answer_form
from .staging import PROBLEM

TOO_SIMPLE = "处理结果过于简单，请写明处理经过和结论（至少10个字）"


def colour(page: Page, selector: str, of: str) -> tuple[int, int, int]:
    """Red, green and blue of a computed colour."""
    value = page.locator(selector).evaluate("(element, of) => getComputedStyle(element)[of]", of)
    return tuple(map(int, re.findall(r"\d+", value)[:3]))


def test_the_way_to_a_ticket_is_the_menu_the_search_and_the_button_view(page_of, script, stage):
    number = stage.ticket()
    page = page_of("dianyuan", java_script=script, width=390)
    page.goto(f"/orders/{stage.order()}/")
    page.get_by_text("菜单").click()
    menu = page.get_by_role("navigation", name="主导航")
    expect(menu.get_by_role("heading", name="联营系统 › 运营管理")).to_be_visible()
    menu.get_by_role("link", name="工单管理").click()
    page.get_by_role("searchbox", name="关键词").fill(number)
    page.get_by_role("button", name="查询").click()
    page.get_by_role("link", name=f"查看 {number}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(number)


def test_a_tap_anywhere_on_the_ticket_opens_it(page_of, stage):
    number = stage.ticket()
    page = page_of("dianyuan", width=390)
    page.goto("/tickets/?tab=all")
    # The link of its button lies over the whole row, so Playwright would wait for the text to come free.
    page.get_by_role("row", name=number).locator(".problem").click(force=True)
    expect(page.get_by_role("heading", level=1)).to_have_text(number)


def test_everything_about_a_ticket_is_on_one_page(page_of, stage):
    number = stage.returned()
    page = page_of("dianyuan", java_script=False, width=390)
    page.goto(f"/tickets/{number}/")
    expect(page.locator("#ticket")).to_contain_text(PROBLEM)
    expect(page.locator("#order")).to_contain_text("婴儿纯棉连体衣 2")
    expect(page.locator("#order")).to_contain_text("顺丰速运")
    expect(page.locator("#consumer")).to_contain_text("陈*")
    expect(page.locator("#consumer")).not_to_contain_text("陈晓雨")
    for label in ["新建工单", "提交处理结果", "退回商家"]:
        expect(page.locator("#progress")).to_contain_text(label)
    for block in ["工单信息", "订单详细信息", "消费者信息", "处理进度", "处理结果"]:
        expect(page.get_by_role("heading", name=block, exact=True)).to_be_visible()


def test_the_one_primary_button_is_blue(page_of, stage):
    number = stage.ticket()
    for dark in (False, True):
        page = page_of("dianyuan", width=390, dark=dark)
        page.goto(f"/tickets/{number}/")
        expect(page.locator(".primary")).to_have_text(["提交工单"])
        red, green, blue = colour(page, ".primary", "background-color")
        assert blue > 180, (red, green, blue)
        assert blue > 1.8 * green > 1.8 * red, (red, green, blue)


def test_too_short_a_result_is_refused_and_still_there(page_of, script, stage):
    number = stage.ticket()
    page = page_of("dianyuan", java_script=script, width=390)
    page.goto(f"/tickets/{number}/")
    answer(page, "已处理完毕", outcome="部分解决")
    result = page.get_by_role("textbox", name="处理结果")
    expect(page.locator("#result")).to_contain_text(TOO_SIMPLE)
    expect(page.locator("#result")).to_contain_text("未处理成功也需说明实际情况")
    expect(result).to_have_value("已处理完毕")
    expect(result).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("radio", name="部分解决").first).to_be_checked()
    expect(result).to_be_in_viewport()
    assert stage.kinds(number) == ["opened"]


def test_nothing_stands_in_the_field_before_somebody_writes(page_of, stage):
    page = page_of("dianyuan", width=390)
    page.goto(f"/tickets/{stage.ticket()}/")
    result = page.get_by_role("textbox", name="处理结果")
    expect(result).to_have_value("")
    answer_form(page, "")
    page.get_by_role("button", name="提交工单").click()
    expect(page.locator("#result")).to_contain_text("请填写处理结果")


def test_what_was_handed_back_stands_under_its_tab_with_the_reason(page_of, stage):
    number = stage.returned()
    page = page_of("dianyuan", java_script=False, width=390)
    page.goto("/tickets/")
    page.get_by_role("link", name="被退回").click()
    expect(page.get_by_role("link", name="被退回")).to_have_attribute("aria-current", "page")
    page.get_by_role("link", name=f"查看 {number}").click()
    expect(page.locator("#progress")).to_contain_text("退回原因")
    expect(page.locator("#progress")).to_contain_text("没有写明补发的快递单号")
