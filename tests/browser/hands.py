"""What people do on a ticket's page, by what they read there."""

from playwright.sync_api import Locator, Page, expect

ANSWER = "已联系消费者核实情况，安排今天下午补发一罐，旧的不用退回。"
# A journey that turns pages for ever would hold up the whole run.
TURNS_AT_MOST = 50


def answer_form(page: Page, text: str = ANSWER, outcome: str = "已解决") -> None:
    """Fills the merchant's form at the bottom of the ticket; nothing is sent yet."""
    page.get_by_role("radio", name=outcome).first.check()
    page.get_by_role("textbox", name="处理结果").fill(text)


def answer(page: Page, text: str = ANSWER, outcome: str = "已解决") -> None:
    """The merchant's answer, sent."""
    answer_form(page, text, outcome)
    page.get_by_role("button", name="提交工单").click()


def unfold(page: Page, verb: str) -> Locator:
    """One of customer service's actions, opened."""
    action = page.locator("details.disclosure", has=page.locator("summary strong", has_text=verb))
    action.locator("summary").first.click()
    return action


def choose_reason(page: Page) -> None:
    """Customer service's 退回类别, in the open form."""
    page.get_by_label("退回类别").select_option(index=1)


def press(page: Page, verb: str, about: str = "", words: str = "") -> None:
    """One of customer service's actions: unfold it, write why, confirm."""
    action = unfold(page, verb)
    if words:
        action.get_by_label(about).fill(words)
        if verb == "退回商家":
            choose_reason(page)
    action.get_by_role("button", name=f"确认{verb}").click()


def page_on_to(page: Page, goal: Locator) -> Locator:
    """Turns the pages of a list until ``goal`` is there: other journeys have filled it, too."""
    expect(page.locator(".pager")).to_be_visible()
    for _ in range(TURNS_AT_MOST):
        if goal.count():
            return goal
        page.locator(".pager").get_by_role("link", name="下一页").click()
        page.wait_for_load_state()
    raise AssertionError(f"not on the first {TURNS_AT_MOST} pages: {goal}")


def press_while_there(page: Page, button: Locator) -> None:
    """Presses the first such button of the page until there is none."""
    for _ in range(TURNS_AT_MOST):
        if not button.count():
            return
        button.first.click()
        page.wait_for_load_state()
    raise AssertionError(f"still there: {button}")
