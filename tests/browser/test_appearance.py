"""Every page, at 1440 and at 390 px, in light and in dark: nothing sticks out, and everything can be read."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from .hands import answer, answer_form, unfold
from .looks import blemishes

LONG = "消费者" + "说" * 40 + "Supercalifragilisticexpialidocious" * 4


@pytest.fixture
def look(page_of, stage):
    """Opens ``path`` as ``username`` and says what is wrong with it."""

    def look(username: str, path: str) -> dict[str, list[str]]:
        page = page_of(username)
        page.goto(path)
        return blemishes(page)

    return look


@pytest.mark.parametrize(
    ("username", "path"),
    [
        ("kefu", "/tickets/?tab=all"),
        ("kefu", "/tickets/?status=completed&created_from=x"),
        ("kefu", "/tickets/?q=没有这样的工单"),
        ("kefu", "/tickets/new/"),
        ("kefu", "/tickets/review/"),
        ("kefu", "/orders/"),
        ("kefu", "/password/"),
        ("zhuguan", "/tickets/overdue/"),
        ("zhuguan", "/tickets/overdue/?show=late"),
        ("kefu", "/notices/"),
        ("zhuguan", "/notices/?tab=all"),
        ("zhuguan", "/notices/robots/new/"),
        ("zhuguan", "/notices/undelivered/"),
        ("shangjia", "/notices/settings/"),
        ("shangjia", "/notices/robots/"),
        ("zhuguan", "/tickets/overdue/?show=repeat&since=2026-02-02&until=2026-02-01"),
        ("zhuguan", "/tickets/overdue/?show=missed&days=30&group=handler"),
        ("zhuguan", "/tickets/incidents/"),
        ("zhuguan", "/tickets/incidents/1/"),
        ("zhuguan", "/tickets/timeliness/"),
        ("zhuguan", "/tickets/timeliness/list/?figure=missed"),
        ("zhuguan", "/tickets/timeliness/list/?figure=at_once"),
        ("shangjia", "/tickets/timeliness/"),
        ("shangjia", "/tickets/"),
        ("shangjia", "/staff/"),
        ("shangjia", "/staff/new/"),
        ("kefu", "/staff/"),  # 403
        ("kefu", "/tickets/GD20200101-000001/"),  # 404
    ],
)
def test_a_page_fits_and_can_be_read(look, username, path):
    assert look(username, path) == {}


@pytest.mark.parametrize(
    ("username", "state", "about"),
    [
        ("dianyuan", "ticket", {"opened_ago": timedelta(hours=5), "urgency": "urgent", "problem": LONG}),
        ("dianyuan", "returned", {"opened_ago": timedelta(days=2), "urgency": "important", "text": LONG}),
        ("kefu", "ticket", {"opened_ago": timedelta(hours=3, minutes=45)}),
        ("kefu", "submitted", {"outcome": "unsolved", "after": timedelta(minutes=119), "urgency": "urgent"}),
        ("kefu", "completed", {"opened_ago": timedelta(days=2), "after": timedelta(hours=5)}),
    ],
)
def test_a_ticket_fits_and_can_be_read(look, stage, username, state, about):
    number = getattr(stage, state)(**about)
    assert look(username, f"/tickets/{number}/") == {}


def test_an_order_fits_and_can_be_read(look, stage):
    number = stage.order(buyer_remark=LONG, address=LONG, consignee="欧阳" * 10)
    assert look("kefu", f"/orders/{number}/") == {}


def test_a_new_tickets_page_fits_with_everything_that_can_be_wrong(page_of, stage):
    order_number = stage.order()
    page = page_of("kefu")
    for _ in range(2):
        page.goto(f"/tickets/new/?order={order_number}")
        page.get_by_label("问题类型").select_option("商品质量")
        page.get_by_label("问题描述").fill(LONG)
        page.get_by_role("button", name="新建工单").click()
        expect(page.locator("main p.message[role=status], main [role=alert]").first).to_be_attached()
    expect(page.get_by_role("alert")).to_be_visible()
    assert blemishes(page) == {}


def test_refused_answers_and_unfolded_actions_fit_and_can_be_read(page_of, stage):
    merchant, clerk = page_of("dianyuan"), page_of("kefu")
    number = stage.ticket()
    merchant.goto(f"/tickets/{number}/")
    answer(merchant, "好的", outcome="需平台协助")
    expect(merchant.locator("#result .errors").first).to_be_visible()
    assert blemishes(merchant) == {}
    stage.cancel(number)
    answer(merchant, LONG)
    expect(merchant.get_by_role("alert")).to_be_visible()
    assert blemishes(merchant) == {}
    clerk.goto(f"/tickets/{stage.submitted()}/")
    for verb in ["审核通过", "退回商家", "撤销工单"]:
        unfold(clerk, verb)
    assert blemishes(clerk) == {}


def test_pages_without_a_frame_fit_and_can_be_read(open_page, page_of, stage):
    page = open_page()
    page.goto("/login/")
    page.get_by_role("button", name="登录").click()
    expect(page.locator(".errors").first).to_be_visible()
    assert blemishes(page) == {}
    for cookie in ["qinqin_session", "qinqin_csrf"]:  # 登录已过期, 页面已失效
        page = page_of("dianyuan", java_script=False)  # with a script one signs in again in place
        page.goto(f"/tickets/{stage.ticket()}/")
        answer_form(page, LONG)
        page.context.clear_cookies(name=cookie)
        page.get_by_role("button", name="提交工单").click()
        expect(page.locator("textarea")).to_have_value(LONG)
        assert blemishes(page) == {}


def test_the_menu_of_a_telephone_fits_and_can_be_read(page_of):
    page = page_of("zhuguan", width=390)
    page.goto("/tickets/")
    page.get_by_text("菜单").click()
    expect(page.get_by_role("navigation", name="主导航")).to_be_visible()
    assert blemishes(page) == {}


@pytest.mark.parametrize(
    ("username", "path"),
    [("kefu", "/tickets/?tab=all"), ("kefu", "/orders/"), ("zhuguan", "/tickets/overdue/")],
)
def test_the_buttons_of_the_pager_stay_together_on_a_telephone(page_of, username, path):
    page = page_of(username, width=390)
    page.goto(path)
    buttons = [
        page.locator(".pager .button", has_text=label).last for label in ["首页", "上一页", "下一页", "末页"]
    ]
    assert len({button.bounding_box()["y"] for button in buttons}) == 1


def test_no_empty_strip_stands_above_what_can_be_done(page_of, stage):
    page = page_of("kefu")
    page.goto(f"/tickets/{stage.ticket()}/")
    head, first = page.locator("#result > header"), page.locator("#result details.disclosure").first
    box = head.bounding_box()
    assert abs(first.bounding_box()["y"] - box["y"] - box["height"]) <= 1


def test_a_colour_of_a_legend_is_a_square_on_a_telephone(page_of):
    page = page_of("zhuguan", width=390)
    page.goto("/tickets/timeliness/")
    sizes = page.locator(".key").evaluate_all(
        "(keys) => keys.map((key) => [key.offsetWidth, key.offsetHeight])"
    )
    assert len(sizes) == 2
    assert {width - height for width, height in sizes} == {0}


def test_a_cancelled_ticket_says_its_problem_below_its_state_on_a_telephone(page_of, stage):
    number = stage.ticket()
    stage.cancel(number)
    page = page_of("kefu", width=390)
    page.goto(f"/tickets/?tab=all&q={number}")
    row = page.locator(".tickets tbody tr")
    state, problem = row.locator(".state").bounding_box(), row.locator(".problem").bounding_box()
    assert problem["y"] >= state["y"] + state["height"]


def test_the_measure_finds_what_is_faint_and_what_sticks_out(page: Page):
    page.goto("/login/")
    page.evaluate("Object.assign(document.querySelector('h1').style, { color: '#949494', width: '2000px' })")
    found = blemishes(page)
    assert found["wider than 390 px"][0].startswith("H1")
    assert found["faint at 1440 px, light"] == ["3.03 H1.: 登录"]
