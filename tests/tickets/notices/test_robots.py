"""群机器人: who keeps which, and that address and secret never come out again."""

from datetime import timedelta

import pytest

from tests.factories import DeliveryFactory, RobotFactory
from tests.pages import read, signed_in, statements
from tests.tickets.notifying.robot_server import RobotServer
from tickets.clock import database_now
from tickets.models import Delivery, Robot

pytestmark = pytest.mark.django_db

PAGE = "/notices/robots/"
URL = "https://oapi.dingtalk.com/robot/send?access_token=abcdef3f2a"
TYPED = {"kind": "dingtalk", "name": "售后群", "url": URL, "secret": "SECtest0123456789", "is_active": "on"}


def rows(page) -> list[dict[str, str]]:
    return read(page).one("main").table()


def edit(robot) -> str:
    return f"{PAGE}{robot.pk}/"


def test_a_manager_sees_customer_services_and_every_merchants(zhuguan, merchant_a, merchant_b):
    for name, merchant in [("客服值班", None), ("甲群", merchant_a), ("乙群", merchant_b)]:
        RobotFactory(name=name, merchant=merchant)
    listed = {row["名称"]: row["群"] for row in rows(signed_in(zhuguan).get(PAGE))}
    assert listed == {"客服值班": "客服群", "甲群": merchant_a.name, "乙群": merchant_b.name}


def test_an_owner_sees_and_touches_only_the_own_shops(shangjia2, merchant_a, merchant_b):
    theirs, service, mine = (
        RobotFactory(merchant=merchant_a),
        RobotFactory(),
        RobotFactory(merchant=merchant_b),
    )
    visitor = signed_in(shangjia2)
    assert [row["名称"] for row in rows(visitor.get(PAGE))] == [mine.name]
    for robot in (theirs, service):
        assert visitor.get(edit(robot)).status_code == 404
        for path in (edit(robot), f"{edit(robot)}test/", f"{edit(robot)}delete/"):
            assert visitor.post(path, TYPED).status_code == 404
    assert Robot.objects.count() == 3


def test_an_owners_new_robot_is_the_own_shops_whatever_was_sent(shangjia, merchant_a, merchant_b):
    page = signed_in(shangjia).post(f"{PAGE}new/", TYPED | {"merchant": merchant_b.pk})
    assert page["Location"] == PAGE
    robot = Robot.objects.get()
    assert (robot.merchant, robot.url, robot.secret) == (merchant_a, URL, TYPED["secret"])


@pytest.mark.parametrize("whose", ["service", "merchant"])
def test_a_manager_says_whose_group_it_is(zhuguan, merchant_a, whose):
    chosen = merchant_a if whose == "merchant" else None
    signed_in(zhuguan).post(f"{PAGE}new/", TYPED | {"merchant": chosen.pk if chosen else ""})
    assert Robot.objects.get().merchant == chosen


def test_address_and_secret_are_on_no_page(zhuguan):
    robot = RobotFactory(url=URL, secret="SECtest0123456789")
    visitor = signed_in(zhuguan)
    for path in (PAGE, edit(robot)):
        page = visitor.get(path).text
        assert "https://oapi.dingtalk.com/…••••3f2a" in page
        assert "abcdef" not in page
        assert "SECtest" not in page


def test_after_the_login_lapsed_they_are_not_given_back_either(client, db):
    page = client.post(f"{PAGE}new/", TYPED)
    assert page.status_code == 401
    assert "abcdef3f2a" not in page.text
    assert "SECtest" not in page.text


def test_left_empty_they_stay_as_they_are(zhuguan):
    robot = RobotFactory(url=URL, secret="SECtest0123456789")
    visitor = signed_in(zhuguan)
    form = read(visitor.get(edit(robot))).one("section", id="robot").one("form")
    visitor.post(edit(robot), form.sends() | {"name": "新名称"})
    robot.refresh_from_db()
    assert (robot.name, robot.url, robot.secret) == ("新名称", URL, "SECtest0123456789")


def test_a_secret_can_be_taken_away(zhuguan):
    robot = RobotFactory(url=URL, secret="SECtest0123456789")
    signed_in(zhuguan).post(edit(robot), TYPED | {"url": "", "secret": "", "forget_secret": "on"})
    robot.refresh_from_db()
    assert (robot.url, robot.secret) == (URL, "")


def test_a_robot_that_moves_to_a_platform_without_secrets_loses_its_own(zhuguan):
    robot = RobotFactory(url=URL, secret="SECtest0123456789")
    url = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1"
    signed_in(zhuguan).post(edit(robot), TYPED | {"kind": "wecom", "url": url, "secret": ""})
    robot.refresh_from_db()
    assert (robot.kind, robot.url, robot.secret) == ("wecom", url, "")


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"url": ""}, "url", "请填写 Webhook 地址"),
        ({"url": "oapi"}, "url", "请填写完整的 Webhook 地址，以 https:// 开头"),
        ({"url": "https://evil.example/robot/send"}, "url", "Webhook 地址不在允许的平台之内"),
        ({"url": "http://169.254.169.254/"}, "url", "Webhook 地址不在允许的平台之内"),
        ({"kind": "wecom", "secret": ""}, "url", "Webhook 地址属于另一个平台"),
        ({"kind": ""}, "kind", "请选择平台"),
        ({"name": " "}, "name", "请填写名称"),
        ({"quiet_from": "22:00"}, "quiet_to", "免打扰的开始和结束要一起填写"),
        ({"quiet_from": "99", "quiet_to": "08:00"}, "quiet_from", "请填写正确的时间，例如 22:00"),
    ],
)
def test_what_cannot_be_gets_its_sentence_and_what_was_typed_stays(zhuguan, typed, field, sentence):
    page = signed_in(zhuguan).post(f"{PAGE}new/", TYPED | typed)
    assert (page.status_code, read(page).errors()) == (422, [sentence])
    assert read(page).one("ul", id=f"id_{field}_error")
    assert read(page).one("input", name="url").value == (TYPED | typed)["url"]
    assert not Robot.objects.exists()


def test_a_refused_change_leaves_the_kept_address_alone(zhuguan):
    robot = RobotFactory(url=URL)
    page = signed_in(zhuguan).post(edit(robot), TYPED | {"url": "https://evil.example/"})
    assert page.status_code == 422
    assert "https://oapi.dingtalk.com/…••••3f2a" in page.text
    robot.refresh_from_db()
    assert robot.url == URL


def test_the_list_says_how_a_robot_is_doing(zhuguan):
    now = database_now()
    RobotFactory(name="甲从未")
    RobotFactory(name="乙停用", is_active=False)
    fine = RobotFactory(name="丙正常", last_ok_at=now)
    DeliveryFactory(robot=fine, created_at=now - timedelta(hours=1))
    DeliveryFactory.create_batch(
        3, robot=fine, state=Delivery.State.WAITING, attempts=0, last_error="早先的错误"
    )
    failing = RobotFactory(name="丁失败", last_ok_at=now - timedelta(hours=1))
    DeliveryFactory(robot=failing, last_error="令牌不存在")
    trying = RobotFactory(name="戊再试")
    DeliveryFactory(robot=trying, state=Delivery.State.WAITING, attempts=2, last_error="对方没有回答")
    listed = {row["名称"]: (row["状态"], row["待发送"]) for row in rows(signed_in(zhuguan).get(PAGE))}
    assert listed == {
        "甲从未": ("还没有发送过", "0"),
        "乙停用": ("已停用", "0"),
        "丙正常": ("正常", "3"),
        "丁失败": ("发送失败 令牌不存在", "0"),
        "戊再试": ("发送失败 对方没有回答", "1"),
    }


def test_a_robot_can_be_deleted_with_what_waits_for_it(shangjia, merchant_a):
    robot = RobotFactory(merchant=merchant_a)
    DeliveryFactory(robot=robot)
    page = signed_in(shangjia).post(f"{edit(robot)}delete/", follow=True)
    assert f"已删除群机器人「{robot}」" in page.text
    assert not Robot.objects.exists()
    assert not Delivery.objects.exists()


def test_a_test_message_reaches_the_group(shangjia, merchant_a, settings):
    server = RobotServer()
    settings.ROBOT_ORIGINS = [server.origin]
    try:
        robot = RobotFactory(merchant=merchant_a, url=server.url("/dingtalk"))
        page = signed_in(shangjia).post(f"{edit(robot)}test/", follow=True)
    finally:
        server.close()
    assert f"测试消息已发送到「{robot}」" in page.text
    assert rows(page)[0]["状态"] == "正常"


def test_a_test_message_that_cannot_go_says_why(zhuguan):
    robot = RobotFactory(is_active=False)
    page = signed_in(zhuguan).post(f"{edit(robot)}test/", follow=True)
    assert read(page).one("p", role="alert").text == "这个机器人已停用，或刚刚发送过，请稍后再试"


def test_no_robot_yet_says_what_to_do(zhuguan):
    assert "还没有群机器人" in read(signed_in(zhuguan).get(PAGE)).one(class_="empty").text


def test_one_row_and_fifty_cost_the_same(zhuguan, merchant_a):
    visitor = signed_in(zhuguan)
    DeliveryFactory(robot=RobotFactory(merchant=merchant_a))
    one = statements(lambda: visitor.get(PAGE))
    for robot in RobotFactory.create_batch(49, merchant=merchant_a):
        DeliveryFactory(robot=robot)
    assert statements(lambda: visitor.get(PAGE)) == one
    assert len(rows(visitor.get(PAGE))) == 50
