"""kefu checks what the merchants answered."""

from playwright.sync_api import expect

from .hands import ANSWER, press, unfold


def test_the_longest_waiting_answer_is_opened_at_its_result(page_of, stage):
    number = stage.submitted(text=ANSWER)
    page = page_of("kefu", java_script=False)
    page.goto("/tickets/review/")
    row = page.get_by_role("row", name=number)
    expect(row).to_contain_text(ANSWER)
    expect(row).to_contain_text(stage.names["dianyuan"])
    row.get_by_role("link", name=f"审核 {number}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(number)
    expect(page.locator("#result .said")).to_be_in_viewport()


def test_handing_back_needs_a_reason(page_of, stage):
    number = stage.submitted()
    page = page_of("kefu", java_script=False)
    page.goto(f"/tickets/{number}/")
    press(page, "退回商家")
    action = page.locator("details.disclosure[open]")
    expect(action).to_contain_text("请填写退回原因")
    assert stage.kinds(number) == ["opened", "submitted"]


def test_actions_are_folded_and_none_of_them_is_the_blue_button(page_of, stage):
    page = page_of("kefu")
    page.goto(f"/tickets/{stage.submitted()}/")
    expect(page.locator(".primary")).to_have_count(0)
    expect(page.get_by_label("退回原因")).to_be_hidden()
    unfold(page, "退回商家")
    expect(page.get_by_label("退回原因")).to_be_visible()
