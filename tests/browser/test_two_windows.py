"""Two windows on one ticket, two clicks on one button, and a login that lapsed while somebody wrote."""

import re

from playwright.sync_api import expect

from .hands import ANSWER, answer, answer_form, choose_reason, press, unfold

HANDLED = "该工单已处理，请刷新后查看"
OTHER_ANSWER = "已经和消费者电话沟通，明天上门取旧件，取到后当天换新。"


def test_who_comes_second_reads_who_was_quicker_and_gets_the_text_back(page_of, script, stage):
    number = stage.ticket()
    mine, others = page_of("dianyuan", java_script=script), page_of("shangjia", java_script=script)
    mine.goto(f"/tickets/{number}/")
    others.goto(f"/tickets/{number}/")
    answer(others, OTHER_ANSWER)
    expect(others.locator("header.strip")).to_contain_text("待客服审核")
    answer(mine, ANSWER)
    alert = mine.get_by_role("alert")
    expect(alert).to_contain_text(HANDLED)
    expect(alert).to_contain_text(f"{stage.names['shangjia']}（{stage.shop_name}）于")
    expect(alert).to_contain_text("提交处理结果")
    expect(alert.get_by_role("textbox")).to_have_value(ANSWER)
    expect(alert).to_be_in_viewport()
    expect(mine.locator("#result .said")).to_have_text(OTHER_ANSWER)
    assert stage.kinds(number) == ["opened", "submitted"]


def test_a_ticket_cancelled_meanwhile_takes_no_answer_and_keeps_the_text(page_of, stage):
    number = stage.ticket()
    page = page_of("dianyuan")
    page.goto(f"/tickets/{number}/")
    stage.cancel(number)
    answer(page)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(HANDLED)
    expect(alert).to_contain_text(f"{stage.names['kefu']}（客服）")
    expect(alert).to_contain_text("撤销工单")
    expect(alert.get_by_role("textbox")).to_have_value(ANSWER)


def test_an_answer_that_came_meanwhile_is_not_cancelled_unread(page_of, stage):
    number = stage.ticket()
    page = page_of("kefu")
    page.goto(f"/tickets/{number}/")
    stage.answer(number)
    press(page, "撤销工单", "撤销原因", "消费者说不用处理了")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(HANDLED)
    expect(alert).to_contain_text("提交处理结果")
    expect(alert.get_by_role("textbox")).to_have_value("消费者说不用处理了")
    press(page, "撤销工单", "撤销原因", "消费者说不用处理了，已看过处理结果")
    expect(page.locator("header.strip")).to_contain_text("已撤销")


def test_a_double_click_submits_once(page_of, script, stage):
    number = stage.ticket()
    page = page_of("dianyuan", java_script=script)
    page.goto(f"/tickets/{number}/")
    answer_form(page)
    page.get_by_role("button", name="提交工单").dblclick()
    expect(page.locator("header.strip")).to_contain_text("待客服审核")
    expect(page.get_by_role("alert")).to_have_count(0)
    assert stage.kinds(number) == ["opened", "submitted"]


def test_a_second_press_is_held_back_with_words_until_it_is_clear_that_no_page_comes(page_of, stage):
    number = stage.ticket()
    page = page_of("dianyuan", own_clock=True)
    page.clock.install()
    page.goto(f"/tickets/{number}/")
    sent = []
    page.on("request", lambda request: "/submit/" in request.url and sent.append(request.url))
    page.route("**/submit/", lambda route: route.fulfill(status=204))  # an answer, and yet no new page
    with page.expect_request("**/submit/"):
        answer(page)
    page.get_by_role("button", name="提交工单").click()
    words = page.locator("#result form[action*=submit] [role=status]")
    expect(words).to_have_text("正在提交，请勿重复提交")
    assert len(sent) == 1
    page.unroute("**/submit/")
    page.clock.fast_forward(15_000)
    expect(words).to_have_text("")
    page.get_by_role("button", name="提交工单").click()
    expect(page.locator("header.strip")).to_contain_text("待客服审核")


def test_the_same_answer_sent_from_two_windows_counts_once_and_says_who_was_quicker(page_of, stage):
    number = stage.ticket()
    first, second = page_of("dianyuan"), page_of("dianyuan")
    first.goto(f"/tickets/{number}/")
    second.goto(f"/tickets/{number}/")
    answer(first)
    expect(first.locator("header.strip")).to_contain_text("待客服审核")
    answer(second)
    expect(second.get_by_role("alert")).to_contain_text(f"{stage.names['dianyuan']}（{stage.shop_name}）于")
    assert stage.kinds(number) == ["opened", "submitted"]


def test_a_login_that_lapsed_while_writing_costs_no_text(page_of, stage):
    number = stage.ticket()
    page = page_of("dianyuan", java_script=False)
    page.goto(f"/tickets/{number}/")
    answer_form(page)
    page.context.clear_cookies(name="qinqin_session")
    page.get_by_role("button", name="提交工单").click()
    expect(page.get_by_role("heading", name="登录已过期")).to_be_visible()
    expect(page.locator("main")).to_contain_text("登录已过期，请重新登录，填写内容已保留")
    expect(page.locator("textarea")).to_have_value(ANSWER)
    page.get_by_role("link", name="重新登录").click()
    page.locator("[name=username]").fill("dianyuan")
    page.locator("[name=password]").fill("qinqin-demo")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(number)
    answer(page)
    expect(page.locator("header.strip")).to_contain_text("待客服审核")


def test_a_browser_without_its_cookies_loses_no_text_either(page_of, stage):
    page = page_of("dianyuan", java_script=False)
    page.goto(f"/tickets/{stage.ticket()}/")
    answer_form(page)
    page.context.clear_cookies()
    page.get_by_role("button", name="提交工单").click()
    expect(page.locator("textarea")).to_have_value(ANSWER)


def test_going_back_finds_the_text_that_was_not_sent(page_of, stage):
    page = page_of("dianyuan")
    page.goto(f"/tickets/{stage.ticket()}/")
    answer_form(page)
    page.get_by_role("link", name="工单管理").first.click()
    expect(page).to_have_title(re.compile("工单管理 · 亲亲宝贝商城$"))
    page.go_back()
    expect(page.get_by_role("textbox", name="处理结果")).to_have_value(ANSWER)


def test_a_reason_typed_for_a_ticket_that_moved_on_is_given_back_to_the_clerk(page_of, stage):
    number = stage.submitted()
    mine, others = page_of("kefu"), page_of("zhuguan")
    mine.goto(f"/tickets/{number}/")
    action = unfold(mine, "退回商家")
    choose_reason(mine)
    action.get_by_label("退回原因").fill("没有写明运单号")
    others.goto(f"/tickets/{number}/")
    press(others, "审核通过")
    expect(others.locator("header.strip")).to_contain_text("已完结")
    action.get_by_role("button", name="确认退回商家").click()
    alert = mine.get_by_role("alert")
    expect(alert).to_contain_text(HANDLED)
    expect(alert).to_contain_text(f"{stage.names['zhuguan']}（主管）")
    expect(alert.get_by_role("textbox")).to_have_value("没有写明运单号")
