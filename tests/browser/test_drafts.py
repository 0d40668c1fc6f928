"""Each way to lose what one has typed, and that it is not lost (static/js/drafts.js, tickets/drafting.py)."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, expect

from tests.factories import REASON
from tests.processes import DEMO_PASSWORD, Site
from tickets.models import Draft

from .hands import ANSWER, answer_form, press, unfold

SAVED = re.compile(r"已保存 \d\d:\d\d:\d\d")
KEPT_HERE = re.compile("已存在本机")


def result_of(page: Page) -> Locator:
    return page.locator("#id_result")


def line_of(page: Page, verb: str = "submit") -> Locator:
    return page.locator(f"form[data-draft={verb}] [data-draft-words]")


def write_answer(page: Page, number: str, text: str = ANSWER) -> None:
    page.goto(f"/tickets/{number}/")
    answer_form(page, text)


def sign_in_again(page: Page, username: str) -> None:
    dialog = page.get_by_role("dialog", name="登录已过期，请重新登录")
    dialog.locator("[name=username]").fill(username)
    dialog.locator("[name=password]").fill(DEMO_PASSWORD)
    dialog.get_by_role("button", name="登录").click()


def kept_here(page: Page, number: str) -> list[str]:
    """What the browser itself still keeps of this ticket."""
    return page.evaluate("number => Object.keys(localStorage).filter((key) => key.includes(number))", number)


@contextmanager
def away(site: Site) -> Iterator[None]:
    """The server is down: nobody listens at its address."""
    address = site.listener.getsockname()
    site.stop()
    site.listener.close()
    try:
        yield
    finally:
        site.listener = socket.create_server(address, backlog=128)
        site.start()


def test_a_reload_loses_nothing(page_of, stage):
    number, page = stage.ticket(), page_of("dianyuan")
    write_answer(page, number)
    expect(line_of(page)).to_have_text(SAVED)
    page.goto("/tickets/")
    page.goto(f"/tickets/{number}/")
    expect(result_of(page)).to_have_value(ANSWER)
    expect(page.get_by_role("radio", name="已解决").first).to_be_checked()
    expect(line_of(page)).to_have_text(re.compile(r"已恢复 \d\d:\d\d 的草稿"))


def test_a_reload_before_anything_was_saved_loses_nothing(page_of, stage):
    number, page = stage.ticket(), page_of("dianyuan")
    write_answer(page, number)
    page.goto(f"/tickets/{number}/")
    expect(result_of(page)).to_have_value(ANSWER)
    expect(line_of(page)).to_have_text(SAVED)


def test_another_device_goes_on_where_the_first_one_was(page_of, script, stage):
    number = stage.ticket()
    page, other = page_of("dianyuan"), page_of("dianyuan", java_script=script, width=390)
    write_answer(page, number)
    expect(line_of(page)).to_have_text(SAVED)
    other.goto(f"/tickets/{number}/")
    expect(result_of(other)).to_have_value(ANSWER)
    other.get_by_role("button", name="提交工单").click()
    expect(other.locator("header.strip")).to_contain_text("待客服审核")


def test_what_two_windows_wrote_is_offered_and_not_overwritten(page_of, stage):
    number = stage.ticket()
    page, other = page_of("dianyuan"), page_of("dianyuan")
    other.goto(f"/tickets/{number}/")
    write_answer(page, number)
    expect(line_of(page)).to_have_text(SAVED)
    result_of(other).fill("在另一个窗口写的内容")
    expect(line_of(other)).to_contain_text("也写了草稿")
    line_of(other).get_by_role("button", name="换成那一份").click()
    expect(result_of(other)).to_have_value(ANSWER)
    line_of(other).get_by_role("button", name="换成那一份").click()
    expect(result_of(other)).to_have_value("在另一个窗口写的内容")


def test_a_lapsed_login_is_renewed_in_place_and_the_form_goes_on(page_of, stage):
    number, page = stage.ticket(), page_of("dianyuan")
    write_answer(page, number)
    page.context.clear_cookies(name="qinqin_session")
    page.get_by_role("button", name="提交工单").click()
    dialog = page.get_by_role("dialog", name="登录已过期，请重新登录")
    dialog.locator("[name=username]").fill("dianyuan")
    dialog.locator("[name=password]").fill("不是这个")
    dialog.get_by_role("button", name="登录").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    expect(result_of(page)).to_have_value(ANSWER)
    sign_in_again(page, "dianyuan")
    expect(page.locator("header.strip")).to_contain_text("待客服审核")
    assert stage.kinds(number) == ["opened", "submitted"]


def test_a_login_that_lapses_while_one_writes_asks_at_once(page_of, stage):
    number, page = stage.ticket(), page_of("dianyuan")
    page.goto(f"/tickets/{number}/")
    page.context.clear_cookies()
    answer_form(page)
    sign_in_again(page, "dianyuan")
    expect(line_of(page)).to_have_text(SAVED)
    expect(result_of(page)).to_have_value(ANSWER)


def test_who_signs_in_instead_gets_their_own_page_and_the_words_wait_for_the_first(
    page_of, sign_in, stage, demo_site
):
    number, page = stage.ticket(), page_of("dianyuan")
    write_answer(page, number)
    page.context.clear_cookies()
    sign_in_again(page, "shangjia")
    expect(page.locator(".account")).to_contain_text(stage.names["shangjia"])
    expect(result_of(page)).to_have_value("")
    page.wait_for_load_state("networkidle")
    with demo_site.database():
        assert not Draft.objects.filter(ticket__number=number, person__username="shangjia").exists()
    page.context.clear_cookies()
    sign_in(page, "dianyuan")
    page.goto(f"/tickets/{number}/")
    expect(result_of(page)).to_have_value(ANSWER)


def test_without_a_script_the_page_of_a_lapsed_login_gives_the_words_back(page_of, stage):
    number, page = stage.ticket(), page_of("dianyuan", java_script=False)
    write_answer(page, number)
    page.context.clear_cookies(name="qinqin_session")
    page.get_by_role("button", name="提交工单").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("登录已过期")
    expect(page.locator("textarea")).to_have_value(ANSWER)


def test_a_failed_validation_loses_nothing_not_even_on_another_page(page_of, script, stage):
    number, page = stage.ticket(), page_of("dianyuan", java_script=script)
    write_answer(page, number, "太短了")
    page.get_by_role("button", name="提交工单").click()
    expect(page.locator("#id_result_error")).to_be_visible()
    expect(result_of(page)).to_have_value("太短了")
    page.goto(f"/tickets/{number}/")
    expect(result_of(page)).to_have_value("太短了")


def test_a_reload_after_a_failed_validation_does_not_bring_back_what_was_refused(page_of, stage):
    number, page = stage.ticket(), page_of("dianyuan")
    write_answer(page, number, "太短")
    page.get_by_role("button", name="提交工单").click()
    expect(page.get_by_text("处理结果过于简单")).to_be_visible()
    result_of(page).fill(ANSWER)
    expect(line_of(page)).to_have_text(SAVED)
    page.reload()
    expect(result_of(page)).to_have_value(ANSWER)


def test_a_server_that_is_down_loses_nothing(page_of, stage, demo_site):
    number, page = stage.ticket(), page_of("dianyuan")
    page.goto(f"/tickets/{number}/")
    with away(demo_site):
        answer_form(page)
        expect(line_of(page)).to_have_text(KEPT_HERE)
        page.get_by_role("button", name="提交工单").click()
        expect(line_of(page)).to_have_text("没有提交，内容已存在本机；请稍后再提交")
        expect(result_of(page)).to_have_value(ANSWER)
        page.close()
    page = page_of_again(page, number)
    expect(result_of(page)).to_have_value(ANSWER)
    expect(line_of(page)).to_have_text(re.compile("已恢复本机|已保存"))
    page.get_by_role("button", name="提交工单").click()
    expect(page.locator("header.strip")).to_contain_text("待客服审核")
    page.goto(f"/tickets/{number}/")
    page.wait_for_load_state("networkidle")
    assert kept_here(page, number) == []


def page_of_again(page: Page, number: str) -> Page:
    again = page.context.new_page()
    again.goto(f"/tickets/{number}/")
    return again


def test_a_server_that_dies_while_the_form_is_on_its_way_loses_nothing(page_of, stage, demo_site):
    number, page = stage.ticket(), page_of("dianyuan")
    write_answer(page, number)
    page.route("**/submit/", lambda route: route.abort("connectionrefused"))
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name="提交工单").click()
    page.unroute("**/submit/")
    page.goto(f"/tickets/{number}/")
    expect(result_of(page)).to_have_value(ANSWER)


def test_a_form_whose_answer_got_lost_is_not_offered_again(page_of, stage):
    number, page = stage.ticket(), page_of("kefu")
    page.goto(f"/tickets/{number}/")

    def lose_the_answer(route) -> None:
        route.fetch(max_redirects=0)
        route.abort("connectionreset")

    page.route("**/remind/", lose_the_answer)
    with page.expect_event("requestfailed"):
        press(page, "催办", "催办说明", "请尽快联系消费者")
    page.unroute("**/remind/")
    page.goto(f"/tickets/{number}/")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_label("催办说明")).to_have_value("")
    assert kept_here(page, number) == []
    assert stage.kinds(number) == ["opened", "reminded"]


def test_what_is_written_offline_is_kept_and_saved_when_the_net_is_back(page_of, stage, demo_site):
    number, page = stage.ticket(), page_of("dianyuan")
    page.goto(f"/tickets/{number}/")
    page.context.set_offline(True)
    try:
        answer_form(page)
        expect(line_of(page)).to_have_text("未保存，已存在本机")
    finally:
        page.context.set_offline(False)
    expect(line_of(page)).to_have_text(SAVED)
    with demo_site.database():
        assert Draft.objects.get(ticket__number=number).fields["result"] == ANSWER


def test_a_ticket_that_moved_on_shows_the_words_beside_what_happened(page_of, script, stage):
    number = stage.submitted()
    mine, others = page_of("kefu", java_script=script), page_of("zhuguan")
    mine.goto(f"/tickets/{number}/")
    action = unfold(mine, "退回商家")
    action.get_by_label("退回原因").fill(REASON)
    others.goto(f"/tickets/{number}/")
    press(others, "审核通过")
    action.get_by_role("button", name="确认退回商家").click()
    expect(mine.get_by_role("alert").get_by_role("textbox")).to_have_value(REASON)
    mine.goto(f"/tickets/{number}/")
    block = mine.locator("details.unsent")
    expect(block).to_contain_text("您在第1轮写的“退回商家”没有提交")
    expect(block).to_contain_text(f"{stage.names['zhuguan']}（主管）于")
    block.locator("summary").click()
    expect(block.get_by_role("textbox")).to_have_value(REASON)
    block.get_by_role("button", name="清除").click()
    expect(mine.locator("details.unsent")).to_have_count(0)


def test_words_that_only_the_browser_has_are_shown_though_their_form_is_gone(page_of, stage):
    number, page = stage.ticket(), page_of("dianyuan")
    page.goto(f"/tickets/{number}/")
    page.context.set_offline(True)
    try:
        answer_form(page)
        expect(line_of(page)).to_have_text(KEPT_HERE)
        stage.cancel(number)
    finally:
        page.goto("about:blank")
        page.context.set_offline(False)
    page.goto(f"/tickets/{number}/")
    block = page.locator("details.unsent")
    block.locator("summary").click()
    expect(block.get_by_role("textbox")).to_have_value(ANSWER)


def test_words_that_arrive_late_leave_what_was_begun_on_the_page(page_of, stage):
    number, page, held = stage.submitted(), page_of("kefu"), []
    page.goto(f"/tickets/{number}/")
    page.route("**/draft/?*", lambda route: held.append(route) if held else route.abort())
    unfold(page, "退回商家").get_by_label("退回原因").fill(REASON)
    expect(line_of(page, "return")).to_have_text(KEPT_HERE)
    stage.cancel(number)
    held.append(None)
    page.goto("about:blank")
    with page.expect_request("**/draft/?*"):
        page.goto(f"/tickets/{number}/")
    begun = unfold(page, "内部备注")
    begun.get_by_role("textbox").focus()
    expect(page.locator("details.unsent")).to_have_count(0)
    held.pop().continue_()
    expect(page.locator("details.unsent")).to_be_visible()
    expect(begun.get_by_role("textbox")).to_be_focused()


def test_the_problem_of_a_new_ticket_is_kept_too(page_of, stage):
    order, page = stage.order(), page_of("kefu")
    page.goto(f"/tickets/new/?order={order}")
    page.get_by_label("问题描述").fill("奶瓶漏水，消费者要求换货")
    expect(line_of(page, "open")).to_have_text(SAVED)
    page.goto("/tickets/new/")
    expect(page.get_by_label("问题描述")).to_have_value("奶瓶漏水，消费者要求换货")
    expect(page.get_by_label("订单号")).to_have_value(order)
    page.get_by_role("button", name="清除").click()
    expect(page.get_by_label("问题描述")).to_have_value("")


def test_who_else_has_the_ticket_open_is_shown(page_of, stage):
    number = stage.ticket()
    mine, others = page_of("kefu"), page_of("dianyuan")
    others.goto(f"/tickets/{number}/")
    with others.expect_response("**/presence/"):
        answer_form(others)
    mine.goto(f"/tickets/{number}/")
    expect(mine.locator(".presence")).to_have_text(f"{stage.names['dianyuan']}正在处理")
