"""常用筛选 and 列设置, with and without a script."""

from playwright.sync_api import Page, expect

from .hands import press_while_there
from .looks import blemishes


def clear(page: Page) -> None:
    """Nothing kept, the usual columns: others look at this person's list, too."""
    page.goto("/tickets/views/")
    press_while_there(page, page.get_by_role("button", name="删除"))
    page.goto("/tickets/columns/")
    page.get_by_role("button", name="恢复默认").click()
    page.wait_for_url("**/tickets/")


def test_a_filter_is_kept_used_and_left(page_of, script):
    page = page_of("dianyuan", java_script=script)
    try:
        page.goto("/tickets/?urgency=urgent&tab=all")
        page.get_by_role("link", name="保存当前筛选").click()
        page.get_by_label("名称").fill("紧急的")
        page.get_by_label("设为默认").check()
        page.get_by_role("button", name="保存").click()
        expect(page.locator(".views [aria-current]")).to_contain_text("紧急的")
        page.get_by_role("link", name="查看", exact=False).first.wait_for()
        page.goto("/tickets/")
        assert "urgency=urgent" in page.url
        page.get_by_role("link", name="不使用筛选").click()
        assert "urgency" not in page.url
    finally:
        clear(page)


def test_a_chosen_column_stays_chosen(page_of, script):
    page = page_of("dianyuan", java_script=script)
    try:
        page.goto("/tickets/")
        page.get_by_role("link", name="列设置").click()
        page.get_by_label("处理轮次").check()
        page.get_by_label("商户").uncheck()
        page.get_by_role("button", name="保存").click()
        page.wait_for_url("**/tickets/")
        expect(page.locator(".pager")).to_be_visible()
        headings = page.locator("thead th").all_inner_texts()
        assert "处理轮次" in headings
        assert "商户" not in headings
    finally:
        clear(page)


def test_they_fit_and_can_be_read(page_of):
    page = page_of("dianyuan")
    try:
        for name in ("物流的急件不要忘了今天下午处理掉", "今天", "全部的"):
            page.goto("/tickets/views/new/?tab=all&q=奶粉&urgency=urgent")
            page.get_by_label("名称").fill(name)
            page.get_by_role("button", name="保存").click()
            page.wait_for_load_state()
        page.goto("/tickets/columns/")
        for box in page.locator("[name=column]").all():
            box.check()
        assert not any(blemishes(page).values())
        page.get_by_role("button", name="保存").click()
        for path in ("/tickets/?tab=all", "/tickets/views/", "/tickets/views/new/?tab=all"):
            page.goto(path)
            assert not any(blemishes(page).values()), path
    finally:
        clear(page)
