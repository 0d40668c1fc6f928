"""kefu checks what the merchants answered."""

import pytest
from playwright.sync_api import expect

from .hands import ANSWER, press, unfold


def test_the_longest_waiting_answer_is_opened_at_its_result(page_of, script, stage):
    number = stage.submitted(text=ANSWER)
    page = page_of("kefu", java_script=script)
    page.goto("/tickets/review/")
    row = page.get_by_role("row", name=number)
    expect(row).to_contain_text(ANSWER)
    expect(row).to_contain_text(stage.names["dianyuan"])
    row.get_by_role("link", name=f"审核 {number}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(number)
    expect(page.locator("#result .said")).to_be_in_viewport()


def test_handing_back_needs_a_reason(page_of, script, stage):
    number = stage.submitted()
    page = page_of("kefu", java_script=script)
    page.goto(f"/tickets/{number}/")
    press(page, "退回商家")
    action = page.locator("details.disclosure[open]")
    expect(action).to_contain_text("请填写退回原因")
    assert stage.kinds(number) == ["opened", "submitted"]


@pytest.mark.parametrize(
    ("state", "verb", "about", "words", "becomes"),
    [
        ("submitted", "审核通过", "审核意见", "处理及时", "已完结"),
        ("submitted", "退回商家", "退回原因", "没有运单号", "待商家处理"),
        ("completed", "重新打开", "重新打开的原因", "问题又出现了", "待商家处理"),
        ("ticket", "撤销工单", "撤销原因", "开错了订单", "已撤销"),
    ],
)
def test_an_action_leads_to_the_next_state_and_its_words_stay(
    page_of, stage, state, verb, about, words, becomes
):
    number = getattr(stage, state)()
    page = page_of("kefu")
    page.goto(f"/tickets/{number}/")
    press(page, verb, about, words)
    expect(page.locator("header.strip")).to_contain_text(becomes)
    last = page.locator(".timeline li").last
    expect(last).to_contain_text(verb)
    expect(last).to_contain_text(words)
    expect(last).to_contain_text(stage.names["kefu"])


def test_actions_are_folded_and_none_of_them_is_the_blue_button(page_of, stage):
    page = page_of("kefu")
    page.goto(f"/tickets/{stage.submitted()}/")
    expect(page.locator(".primary")).to_have_count(0)
    expect(page.get_by_label("退回原因")).to_be_hidden()
    unfold(page, "退回商家")
    expect(page.get_by_label("退回原因")).to_be_visible()
