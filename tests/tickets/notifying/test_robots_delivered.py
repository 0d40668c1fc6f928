"""Robots are told: in one message, below their platform's limit, and none at another's cost."""

from datetime import timedelta
from itertools import pairwise

import pytest

from tests.factories import MerchantFactory, RobotFactory
from tests.tickets.notifying.outbox import MINUTE, fate, mail_to, message_to
from tickets.models import Delivery, Robot
from tickets.notifying import claiming
from tickets.notifying.channels import posting
from tickets.notifying.delivering import Worker, run_once

from .robot_server import answer, endless, hang, trickle

pytestmark = pytest.mark.django_db


# ---- robots ----


def test_all_that_waits_for_a_robot_goes_out_in_one_message(robot, clock, robot_server):
    deliveries = [message_to(robot, clock) for _ in range(5)]
    assert run_once(clock).sent == 5
    (text,) = robot_server.texts("/dingtalk")
    assert all(delivery.reference in text for delivery in deliveries)
    assert {fate(delivery) for delivery in deliveries} == {("sent", 1, "")}
    robot.refresh_from_db()
    assert robot.last_ok_at == clock()


def test_what_does_not_fit_is_counted_and_done_with(robot_server, clock):
    robot = RobotFactory(kind="wecom", url=robot_server.url("/wecom"))
    for _ in range(100):
        message_to(robot, clock)
    assert run_once(clock).sent == 100
    (text,) = robot_server.texts("/wecom")
    assert len(text.encode()) < 2048
    named = text.count("编号 QQ-")
    assert text.endswith(f"另有 {100 - named} 条，请登录查看")
    assert not Delivery.objects.filter(state="waiting").exists()


@pytest.mark.parametrize(
    ("kind", "gap", "per_minute"), [("dingtalk", 3.2, 20), ("wecom", 3.2, 20), ("feishu", 0.7, 100)]
)
def test_no_robot_is_spoken_to_more_often_than_its_platform_allows(
    kind, gap, per_minute, robot_server, clock
):
    robot = RobotFactory(kind=kind, url=robot_server.url(f"/{kind}"))
    moments: list[float] = []
    start = clock()
    robot_server.on_message = lambda: moments.append((clock() - start).total_seconds())
    for _ in range(140):
        message_to(robot, clock)
        run_once(clock)
        clock.pass_by(timedelta(seconds=0.5))
    assert moments[-1] > 60
    busiest = max(sum(begin <= moment < begin + 60 for moment in moments) for begin in moments)
    assert per_minute / 2 < busiest < per_minute
    assert min(after - before for before, after in pairwise(moments)) >= gap
    clock.pass_by(MINUTE)
    run_once(clock)
    assert not Delivery.objects.exclude(state="sent").exists()


@pytest.mark.parametrize(
    "behaviour",
    [
        answer({"errcode": 310000}),
        answer({"errcode": 0}, status=500),
        answer({"errcode": 0}, status=302, headers="Location: https://evil.example.com/\r\n"),
        answer(b"garbage"),
        hang,
        trickle,
        endless,
    ],
    ids=["code", "500", "redirect", "garbage", "hang", "trickle", "endless"],
)
def test_a_robot_that_goes_wrong_harms_nobody_else(
    behaviour, robot, person, clock, robot_server, mail_server, monkeypatch
):
    monkeypatch.setattr(posting, "DEADLINE_SECONDS", 0.3)
    robot_server.behaviours["/dingtalk"] = behaviour
    bad = message_to(robot, clock)
    good = [message_to(RobotFactory(url=robot_server.url(f"/dingtalk-{n}")), clock) for n in range(3)]
    good.append(mail_to(person, clock))
    done = run_once(clock)
    assert (done.sent, done.failed) == (4, 1)
    assert {fate(delivery)[0] for delivery in good} == {"sent"}
    assert fate(bad)[:2] == ("waiting", 1)
    assert bad.next_attempt_at == clock() + timedelta(seconds=30)
    assert bad.last_error


def test_others_are_served_while_a_robot_hangs(robot, clock, robot_server, monkeypatch):
    monkeypatch.setattr(posting, "DEADLINE_SECONDS", 1)
    robot_server.behaviours["/dingtalk"] = hang
    hanging = message_to(robot, clock)
    with Worker(clock) as worker:
        worker.go_round()
        later = message_to(RobotFactory(url=robot_server.url("/dingtalk-2")), clock)
        worker.go_round()
        worker.wait(0.4)
        assert fate(later)[0] == "sent"
        assert fate(hanging)[0] == "waiting"
        worker.finish(worker.account(worker.go_round()))
    assert fate(hanging)[:2] == ("waiting", 1)


def test_a_platform_that_asks_for_patience_gets_a_minute_and_no_attempt_is_lost(robot, clock, robot_server):
    robot_server.behaviours["/dingtalk"] = answer({"errcode": 130101})
    delivery = message_to(robot, clock)
    run_once(clock)
    assert fate(delivery) == ("waiting", 0, "平台限制发送频率，稍后再发")
    del robot_server.behaviours["/dingtalk"]
    clock.pass_by(timedelta(seconds=59))
    run_once(clock)
    assert len(robot_server.said) == 1
    clock.pass_by(timedelta(seconds=1))
    run_once(clock)
    assert fate(delivery) == ("sent", 1, "")


def test_a_robot_with_an_address_that_is_not_allowed_is_not_spoken_to(clock, robot_server):
    delivery = message_to(RobotFactory(url="https://evil.example.com/dingtalk"), clock)
    run_once(clock)
    assert fate(delivery)[0] == "given_up"
    assert fate(delivery)[2] == "Webhook 地址不在允许的平台之内"


def test_what_waits_for_a_robot_that_is_switched_off_is_given_up(robot, clock, robot_server):
    delivery = message_to(robot, clock)
    Robot.objects.update(is_active=False)
    run_once(clock)
    assert fate(delivery) == ("given_up", 0, claiming.ROBOT_OFF)
    assert robot_server.said == []


def test_a_merchants_many_robots_are_spoken_to_at_once(clock, robot_server):
    for n in range(12):
        message_to(RobotFactory(merchant=MerchantFactory(), url=robot_server.url(f"/dingtalk-{n}")), clock)
    with Worker(clock) as worker:
        worker.finish(worker.go_round())
        worker.finish(worker.go_round())
    assert len({said.url.path for said in robot_server.said}) == 12
