"""From the list to a ticket and back: to the same page, filter and order, at the row one came from."""

from playwright.sync_api import expect

from .hands import answer, page_on_to

WORD = "奶粉"


def test_back_from_a_ticket_the_row_is_marked_and_has_the_keyboard(page_of, stage):
    number = stage.ticket()
    page = page_of("kefu", height=500)
    page.goto(f"/tickets/?q={WORD}&tab=all&sort=created")
    page_on_to(page, page.get_by_role("link", name=f"查看 {number}"))
    listed = page.url
    page.get_by_role("link", name=f"查看 {number}").click()
    expect(page.locator("h1")).to_have_text(number)
    page.wait_for_load_state()
    page.keyboard.press("u")
    page.wait_for_url(lambda url: url == f"{listed}#{number}")
    row = page.locator(f"tr[id='{number}']")
    expect(row).to_be_in_viewport(ratio=1)
    expect(row.get_by_role("link", name="查看")).to_be_focused()
    assert row.evaluate("(row) => row.matches(':target')")
    # The quiet refresh leaves it marked and where it is.
    with page.expect_response(lambda answer: answer.request.headers.get("hx-request") == "true"):
        page.locator("[data-refresh-every]").evaluate("(list) => list.dispatchEvent(new Event('refresh'))")
    expect(row.get_by_role("link", name="查看")).to_be_focused()
    assert row.evaluate("(row) => row.matches(':target')")


def test_without_a_script_the_way_back_is_the_same(page_of, stage):
    number = stage.ticket()
    page = page_of("shangjia", java_script=False, height=500)
    page.goto("/tickets/?tab=todo&sort=-created")
    page.get_by_role("link", name=f"查看 {number}").click()
    page.get_by_role("link", name="返回列表").click()
    assert page.url.endswith(f"/tickets/?tab=todo&sort=-created#{number}")
    expect(page.locator(f"tr[id='{number}']")).to_be_in_viewport()


def test_after_an_answer_the_way_back_is_still_there(page_of, stage):
    number = stage.ticket()
    page = page_of("shangjia")
    page.goto("/tickets/?tab=todo&sort=-created")
    page.get_by_role("link", name=f"查看 {number}").click()
    answer(page)
    expect(page.get_by_text("已提交处理结果")).to_be_visible()
    page.get_by_role("link", name="返回列表").click()
    page.wait_for_url(f"**/tickets/?tab=todo&sort=-created#{number}")
    expect(page.get_by_role("link", name=f"查看 {number}")).to_have_count(0)


def test_the_browsers_own_way_back_works_after_a_refresh(page_of, stage):
    number = stage.ticket()
    page = page_of("kefu")
    page.goto("/tickets/?tab=all&sort=-created")
    with page.expect_response(lambda answer: answer.request.headers.get("hx-request") == "true"):
        page.locator("[data-refresh-every]").evaluate("(list) => list.dispatchEvent(new Event('refresh'))")
    page.get_by_role("link", name=f"查看 {number}").click()
    expect(page.locator("h1")).to_have_text(number)
    page.go_back()
    expect(page.get_by_role("navigation", name="主导航")).to_be_visible()
    expect(page.get_by_role("link", name=f"查看 {number}")).to_be_visible()
    expect(page.locator("[name=q]")).to_be_visible()
