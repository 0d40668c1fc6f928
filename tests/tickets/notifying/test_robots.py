"""One message to a group robot: signed as each platform demands, and every way in which a host can go wrong."""

import json
import os
import time
from unittest import mock

import pytest

from tickets.notifying.channels import dingtalk, feishu, posting, robots
from tickets.notifying.channels.outcome import Undelivered
from tickets.notifying.channels.robots import RobotDoor

from .robot_server import answer, endless, hang, trickle

KINDS = ["dingtalk", "wecom", "feishu"]
SECRET = "SECtest0123456789"


@pytest.fixture
def door(robot_server):
    """The door of a robot on the local host; the token must never show."""

    def door(kind: str = "dingtalk", secret: str = "") -> RobotDoor:
        return RobotDoor(kind, robot_server.url(f"/{kind}?access_token=TOPSECRET"), secret)

    return door


def failure_of(door: RobotDoor) -> Undelivered:
    with pytest.raises(Undelivered) as failed:
        robots.send(door, "你好")
    return failed.value


def test_the_signatures_are_those_of_the_platforms():
    assert dingtalk.sign(SECRET, 1767225600000) == "WqRwE26E5CxYGjFqhx%2B2yyo3peNrvAUu8ptyyREKKyk%3D"
    assert feishu.sign(SECRET, 1767225600) == "x0FLP8hAs6px6cFg/dRbDK6OK17ucRThD400ku+CnSk="


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_arrives_in_the_form_of_its_platform(kind, door, robot_server):
    robots.send(door(kind), "你好，工单")
    (said,) = robot_server.said
    assert said.query == {"access_token": "TOPSECRET"}
    assert said.headers["content-type"] == "application/json; charset=utf-8"
    assert said.text == "你好，工单"
    assert "sign" not in said.body


def test_dingtalk_is_signed_in_the_address(door, robot_server):
    robots.send(door("dingtalk", SECRET), "你好")
    (said,) = robot_server.said
    timestamp = int(said.query["timestamp"])
    assert abs(timestamp / 1000 - time.time()) < 60
    assert f"&sign={dingtalk.sign(SECRET, timestamp)}" in said.url.query


def test_feishu_is_signed_in_the_body(door, robot_server):
    robots.send(door("feishu", SECRET), '你好 <at user_id="all">')
    (said,) = robot_server.said
    assert said.body["sign"] == feishu.sign(SECRET, int(said.body["timestamp"]))
    assert "<at" not in said.text


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("dingtalk", {"errcode": 0}),
        ("wecom", {"errcode": 0}),
        ("feishu", {"code": 0}),
        ("feishu", {"StatusCode": 0}),
    ],
)
def test_success_is_what_the_body_says(kind, said, door, robot_server):
    robot_server.behaviours[f"/{kind}"] = answer(said)
    robots.send(door(kind), "你好")


@pytest.mark.parametrize(
    "said",
    [
        b'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{"errcode":0}',
        b'HTTP/1.0 200 OK\r\n\r\n{"errcode":0}',
        b'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 13\r\n\r\n{"errcode":0}',
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nd\r\n{"errcode":0}\r\n0\r\n\r\n',
        b'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{"errcode":0}',
    ],
    ids=["closing", "1.0", "length", "chunked", "continue"],
)
def test_every_form_of_an_answer_is_understood(said, door, robot_server):
    robot_server.behaviours["/dingtalk"] = lambda line: line.write(said)
    robots.send(door(), "你好")


@pytest.mark.parametrize(
    ("kind", "said", "sentence"),
    [
        ("dingtalk", {"errcode": 310000, "errmsg": "keywords not in content"}, "安全设置"),
        ("dingtalk", {"errcode": 99, "errmsg": "TOPSECRET"}, "平台没有接受（错误码 99）"),
        ("wecom", {"errcode": 93000, "errmsg": "invalid webhook url TOPSECRET"}, "Webhook 地址有误"),
        ("feishu", {"code": 19021, "msg": "sign match fail"}, "签名不符"),
        ("feishu", {"code": 9499, "StatusCode": 0}, "格式不被接受"),
        ("dingtalk", {"errcode": False}, "无法识别"),
        ("dingtalk", {"errcode": "0"}, "无法识别"),
        ("wecom", {}, "无法识别"),
        ("wecom", [], "无法识别"),
        ("feishu", b"<html>ok</html>", "无法识别"),
        ("feishu", b"\xff\xfe\x00", "无法识别"),
        ("feishu", b"[" * 60_000, "无法识别"),
        ("feishu", b"", "无法识别"),
    ],
)
def test_http_200_with_anything_else_is_a_failure(kind, said, sentence, door, robot_server):
    robot_server.behaviours[f"/{kind}"] = answer(said)
    failure = failure_of(door(kind))
    assert sentence in failure.sentence
    assert not failure.too_fast
    assert "TOPSECRET" not in failure.sentence


@pytest.mark.parametrize(("kind", "code"), [("dingtalk", 130101), ("wecom", 45009), ("feishu", 11232)])
def test_a_platform_that_asks_for_patience_is_told_from_a_failure(kind, code, door, robot_server):
    robot_server.behaviours[f"/{kind}"] = answer({"code" if kind == "feishu" else "errcode": code})
    assert failure_of(door(kind)).too_fast
    robot_server.behaviours[f"/{kind}"] = answer({}, status=429)
    assert failure_of(door(kind)).too_fast


@pytest.mark.parametrize(
    ("status", "headers", "sentence"),
    [
        (500, "", "HTTP 500"),
        (404, "", "HTTP 404"),
        (302, "Location: /wecom\r\n", "已拒绝"),
        (307, "", "已拒绝"),
    ],
)
def test_another_status_is_a_failure_and_no_redirect_is_followed(
    status, headers, sentence, door, robot_server
):
    robot_server.behaviours["/dingtalk"] = answer({"errcode": 0}, status, headers)
    assert sentence in failure_of(door()).sentence
    assert len(robot_server.said) == 1


@pytest.mark.parametrize("behaviour", [hang, trickle])
def test_there_is_one_deadline_for_all_of_it(behaviour, door, robot_server, monkeypatch):
    monkeypatch.setattr(posting, "DEADLINE_SECONDS", 0.3)
    robot_server.behaviours["/dingtalk"] = behaviour
    assert failure_of(door()).sentence == "对方没有在规定时间内回复"


def test_ten_megabytes_are_not_read(door, robot_server):
    robot_server.behaviours["/dingtalk"] = endless
    assert failure_of(door()).sentence == "对方的回复过长"


@pytest.mark.parametrize("said", [b"garbage\r\n\r\n", b"", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"])
def test_what_is_no_http_is_a_failure(said, door, robot_server):
    robot_server.behaviours["/dingtalk"] = lambda line: line.write(said)
    assert failure_of(door()).sentence in {"对方的回复无法识别", "连接不上对方的服务器，或连接中断"}


def test_a_host_that_is_away_is_a_failure(door, robot_server):
    robot_server.close()
    assert failure_of(door()).sentence == "连接不上对方的服务器，或连接中断"


def test_a_proxy_of_the_environment_is_not_used(door, robot_server):
    with mock.patch.dict(os.environ, http_proxy="http://127.0.0.1:1", HTTP_PROXY="http://127.0.0.1:1"):
        robots.send(door(), "你好")
    assert robot_server.texts("/dingtalk") == ["你好"]


@pytest.mark.parametrize(
    ("kind", "url"),
    [
        ("dingtalk", "https://evil.example.com/robot/send"),
        ("dingtalk", "http://oapi.dingtalk.com/robot/send"),
        ("dingtalk", "https://oapi.dingtalk.com@evil.example.com/"),
        ("dingtalk", "https://oapi.dingtalk.com:444/robot/send"),
        ("dingtalk", "https://oapi.dingtalk.com.evil.example.com/"),
        ("dingtalk", "https://oapi.dingtalk.com\\@evil.example.com/"),
        ("dingtalk", "https://oapi.dingtalk.com/\r\nHost: evil"),
        ("dingtalk", "https://oapi.dingtalk.com/机器人"),
        ("dingtalk", "https://[oapi.dingtalk.com/"),
        ("dingtalk", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1"),
        ("wecom", "https://open.feishu.cn/open-apis/bot/v2/hook/1"),
        ("feishu", "https://oapi.dingtalk.com/robot/send?access_token=1"),
        ("feishu", "http://127.0.0.1:1/"),
        ("feishu", ""),
    ],
)
def test_nothing_is_sent_to_a_host_that_is_not_allowed_for_its_kind(kind, url):
    with mock.patch.object(robots, "post_json") as post:
        failure = failure_of(RobotDoor(kind, url, ""))
    assert failure.for_good
    post.assert_not_called()


def test_a_door_shows_neither_its_address_nor_its_secret(door):
    shown = repr(door(secret=SECRET))
    assert "TOPSECRET" not in shown
    assert SECRET not in shown


def test_the_body_is_json_in_utf_8(door, robot_server):
    robots.send(door("wecom"), '表情 😀 "引号"\n换行')
    assert robot_server.texts("/wecom") == ['表情 😀 "引号"\n换行']
    assert json.dumps(robot_server.said[0].body)
