"""admin in Django's own back office: it works under our content security policy, and speaks Chinese."""

import re

import pytest
from playwright.sync_api import Page, expect


@pytest.fixture
def office(page_of) -> Page:
    return page_of("admin")


def test_the_administrator_comes_straight_to_the_back_office(office):
    office.goto("/")
    expect(office).to_have_url("/admin/")
    for name in ["账号", "商户", "问题类型", "处理时限"]:
        expect(office.locator("#content").get_by_role("link", name=name, exact=True)).to_be_visible()


@pytest.mark.parametrize(
    "path", ["merchants/user", "merchants/merchant", "tickets/category", "tickets/policy"]
)
def test_a_list_and_its_first_entry_open(office, path):
    office.goto(f"/admin/{path}/")
    office.locator("#result_list tbody th a").first.click()
    expect(office.get_by_role("button", name="保存", exact=True)).to_be_visible()


def fill_in(page: Page, username: str, role: str) -> None:
    page.goto("/admin/merchants/user/add/")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("姓名").fill("新来的")
    page.get_by_label("角色").select_option(role)
    page.locator("#id_password1").fill("Shop-window-7")
    page.locator("#id_password2").fill("Shop-window-7")


def save(page: Page) -> None:
    page.get_by_role("button", name="保存", exact=True).click()


def test_a_merchants_person_without_a_merchant_is_refused_in_chinese(office):
    fill_in(office, "nobodys", "商户员工")
    save(office)
    expect(office.locator(".errorlist").filter(has_text="请选择商户")).to_be_visible()


def test_a_merchants_person_is_made_and_can_work(office, stage, open_page, sign_in):
    fill_in(office, "xinlaide", "商户员工")
    office.locator(".field-merchant .select2-selection").click()
    office.locator(".select2-search__field").fill(stage.shop_name[:2])
    office.locator(".select2-results__option", has_text=stage.shop_name).click()
    save(office)
    expect(office.locator(".messagelist .success")).to_contain_text("新来的")
    page = open_page()
    sign_in(page, "xinlaide", "Shop-window-7")
    expect(page).to_have_title(re.compile("工单管理 · 亲亲宝贝商城$"))
    page.goto("/tickets/?tab=all")
    expect(page.locator("tbody .merchant").first).to_have_text(stage.shop_name)
