"""News reaches whoever has the product open: the bell, the title, a notification, without loading anything anew."""

import pytest
from playwright.sync_api import expect

from .hands import press_while_there

WITHIN_MS = 10_000
# Every notification that the page really asks the browser for, by its title.
WATCH = """
window.told = [];
window.Notification = new Proxy(Notification, {
  construct(target, [title, options]) {
    told.push(title);
    return new target(title, options);
  },
});
"""


@pytest.fixture
def shop(page_of):
    """The shopkeeper's window; notifications are allowed, and nobody else gets it afterwards."""
    page = page_of("shangjia", own_clock=True)
    page.context.grant_permissions(["notifications"])
    page.context.add_init_script(WATCH)
    page.goto("/tickets/")
    return page


def bell(page):
    return page.locator("a.bell")


def read_everything(page) -> None:
    page.goto("/notices/")
    # What other tests have backdated may be more than the bell counts.
    press_while_there(page, page.get_by_role("button", name="全部标为已读"))
    expect(page.get_by_text("没有未读消息").first).to_be_visible()


def open_ticket(page, order_number: str) -> None:
    """新建工单, as customer service does it."""
    page.goto(f"/tickets/new/?order={order_number}")
    page.get_by_label("问题类型").select_option("商品质量")
    page.get_by_label("问题描述").fill("收到的奶粉罐凹进去一大块，消费者要求换货。")
    page.get_by_role("button", name="新建工单").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("GD")


def test_a_new_ticket_is_heard_of_in_the_shop_without_a_reload(shop, page_of, stage):
    read_everything(shop)
    shop.goto("/tickets/")
    other_tab = shop.context.new_page()
    other_tab.goto("/password/")
    expect(bell(shop)).to_have_accessible_name("消息")
    for page in (shop, other_tab):
        page.evaluate("window.untouched = true")
    clerk = page_of("kefu")
    open_ticket(clerk, stage.order())
    expect(bell(shop)).to_have_accessible_name("消息，1 条未读", timeout=WITHIN_MS)
    expect(shop).to_have_title("(1) 工单管理 · 亲亲宝贝商城")
    expect(bell(other_tab)).to_have_accessible_name("消息，1 条未读")
    told = [page.evaluate("told") for page in (shop, other_tab)]
    assert sum(told, []) == ["新工单"], "once, however many tabs are open"
    for page in (shop, other_tab):
        assert page.evaluate("window.untouched"), "the page was loaded anew"
    shop.goto("/notices/")
    shop.get_by_role("row", name="新工单").get_by_role("link").click()
    expect(shop.locator("header.strip")).to_be_visible()
    expect(bell(shop)).to_have_accessible_name("消息")
    expect(bell(other_tab)).to_have_accessible_name("消息")
    expect(other_tab).to_have_title("修改密码 · 亲亲宝贝商城")


def test_a_ticket_opened_in_a_hidden_page_is_heard_of_as_well(shop, page_of, stage):
    shop.evaluate("Object.defineProperty(document, 'hidden', { value: true })")
    clerk = page_of("kefu")
    before = bell(shop).get_attribute("aria-label")
    open_ticket(clerk, stage.order())
    expect(bell(shop)).not_to_have_accessible_name(before, timeout=WITHIN_MS)


def test_whoever_is_logged_out_is_asked_no_more_and_nothing_happens(shop):
    with shop.expect_response(lambda answer: answer.url.endswith("/fresh/") and answer.status == 401):
        shop.context.clear_cookies(name="qinqin_session")
    expect(bell(shop)).to_be_visible()
    assert shop.evaluate("window.told") == []
    assert shop.workers == [], "its clock still runs"


def test_trying_out_shows_a_notification_and_says_so(shop):
    shop.goto("/notices/settings/")
    shop.get_by_role("button", name="试一试").click()
    expect(shop.get_by_text("已发出一条通知")).to_be_visible()
    assert shop.evaluate("told") == ["通知已开启"]
    shop.get_by_label("浏览器通知").uncheck()
    shop.get_by_label("提示音").uncheck()
    shop.get_by_role("button", name="试一试").click()
    expect(shop.get_by_text("两项都没有勾选")).to_be_visible()


def test_nobody_is_asked_for_permission_unless_they_press_the_button(page_of):
    page = page_of("dianyuan", own_clock=True)
    page.context.add_init_script(
        "window.asked = 0; Notification.requestPermission = async () => (asked++, 'denied')"
    )
    page.goto("/notices/settings/")
    assert page.evaluate("asked") == 0
    page.get_by_role("button", name="试一试").click()
    expect(page.get_by_text("浏览器没有允许通知")).to_be_visible()
    assert page.evaluate("asked") == 1


def test_without_a_script_messages_can_be_read_and_marked(page_of, stage):
    number = stage.ticket()
    page = page_of("dianyuan", java_script=False, width=390)
    page.goto("/notices/")
    expect(bell(page)).to_be_visible()
    row = page.get_by_role("row", name=number)
    row.get_by_role("button", name="标为已读").click()
    expect(page.get_by_role("row", name=number)).to_have_count(0)
