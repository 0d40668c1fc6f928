"""At speed: keys for the list and the ticket, and a ticket in a few strokes (static/js/keys.js)."""

from datetime import timedelta

from playwright.sync_api import Page, expect

from .hands import ANSWER

PROBLEM = "奶瓶漏水，消费者要求换货"


class Keyboard:
    """Presses keys and counts them; a text that is typed counts as none."""

    def __init__(self, page: Page) -> None:
        self.page, self.strokes = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.strokes += 1


def test_the_list_is_walked_and_a_ticket_opened_by_keys(page_of, stage):
    stage.ticket()
    stage.ticket()
    page = page_of("dianyuan")
    page.goto("/tickets/?tab=all")
    links = page.locator("main table .action a")
    for key, at in [("j", 0), ("ArrowDown", 1), ("j", 2), ("k", 1), ("ArrowUp", 0), ("k", 0)]:
        page.keyboard.press(key)
        expect(links.nth(at)).to_be_focused()
    number = links.first.get_attribute("id").removeprefix("open-")
    page.keyboard.press("o")
    expect(page.get_by_role("heading", level=1)).to_have_text(number)


def test_the_row_one_is_on_can_be_seen(page_of, stage):
    stage.ticket()
    page = page_of("dianyuan")
    page.goto("/tickets/?tab=all")
    row = page.locator("main tbody tr").first
    plain = row.evaluate("row => getComputedStyle(row).backgroundColor")
    page.keyboard.press("j")
    assert row.evaluate("row => getComputedStyle(row).backgroundColor") != plain


def test_a_merchant_answers_and_goes_on_without_leaving_the_keys(page_of, stage):
    number = stage.ticket(opened_ago=timedelta(hours=3))
    page = page_of("dianyuan")
    page.goto(f"/tickets/{number}/")
    page.get_by_role("radio", name="已解决").first.check()
    page.locator("h1").click()
    page.keyboard.press("r")
    expect(page.locator("#id_result")).to_be_focused()
    page.keyboard.type(ANSWER)
    page.keyboard.press("Control+Enter")
    onward = page.locator("[data-upcoming]")
    expect(onward).to_be_focused()
    following = onward.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{following}")


def test_the_next_ticket_is_one_key_away_from_any(page_of, stage):
    number = stage.ticket()
    page = page_of("dianyuan")
    for key in ("n", "]"):
        page.goto(f"/tickets/{number}/")
        page.keyboard.press(key)
        page.wait_for_url(lambda url: "/tickets/GD" in url and number not in url)


def test_where_to_go_by_two_keys(page_of):
    page = page_of("zhuguan")
    page.goto("/tickets/")
    for key, path in [("r", "/tickets/review/"), ("o", "/tickets/overdue/"), ("l", "/tickets/")]:
        page.keyboard.press("g")
        page.keyboard.press(key)
        page.wait_for_url(lambda url, path=path: url.endswith(path))


def test_the_search_is_one_key_away_and_takes_letters_as_letters(page_of):
    page = page_of("kefu")
    page.goto("/tickets/")
    page.keyboard.press("/")
    search = page.get_by_role("searchbox", name="关键词")
    expect(search).to_be_focused()
    page.keyboard.type("jn?/g l")
    expect(search).to_have_value("jn?/g l")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_question_mark_shows_the_keys_and_escape_hides_them(page_of):
    page = page_of("kefu")
    page.goto("/tickets/")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="键盘")
    expect(dialog).to_contain_text("提交正在填写的表单")
    page.keyboard.press("j")
    expect(page.locator("main .action a:focus")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_where_there_is_no_menu_there_are_no_keys_to_show(open_page):
    page = open_page()
    page.goto("/login/")
    page.locator("main").click(position={"x": 5, "y": 5})
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_an_input_method_trips_nothing(page_of, stage):
    page = page_of("dianyuan")
    page.goto(f"/tickets/{stage.ticket()}/")
    page.get_by_role("radio", name="已解决").first.check()
    page.locator("#id_result").fill(ANSWER)
    # As Chinese input methods send the Enter that takes a word, and letters on their way to one.
    page.evaluate(
        """() => {
          const send = (target, init) => target.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, ...init }));
          const field = document.querySelector("#id_result");
          send(field, { key: "Enter", ctrlKey: true, isComposing: true });
          send(field, { key: "Enter", ctrlKey: true, keyCode: 229 });
          send(document.body, { key: "n", keyCode: 229 });
          send(document.body, { key: "?", isComposing: true });
        }"""
    )
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("header.strip")).to_contain_text("待商家处理")


def test_from_an_order_number_in_the_clipboard_to_a_ticket_in_six_strokes(page_of, stage):
    order, page = stage.order(), page_of("kefu")
    page.goto("/tickets/")
    page.evaluate(
        """text => {
          const field = Object.assign(document.createElement("input"), { value: text });
          document.body.append(field);
          field.select();
          document.execCommand("copy");
          field.remove();
        }""",
        order,
    )
    keys = Keyboard(page)
    keys.press("n")
    expect(page.get_by_label("订单号")).to_be_focused()
    keys.press("Control+v")
    expect(page.get_by_label("问题类型")).to_be_focused()
    keys.press("ArrowDown", "Tab", "Tab")
    expect(page.get_by_label("问题描述")).to_be_focused()
    page.keyboard.type(PROBLEM)
    keys.press("Control+Enter")
    expect(page.get_by_role("status").first).to_contain_text("已送达商户")
    expect(page.locator("#order")).to_contain_text(order)
    assert keys.strokes == 6


def test_an_order_that_is_in_the_address_leaves_only_the_questions(page_of, stage):
    page = page_of("kefu")
    page.goto(f"/orders/{stage.order()}/")
    page.get_by_role("link", name="新建工单").last.click()
    expect(page.locator("#lookup")).to_contain_text(stage.shop_name)
    expect(page.get_by_label("问题类型")).to_be_focused()
