"""A robot as people set it up: what is refused, and the test message."""

from datetime import time, timedelta

import pytest
from django.core.exceptions import ValidationError

from merchants.access import NotVisible
from tests.factories import MerchantFactory, RobotFactory
from tickets.clock import database_now
from tickets.lifecycle import Refused
from tickets.models import Robot

from .robot_server import answer

pytestmark = pytest.mark.django_db
GOOD = {
    "dingtalk": "https://oapi.dingtalk.com/robot/send?access_token=1",
    "wecom": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1",
    "feishu": "https://open.feishu.cn/open-apis/bot/v2/hook/1",
}


def errors_of(**about) -> dict[str, list[str]]:
    try:
        Robot(**{"name": "群"} | about).full_clean()
    except ValidationError as error:
        return error.message_dict
    return {}


@pytest.mark.parametrize("kind", list(GOOD))
def test_an_address_of_its_own_platform_is_accepted(kind):
    assert errors_of(kind=kind, url=GOOD[kind]) == {}


@pytest.mark.parametrize(
    ("about", "errors"),
    [
        (
            {"kind": "dingtalk", "url": "https://example.com/?token=TOPSECRET"},
            {"url": ["Webhook 地址不在允许的平台之内"]},
        ),
        ({"kind": "dingtalk", "url": GOOD["wecom"]}, {"url": ["Webhook 地址属于另一个平台"]}),
        (
            {"kind": "wecom", "url": GOOD["wecom"], "secret": "SEC1"},
            {"secret": ["企业微信机器人没有加签密钥，请留空"]},
        ),
    ],
)
def test_what_could_not_be_sent_to_is_refused_at_its_field(about, errors):
    assert errors_of(**about) == errors


def test_quiet_hours_need_both_ends():
    errors = errors_of(kind="feishu", url=GOOD["feishu"], quiet_from=time(22))
    assert errors["quiet_to"] == ["免打扰的开始和结束要一起填写"]


def test_it_never_shows_its_address():
    robot = RobotFactory(name="一店", secret="SECRET2")
    shown = f"{robot} {robot!r} {robot.door()!r}"
    assert "SECRET" not in shown


def test_a_test_message_arrives_at_once(zhuguan, robot_server):
    robot = RobotFactory(url=robot_server.url("/dingtalk"))
    robot.send_test(by_user=zhuguan)
    assert robot_server.texts("/dingtalk") == ["亲亲宝贝工单系统：这是一条测试消息，由赵主管发送"]
    robot.refresh_from_db()
    assert robot.last_ok_at
    assert robot.busy_until is None


def test_a_test_message_that_fails_says_why(zhuguan, robot_server):
    robot = RobotFactory(url=robot_server.url("/dingtalk"))
    robot_server.behaviours["/dingtalk"] = answer({"errcode": 310000})
    with pytest.raises(Refused, match="测试消息没有送达：不符合机器人的安全设置"):
        robot.send_test(by_user=zhuguan)


def test_test_messages_keep_the_limit_too(zhuguan, robot_server):
    robot = RobotFactory(url=robot_server.url("/dingtalk"))
    robot.send_test(by_user=zhuguan)
    with pytest.raises(Refused, match="刚刚发送过，请稍后再试"):
        robot.send_test(by_user=zhuguan)
    Robot.objects.update(next_send_at=None, busy_until=database_now() + timedelta(seconds=9))
    with pytest.raises(Refused, match="刚刚发送过"):
        robot.send_test(by_user=zhuguan)
    assert len(robot_server.said) == 1


def test_only_managers_and_the_owner_of_its_merchant_may_try_it(everybody, robot_server, merchant_a):
    robot = RobotFactory(merchant=merchant_a, url=robot_server.url("/dingtalk"))
    outcomes = {}
    for name, person in everybody.items():
        Robot.objects.update(next_send_at=None)
        try:
            robot.send_test(by_user=person)
            outcomes[name] = "sent"
        except (Refused, NotVisible) as refusal:
            outcomes[name] = type(refusal).__name__
    assert outcomes == {
        "kefu": "Refused",
        "zhuguan": "sent",
        "shangjia": "sent",
        "dianyuan": "Refused",
        "shangjia2": "NotVisible",
        "sysadmin": "Refused",
    }


def test_a_robot_of_customer_service_is_no_merchants(shangjia, robot_server):
    with pytest.raises(NotVisible):
        RobotFactory(url=robot_server.url("/dingtalk")).send_test(by_user=shangjia)


def test_a_merchant_sees_its_own_robots_only(everybody, merchant_a):
    own = RobotFactory(merchant=merchant_a)
    others = [RobotFactory(merchant=MerchantFactory()), RobotFactory(merchant=None)]
    assert list(Robot.objects.for_user(everybody["shangjia"])) == [own]
    assert Robot.objects.for_user(everybody["zhuguan"]).count() == 1 + len(others)
    assert not Robot.objects.for_user(everybody["sysadmin"]).exists()
