"""kefu at the desk: coming in, and 新建工单."""

import re

from playwright.sync_api import Page, expect

from .staging import PROBLEM


def fill_in(page: Page, category: str = "商品质量") -> None:
    page.get_by_label("问题类型").select_option(category)
    page.get_by_role("radio", name="重要").check()
    page.get_by_label("问题描述").fill(PROBLEM)


def test_a_wrong_password_is_said_and_the_right_one_leads_to_the_tickets(any_page):
    page = any_page
    page.goto("/tickets/?tab=returned")
    page.get_by_label("登录名").or_(page.get_by_label("用户名")).fill("kefu")
    page.get_by_label("密码").fill("不是这个")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("密码").fill("qinqin-demo")
    page.get_by_role("button", name="登录").click()
    expect(page).to_have_title(re.compile("工单管理 · 亲亲宝贝商城$"))
    assert page.url.endswith("/tickets/?tab=returned")


def test_the_order_is_looked_up_while_its_number_is_typed(page_of, stage):
    number = stage.order()
    page = page_of("kefu")
    page.goto("/tickets/new/?fresh=1")
    field = page.get_by_label("订单号")
    expect(field).to_be_focused()
    field.press_sequentially(number[:-1])
    page.get_by_role("button", name=number[:-1]).first.wait_for()  # one of several that begin so
    field.press_sequentially(number[-1])
    preview = page.locator("#lookup")
    expect(preview.get_by_role("link", name=number)).to_be_visible()
    expect(preview).to_contain_text(stage.shop_name)
    expect(preview).to_contain_text("婴儿纯棉连体衣 1 ×2")
    expect(preview).to_contain_text("陈*")
    expect(field).to_be_focused()


def test_without_a_script_looking_up_keeps_what_was_typed(page_of, stage):
    number = stage.order()
    page = page_of("kefu", java_script=False)
    page.goto("/tickets/new/?fresh=1")
    fill_in(page)
    page.get_by_label("订单号").fill(number[:-1])
    page.get_by_role("button", name="查找").click()
    page.get_by_role("button", name=number).click()
    expect(page.locator("#lookup")).to_contain_text(stage.shop_name)
    expect(page.get_by_label("订单号")).to_have_value(number)
    expect(page.get_by_label("问题描述")).to_have_value(PROBLEM)
    expect(page.get_by_label("问题类型").locator("option:checked")).to_have_text("商品质量")
    expect(page.get_by_role("radio", name="重要")).to_be_checked()


def test_a_second_ticket_on_the_same_matter_is_asked_about_first(page_of, script, stage):
    order_number = stage.order()
    page = page_of("kefu", java_script=script)

    def send() -> None:
        page.goto(f"/tickets/new/?order={order_number}")
        fill_in(page)
        page.get_by_role("button", name="新建工单").click()

    send()
    expect(page.get_by_role("heading", level=1)).to_contain_text("GD")
    first = page.get_by_role("heading", level=1).inner_text()
    send()
    expect(page.get_by_role("alert")).to_contain_text("该订单已有同类型的未完结工单")
    expect(page.locator("#lookup")).to_contain_text("该订单还有 1 张未完结工单")
    expect(page.locator("#problem").get_by_role("link", name=first)).to_be_visible()
    expect(page.get_by_label("问题描述")).to_have_value(PROBLEM)
    page.get_by_label("仍要新建").check()
    page.get_by_role("button", name="新建工单").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("GD")
    expect(page.locator("#related")).to_contain_text(first)
