"""What each role finds in the menu, and that it finds nothing else."""

import pytest
from django.test import RequestFactory

from merchants.access import Role
from merchants.menu import MENUS, nav
from tests.factories import RobotFactory, TicketFactory, completed_ticket
from tests.pages import read, signed_in

pytestmark = pytest.mark.django_db

OWN = ("通知", ["消息", "消息设置"])
DESK = ("客服工作台", ["工单管理", "新建工单", "批量建单", "待客服审核", "快捷短语", "导出与导入"])
EXPECTED = {
    "kefu": [DESK, ("订单", ["订单查询", "订单导入"]), OWN],
    "zhuguan": [
        DESK,
        ("时效管理", ["超时工单", "异常处理", "商户时效统计", "时限与节假日", "问题类型与原因"]),
        ("订单", ["订单查询", "订单导入"]),
        ("信息安全", ["敏感信息查看日志", "导出记录"]),
        ("通知", ["消息", "消息设置", "群机器人", "未送达"]),
    ],
    "shangjia": [
        ("联营系统 › 运营管理", ["工单管理", "本店时效", "快捷短语", "我的导出"]),
        ("店铺设置", ["员工账号"]),
        ("通知", ["消息", "消息设置", "群机器人"]),
    ],
    "dianyuan": [("联营系统 › 运营管理", ["工单管理", "快捷短语", "我的导出"]), OWN],
}


def menu_of(page) -> list[tuple[str, list[str]]]:
    menu = read(page).one("nav", aria_label="主导航")
    headings, lists = menu.all("h2"), menu.all("ul")
    return [
        (heading.text, [link.text for link in items.all("a")])
        for heading, items in zip(headings, lists, strict=True)
    ]


@pytest.mark.parametrize("who", EXPECTED)
def test_the_menu_of_a_role(who, request):
    assert menu_of(signed_in(request.getfixturevalue(who)).get("/tickets/")) == EXPECTED[who]


@pytest.mark.parametrize("who", EXPECTED)
def test_every_item_opens_its_page_and_is_marked_there(who, request):
    visitor = signed_in(request.getfixturevalue(who))
    links = read(visitor.get("/tickets/")).one("nav", aria_label="主导航").all("a")
    for link in links:
        page = visitor.get(link["href"])
        assert page.status_code == 200
        menu = read(page).one("nav", aria_label="主导航")
        assert [item.text for item in menu.all("a", aria_current="page")] == [link.text]


def test_the_administrator_finds_the_admin(sysadmin):
    page = signed_in(sysadmin).get("/password/")
    assert menu_of(page) == [("系统管理", ["后台管理"])]


@pytest.mark.parametrize(
    ("who", "make", "item"),
    [
        ("kefu", lambda order, staff: TicketFactory(order=order).get_absolute_url(), "工单管理"),
        ("dianyuan", lambda order, staff: completed_ticket(order=order).get_absolute_url(), "工单管理"),
        ("kefu", lambda order, staff: order.get_absolute_url(), "订单查询"),
        ("shangjia", lambda order, staff: f"/staff/{staff.pk}/", "员工账号"),
        ("shangjia", lambda order, staff: "/staff/new/", "员工账号"),
        ("shangjia", lambda order, staff: "/notices/robots/new/", "群机器人"),
        ("zhuguan", lambda order, staff: f"/notices/robots/{RobotFactory().pk}/", "群机器人"),
    ],
)
def test_a_page_below_marks_the_item_it_belongs_to(who, make, item, order_a, dianyuan, request):
    page = signed_in(request.getfixturevalue(who)).get(make(order_a, dianyuan))
    menu = read(page).one("nav", aria_label="主导航")
    assert [link.text for link in menu.all("a", aria_current="page")] == [item]


def test_a_ticket_tells_a_merchant_where_it_is(dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    trail = read(signed_in(dianyuan).get(ticket.get_absolute_url())).one("nav", aria_label="当前位置")
    assert [place.text for place in trail.all("li")] == ["联营系统 › 运营管理", "工单管理", ticket.number]


@pytest.mark.parametrize(
    ("who", "desk"),
    [("kefu", "客服工作台"), ("shangjia", "联营系统 › 运营管理"), ("dianyuan", "联营系统 › 运营管理")],
)
def test_a_phrase_tells_where_it_is_by_the_words_of_the_menu(who, desk, request):
    trail = read(signed_in(request.getfixturevalue(who)).get("/tickets/phrases/new/")).one(
        "nav", aria_label="当前位置"
    )
    assert [place.text for place in trail.all("li")] == [desk, "快捷短语", "新建短语"]


def test_no_role_was_forgotten():
    assert set(MENUS) == set(Role)


def test_without_a_person_there_is_no_menu():
    assert nav(RequestFactory().get("/")) == []


def test_who_is_logged_in_stands_on_every_page(dianyuan):
    assert "李店员" in read(signed_in(dianyuan).get("/tickets/")).one("header", class_="topbar").text
