"""Saying something beside a ticket's course, with a phrase, with a name; and an input method that trips nothing."""

from playwright.sync_api import Page, expect

from tickets.models import Message, Phrase

from .hands import ANSWER, answer, unfold
from .staging import SHOP


def say_form(page: Page, label: str, field: str):
    unfold(page, label)
    return page.get_by_role("textbox", name=field)


def test_both_sides_talk_and_the_note_stays_with_customer_service(page_of, stage):
    number = stage.ticket()
    clerk, merchant = page_of("kefu"), page_of("dianyuan")
    for page in (clerk, merchant):
        page.goto(f"/tickets/{number}/")
    say_form(clerk, "内部备注", "备注内容").fill("这家上周也漏发过")
    clerk.get_by_role("button", name="保存备注").click()
    expect(clerk.locator("#progress")).to_contain_text("仅客服可见")
    say_form(merchant, "协商留言", "留言内容").fill("仓库在查，一小时内答复")
    merchant.get_by_role("button", name="发送留言").click()
    expect(merchant.locator("#progress")).to_contain_text("仓库在查")
    expect(merchant.locator("body")).not_to_contain_text("上周也漏发过")
    clerk.reload()
    expect(clerk.locator("#progress")).to_contain_text("仓库在查")


def test_a_colleague_is_chosen_from_the_list_by_key(page_of, stage):
    number = stage.ticket()
    page = page_of("kefu")
    page.goto(f"/tickets/{number}/")
    field = say_form(page, "内部备注", "备注内容")
    field.press_sequentially(f"请 @{stage.names['zhuguan'][:1]}")
    expect(page.get_by_role("listbox").get_by_role("option").first).to_be_visible()
    field.press("Enter")
    expect(field).to_have_value(f"请 @{stage.names['zhuguan']} ")
    field.press_sequentially("看一下")
    page.get_by_role("button", name="保存备注").click()
    expect(page.locator("#progress")).to_contain_text("看一下")
    with stage.site.database():
        assert [str(m.person) for m in Message.objects.get(ticket__number=number).mentions.all()] == [
            stage.names["zhuguan"]
        ]


def test_a_phrase_is_inserted_at_the_cursor_filled_and_can_be_undone(page_of, stage):
    with stage.site.database():
        Phrase.objects.filter(merchant__code=SHOP, title="单号").delete()
        merchant = stage._order().merchant
        Phrase.objects.create(merchant=merchant, title="单号", text="（工单 {工单号}）", position=0)
    number = stage.ticket()
    page = page_of("dianyuan")
    page.goto(f"/tickets/{number}/")
    field = page.get_by_role("textbox", name="处理结果")
    field.fill("前后")
    field.press("ArrowLeft")
    page.evaluate("addEventListener('input', (event) => (window.heard = event.target.value))")
    expect(page.locator("form", has=field).get_by_role("button", name="短语")).to_have_count(1)
    field.press("Alt+p")
    page.keyboard.press("Enter")
    expect(field).to_have_value(f"前（工单 {number}）后")
    expect(field).to_be_focused()
    assert page.evaluate("window.heard") == f"前（工单 {number}）后"
    page.keyboard.press("Control+z")
    expect(field).to_have_value("前后")


def test_an_input_method_trips_no_shortcut(page_of, stage):
    """While pinyin is being composed, keys belong to the input method: the menu and the list of names keep still."""
    number = stage.ticket()
    page = page_of("kefu")
    page.goto(f"/tickets/{number}/")
    field = say_form(page, "内部备注", "备注内容")
    field.focus()
    devtools = page.context.new_cdp_session(page)
    page.evaluate(
        """() => {
          window.seen = [];
          addEventListener("keydown", (event) => seen.push(event.isComposing || event.keyCode === 229), true);
        }"""
    )
    devtools.send("Input.imeSetComposition", {"text": "@", "selectionStart": 1, "selectionEnd": 1})
    devtools.send("Input.imeSetComposition", {"text": "@pai", "selectionStart": 4, "selectionEnd": 4})
    for key, code, modifiers in [
        ("p", "KeyP", 1),
        ("Enter", "Enter", 0),
        ("Tab", "Tab", 0),
        ("Escape", "Escape", 0),
    ]:
        devtools.send(
            "Input.dispatchKeyEvent",
            {
                "type": "rawKeyDown",
                "key": key,
                "code": code,
                "modifiers": modifiers,
                "windowsVirtualKeyCode": 229,
            },
        )
    assert page.evaluate("seen") == [True] * 4
    expect(page.locator(".phrases ul:not([hidden])")).to_have_count(0)
    expect(page.locator(".mentions:not([hidden])")).to_have_count(0)
    expect(field).to_be_focused()
    devtools.send("Input.insertText", {"text": "派件员已联系"})
    expect(field).to_have_value("派件员已联系")
    field.press("Alt+p")
    expect(page.locator(".phrases ul:not([hidden])")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(field).to_be_focused()


def test_an_honest_failure_names_its_reason_with_and_without_a_script(script, page_of, stage):
    number = stage.ticket()
    page = page_of("dianyuan", java_script=script)
    page.goto(f"/tickets/{number}/")
    reason = page.get_by_label("未解决的原因")
    expect(reason).to_be_hidden()
    answer(page, outcome="未解决")
    expect(page.locator("#id_unsolved_code_error")).to_have_text("请选择未解决的原因")
    expect(page.get_by_role("textbox", name="处理结果")).to_have_value(ANSWER)
    reason.select_option("消费者联系不上")
    page.get_by_role("button", name="提交工单").click()
    expect(page.locator("#result")).to_contain_text("消费者联系不上")


def test_without_a_script_the_phrases_are_there_to_copy(page_of, stage):
    page = page_of("dianyuan", java_script=False)
    page.goto(f"/tickets/{stage.ticket()}/")
    unfold(page, "快捷短语")
    expect(page.locator("#phrases")).to_contain_text("管理快捷短语")
