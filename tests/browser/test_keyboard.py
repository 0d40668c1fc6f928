"""Without a mouse: Tab, Enter, Space and the arrows."""

import re

from playwright.sync_api import Locator, Page, expect

from .hands import ANSWER

# What stands in the way of seeing where one is; '' when the focus shows.
HIDDEN_FOCUS = """() => {
  const element = document.activeElement;
  const name = `${element.tagName} ${element.id || element.textContent.trim().slice(0, 20)}`;
  const style = getComputedStyle(element);
  if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) return `${name}: no ring`;
  const box = element.getBoundingClientRect();
  if (box.width < 2 || box.height < 2) return `${name}: nothing to see`;
  const x = Math.min(Math.max(box.left + Math.min(box.width, 40) / 2, 1), innerWidth - 2);
  const y = Math.min(Math.max(box.top + Math.min(box.height, 24) / 2, 1), innerHeight - 2);
  const top = document.elementFromPoint(x, y);
  const shown = top && (element.contains(top) || top.contains(element) || element.labels?.[0]?.contains(top));
  return shown ? "" : `${name}: behind ${top?.tagName} ${top?.className}`;
}"""


def tab_to(page: Page, goal: Locator, key: str = "Tab", most: int = 80) -> None:
    """Tabs on until ``goal`` has the focus; at every step on the way one sees where one is."""
    for _ in range(most):
        page.keyboard.press(key)
        assert page.evaluate(HIDDEN_FOCUS) == ""
        if goal.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{goal} is not reached")


def test_a_merchant_answers_a_ticket_without_a_mouse(open_page, stage):
    number = stage.ticket()
    page = open_page()
    keyboard = page.keyboard
    page.goto("/login/")
    expect(page.locator("[name=username]")).to_be_focused()
    keyboard.type("dianyuan")
    tab_to(page, page.locator("[name=password]"), most=1)
    keyboard.type("qinqin-demo")
    keyboard.press("Enter")
    expect(page).to_have_title(re.compile("工单管理 · 亲亲宝贝商城$"))

    tab_to(page, page.get_by_role("searchbox", name="关键词"))
    keyboard.type(number)
    keyboard.press("Enter")
    view = page.get_by_role("link", name=f"查看 {number}")
    expect(view).to_be_visible()
    tab_to(page, view)
    keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(number)

    tab_to(page, page.get_by_role("radio", name="已解决").first)
    keyboard.press("Space")
    keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="部分解决").first).to_be_checked()
    tab_to(page, page.get_by_role("textbox", name="处理结果"), most=1)
    keyboard.type(ANSWER)
    tab_to(page, page.get_by_role("button", name="提交工单"), most=2)  # the files lie between
    keyboard.press("Space")
    expect(page.locator("header.strip")).to_contain_text("待客服审核")


def test_the_first_tab_offers_to_skip_the_menu(page_of):
    page = page_of("kefu")
    page.goto("/tickets/")
    skip = page.get_by_role("link", name="跳到正文")
    tab_to(page, skip, most=1)
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    tab_to(page, page.get_by_role("searchbox", name="关键词"), most=1)


def test_a_clerk_hands_a_ticket_back_without_a_mouse(page_of, stage):
    number = stage.submitted()
    page = page_of("kefu")
    page.goto(f"/tickets/{number}/")
    action = page.locator("details.disclosure", has=page.locator("summary strong", has_text="退回商家"))
    tab_to(page, action.locator("summary"))
    page.keyboard.press("Enter")
    tab_to(page, action.get_by_label("退回类别"), most=1)
    page.keyboard.press("ArrowDown")
    tab_to(page, action.get_by_label("退回原因"), most=1)
    page.keyboard.type("没有写明运单号")
    tab_to(page, action.get_by_role("button", name="确认退回商家"), most=1)
    page.keyboard.press("Enter")
    expect(page.locator("header.strip")).to_contain_text("待商家处理")


def test_the_focus_is_never_behind_what_sticks_to_the_top(page_of, stage):
    page = page_of("dianyuan", height=600)
    page.goto(f"/tickets/{stage.ticket()}/#result")
    page.get_by_role("button", name="提交工单").focus()
    tab_to(page, page.get_by_role("link", name="跳到正文"), key="Shift+Tab")


def test_the_menu_of_a_telephone_opens_by_key(page_of):
    page = page_of("dianyuan", width=390)
    page.goto("/tickets/")
    tab_to(page, page.locator(".menu summary"), most=4)
    page.keyboard.press("Enter")
    entry = page.get_by_role("navigation", name="主导航").get_by_role("link", name="工单管理")
    expect(entry).to_be_visible()
    tab_to(page, entry, most=6)
