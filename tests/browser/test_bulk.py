"""Many tickets at once, in the browser: choosing, asking, and hearing what became of each; with script and without."""

from playwright.sync_api import expect

from .test_live import LOOK_AGAIN


def chosen(page) -> int:
    return page.locator("input[name=ticket]:checked").count()


def order_with(stage, how_many: int, make: str = "submitted") -> tuple[str, list[str]]:
    """An order of its own with so many tickets; what to search for, and their numbers in the order of the list."""
    with stage.site.database():
        order = stage._order()
    return order.number, [getattr(stage, make)(order=order) for _ in range(how_many)]


def test_several_answers_are_approved_and_one_that_changed_meanwhile_is_explained(page_of, stage, script):
    order, numbers = order_with(stage, 3)
    page = page_of("kefu", java_script=script)
    page.goto(f"/tickets/?tab=all&order_number={order}")
    expect(page.locator("#bulk")).to_be_hidden()
    for number in numbers:
        page.get_by_label(number, exact=True).check()
    expect(page.locator("#bulk")).to_be_visible()
    if script:
        expect(page.locator("#bulk [role=status]")).to_have_text("已选 3 张")
    page.locator("#bulk").get_by_role("button", name="审核通过").click()
    stage.cancel(numbers[1])
    page.get_by_label("审核意见").fill("三件事都已核实")
    page.get_by_role("button", name="确认审核通过").click()
    expect(page.get_by_text("已审核通过 2 张")).to_be_visible()
    row = page.locator("#refused").get_by_role("row", name=numbers[1])
    expect(row).to_contain_text("该工单已处理，请刷新后查看")
    expect(row).to_contain_text("撤销工单，现在是已撤销")
    assert stage.kinds(numbers[0]) == ["opened", "submitted", "approved"]
    assert stage.kinds(numbers[1]) == ["opened", "submitted", "cancelled"]
    page.get_by_role("link", name="返回列表").click()
    assert f"order_number={order}" in page.url


def test_the_shift_key_chooses_all_between_and_one_box_chooses_the_page(page_of, stage):
    order, numbers = order_with(stage, 5)
    page = page_of("kefu")
    page.goto(f"/tickets/?tab=all&order_number={order}")
    newest_first = numbers[::-1]
    page.get_by_label(newest_first[0], exact=True).click()
    page.get_by_label(newest_first[3], exact=True).click(modifiers=["Shift"])
    assert chosen(page) == 4
    page.get_by_label(newest_first[1], exact=True).click(modifiers=["Shift"])
    assert chosen(page) == 1
    page.get_by_label("全选本页").check()
    assert chosen(page) == 5
    page.get_by_role("button", name="取消选择").click()
    assert chosen(page) == 0
    expect(page.get_by_label("全选本页")).not_to_be_checked()


def test_a_refresh_does_not_take_the_choice_away(page_of, stage):
    order, numbers = order_with(stage, 2)
    page = page_of("kefu")
    page.goto(f"/tickets/?tab=all&order_number={order}")
    box = page.get_by_label(numbers[0], exact=True)
    box.press("Space")  # not by the pointer: that alone keeps the list waiting
    box.blur()
    assert page.evaluate(LOOK_AGAIN) == 0
    expect(box).to_be_checked()
    box.press("Space")
    box.blur()
    with page.expect_response("**/tickets/?**"):
        assert page.evaluate(LOOK_AGAIN) == 1


def test_with_the_keyboard_alone(page_of, stage):
    order, numbers = order_with(stage, 2, "ticket")
    page = page_of("dianyuan")
    page.goto(f"/tickets/?tab=all&order_number={order}")
    page.get_by_label(numbers[1], exact=True).focus()
    page.keyboard.press("Space")
    page.locator("#bulk").get_by_role("button", name="认领").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="确认认领").press("Enter")
    expect(page.get_by_text("已认领 1 张，全部完成")).to_be_visible()
    assert stage.kinds(numbers[1]) == ["opened", "claimed"]


def test_on_a_phone_the_box_is_under_the_finger_and_the_row_opens_the_ticket(page_of, stage):
    order, numbers = order_with(stage, 1, "ticket")
    page = page_of("dianyuan", width=390)
    page.goto(f"/tickets/?tab=all&order_number={order}")
    page.get_by_label(numbers[0], exact=True).click()
    expect(page.locator("#bulk")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("td.problem").click(force=True)  # the link of the row lies over all of it
    expect(page.get_by_role("heading", level=1)).to_have_text(numbers[0])
