"""One round of the worker: what is due goes out, each once, and what fails waits or is given up, visibly."""

from datetime import datetime, time, timedelta
from itertools import pairwise
from unittest import mock

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from tests.factories import MerchantFactory, RobotFactory, TicketFactory, UserFactory
from tickets.clock import database_now
from tickets.models import Delivery, DeliveryRun, NoticePreference, Robot
from tickets.notifying import claiming
from tickets.notifying.channels import letters, posting
from tickets.notifying.delivering import Delivered, Worker, run_once

from .robot_server import answer, endless, hang, trickle

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


class Clock:
    """Stands still until it is moved. Not at night, when the daily list or quiet hours might meddle."""

    def __init__(self) -> None:
        self.now = timezone.localtime(database_now()).replace(hour=8, minute=0, second=0, microsecond=0)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, span: timedelta) -> None:
        self.now += span


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def person(merchant_a):
    return UserFactory(staff_of=merchant_a, email="dian@example.com")


_numbers = iter(range(1, 1_000_000))


def mail_to(person, clock, **about) -> Delivery:
    return _delivery(clock, channel="email", person=person, **about)


def message_to(robot, clock, **about) -> Delivery:
    return _delivery(clock, channel="robot", robot=robot, **about)


def _delivery(clock, **about) -> Delivery:
    number = next(_numbers)
    defaults = {
        "key": f"event:{number}",
        "kind": "opened",
        "text": f"【新工单】第{number}件\nhttp://localhost/tickets/",
        "created_at": clock(),
        "next_attempt_at": clock(),
    }
    return Delivery.objects.create(**defaults | about)


def fate(delivery: Delivery) -> tuple[str, int, str]:
    delivery.refresh_from_db()
    return delivery.state, delivery.attempts, delivery.last_error


@pytest.fixture
def robot(robot_server):
    return RobotFactory(url=robot_server.url("/dingtalk"))


# ---- mail ----


def test_a_mail_goes_out_once_with_its_reference(person, clock, mail_server):
    delivery = mail_to(person, clock)
    assert run_once(clock).sent == 1
    assert run_once(clock).sent == 0
    ((to, mail),) = mail_server.mails
    assert to == "dian@example.com"
    assert mail["From"] == "noreply@localhost"
    assert mail["Subject"] == delivery.text.split("\n")[0]
    assert mail["Message-ID"] == f"<{delivery.reference}@localhost>"
    assert f"编号 {delivery.reference}" in mail.get_content()
    assert fate(delivery) == ("sent", 1, "")
    assert delivery.finished_at == clock()


def test_what_is_not_due_waits(person, clock, mail_server):
    mail_to(person, clock, next_attempt_at=clock() + MINUTE)
    assert run_once(clock).sent == 0
    clock.pass_by(MINUTE)
    assert run_once(clock).sent == 1


def test_several_mails_share_one_connection(clock, mail_server):
    for n in range(5):
        mail_to(UserFactory(email=f"person{n}@example.com"), clock)
    assert run_once(clock).sent == 5
    assert mail_server.commands["CONNECT"] == 1


def test_a_person_for_whom_much_waits_gets_one_mail_with_all_of_it(person, clock, mail_server):
    few = UserFactory(email="few@example.com")
    for _ in range(3):
        mail_to(few, clock)
    many = [mail_to(person, clock) for _ in range(4)]
    assert run_once(clock).sent == 7
    assert [to for to, _ in mail_server.mails].count("few@example.com") == 3
    (mail,) = [mail for to, mail in mail_server.mails if to == person.email]
    assert mail["Subject"] == "亲亲宝贝工单系统：4 条通知"
    assert mail["Message-ID"] == f"<{many[0].reference}-{many[3].reference}-4@localhost>"
    assert all(f"编号 {delivery.reference}" in mail.get_content() for delivery in many)
    assert {fate(delivery) for delivery in many} == {("sent", 1, "")}


def test_an_address_that_is_refused_for_good_is_given_up_at_once(person, clock, mail_server):
    good = UserFactory(email="good@example.com")
    mail_server.refusals["RCPT", person.email] = "550 no such user dian@example.com"
    refused, other = mail_to(person, clock), mail_to(good, clock)
    done = run_once(clock)
    assert (done.sent, done.failed) == (1, 1)
    assert fate(refused) == ("given_up", 1, "邮件服务器拒收这个地址（550）")
    assert fate(other) == ("sent", 1, "")


@pytest.mark.parametrize(
    ("where", "said", "sentence"),
    [
        ("RCPT", "451 later", "邮件服务器拒收这个地址（451）"),
        ("DATA", "452 full", "邮件服务器拒收这封邮件（452）"),
        ("DATA", "421 closing", "邮件服务器拒收这封邮件（421）"),
        ("DATA", "", "连接不上邮件服务器"),
    ],
)
def test_a_passing_refusal_backs_off_and_harms_no_other_mail(
    where, said, sentence, person, clock, mail_server
):
    good = UserFactory(email="good@example.com")
    mail_server.refusals[where, person.email] = said
    refused, other = mail_to(person, clock), mail_to(good, clock)
    run_once(clock)
    assert fate(refused) == ("waiting", 1, sentence)
    assert refused.next_attempt_at == clock() + timedelta(seconds=30)
    assert fate(other) == ("sent", 1, "")


def test_a_mail_that_is_refused_for_good_is_given_up_at_once(person, clock, mail_server):
    mail_server.refusals["DATA", person.email] = "554 spam"
    delivery = mail_to(person, clock)
    run_once(clock)
    assert fate(delivery) == ("given_up", 1, "邮件服务器拒收这封邮件（554）")


@pytest.mark.parametrize("greeting", ["554 go away", "421 busy", "garbage"])
def test_a_mail_server_that_is_not_well_is_tried_again(greeting, person, clock, mail_server):
    mail_server.greeting = greeting
    delivery = mail_to(person, clock)
    run_once(clock)
    assert fate(delivery)[:2] == ("waiting", 1)


def test_a_mail_server_that_is_away_is_tried_again(person, clock, mail_server):
    mail_server.close()
    delivery = mail_to(person, clock)
    run_once(clock)
    assert fate(delivery) == ("waiting", 1, "连接不上邮件服务器")


def test_it_backs_off_further_each_time_and_gives_up_visibly(person, clock, mail_server):
    mail_server.refusals["RCPT", person.email] = "451 later"
    delivery = mail_to(person, clock)
    waits = []
    while True:
        run_once(clock)
        if fate(delivery)[0] != "waiting":
            break
        waits.append(delivery.next_attempt_at - clock())
        clock.pass_by(waits[-1])
    assert waits == [timedelta(seconds=30), 2 * MINUTE, 8 * MINUTE, 30 * MINUTE, 120 * MINUTE]
    assert fate(delivery)[:2] == ("given_up", 6)
    assert list(Delivery.objects.given_up()) == [delivery]


def test_another_attempt_does_not_fall_into_quiet_hours(person, clock, mail_server):
    NoticePreference.objects.create(person=person, quiet_from=time(8), quiet_to=time(9))
    mail_server.refusals["RCPT", person.email] = "451 later"
    usual, urgent = mail_to(person, clock), mail_to(person, clock, kind="urgent")
    run_once(clock)
    for delivery in (usual, urgent):
        delivery.refresh_from_db()
    assert usual.next_attempt_at == clock().replace(hour=9)
    assert urgent.next_attempt_at == clock() + timedelta(seconds=30)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"is_active": False}, claiming.NO_ADDRESS),
        ({"email": ""}, claiming.NO_ADDRESS),
    ],
)
def test_a_person_who_cannot_be_written_to_any_more_is_given_up(change, sentence, person, clock, mail_server):
    delivery = mail_to(person, clock)
    type(person).objects.filter(pk=person.pk).update(**change)
    run_once(clock)
    assert fate(delivery) == ("given_up", 0, sentence)
    assert mail_server.mails == []


def test_a_ticket_that_is_another_merchants_by_now_is_told_to_nobody_of_the_former(
    person, clock, mail_server, robot_server, order_b
):
    ticket = TicketFactory(order=order_b)
    robot = RobotFactory(merchant=person.merchant, url=robot_server.url("/dingtalk"))
    strange = [mail_to(person, clock, ticket=ticket), message_to(robot, clock, ticket=ticket)]
    run_once(clock)
    assert [fate(delivery)[0] for delivery in strange] == ["given_up", "given_up"]
    assert (mail_server.mails, robot_server.said) == ([], [])


def test_an_error_of_ours_loses_nothing_and_shows_nothing(person, clock, mail_server, monkeypatch, caplog):
    def broken(self, letter):
        raise RuntimeError("https://secret.example.com/?token=TOPSECRET")

    delivery = mail_to(person, clock)
    with monkeypatch.context() as patch:
        patch.setattr(letters.Post, "send", broken)
        run_once(clock)
    assert "TOPSECRET" not in caplog.text
    clock.pass_by(claiming.LEASE)
    run_once(clock)
    assert fate(delivery)[0] == "sent"


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


# ---- leases ----


def test_what_one_worker_has_taken_no_other_takes_before_the_lease_is_over(person, robot, clock):
    mail_to(person, clock)
    message_to(robot, clock)
    assert len(claiming.claim_mails(clock()) + claiming.claim_robots(clock(), 8)) == 2
    message_to(robot, clock)  # it is being sent to
    clock.pass_by(timedelta(seconds=29))
    assert claiming.claim_mails(clock()) + claiming.claim_robots(clock(), 8) == []
    clock.pass_by(claiming.LEASE)
    assert len(claiming.claim_mails(clock())) == 1
    assert [len(claim.rows) for claim in claiming.claim_robots(clock(), 8)] == [2]


def test_a_mail_that_arrived_after_the_lease_has_arrived(person, clock):
    delivery = mail_to(person, clock)
    (claim,) = claiming.claim_mails(clock())
    clock.pass_by(claiming.LEASE)
    claiming.claim_mails(clock())
    claiming.note(claim, None, clock())
    assert fate(delivery)[0] == "sent"


def test_a_failure_after_the_lease_is_left_to_the_next_holder(person, clock):
    delivery = mail_to(person, clock)
    (claim,) = claiming.claim_mails(clock())
    clock.pass_by(claiming.LEASE)
    claiming.claim_mails(clock())
    claiming.note(claim, letters.Undelivered("太晚"), clock())
    assert fate(delivery) == ("waiting", 0, "")


def test_what_a_worker_that_stops_has_not_tried_is_free_at_once(person, clock, mail_server):
    deliveries = [mail_to(person, clock) for _ in range(3)]
    worker = Worker(clock)
    with worker:
        mail_server.on_mail = worker.stop
        done = worker.finish(worker.go_round())
    assert done.sent == 1
    assert [fate(delivery)[0] for delivery in deliveries] == ["sent", "waiting", "waiting"]
    assert {row.next_attempt_at for row in Delivery.objects.filter(state="waiting")} == {clock()}


def test_what_the_database_does_not_take_now_is_noted_in_the_next_round(
    person, clock, mail_server, monkeypatch
):
    delivery = mail_to(person, clock)
    with Worker(clock) as worker:
        worker.go_round()
        with monkeypatch.context() as patch:
            patch.setattr(claiming, "note", mock.Mock(side_effect=OperationalError("gone")))
            with pytest.raises(OperationalError):
                worker.finish(Delivered(clock()))
        worker.finish(worker.go_round())
    assert fate(delivery) == ("sent", 1, "")
    assert len(mail_server.mails) == 1


# ---- that it runs ----


def test_a_round_is_noted():
    assert DeliveryRun.age() is None
    run_once()
    assert timedelta() <= DeliveryRun.age() < DeliveryRun.STALE_AFTER


def test_a_round_that_finds_nothing_writes_at_most_every_ten_seconds(clock, django_assert_num_queries):
    with Worker(clock) as worker:
        worker.go_round()
        clock.pass_by(timedelta(seconds=9))
        with django_assert_num_queries(4):
            worker.go_round()
        clock.pass_by(timedelta(seconds=1))
        worker.go_round()
    assert DeliveryRun.objects.get().finished_at == clock()


@pytest.mark.parametrize("how_many", [1, 40])
def test_a_claim_of_mails_costs_the_same_statements_for_one_and_for_many(
    how_many, person, clock, django_assert_num_queries
):
    for _ in range(how_many):
        mail_to(person, clock)
    with django_assert_num_queries(5):  # two of them are the savepoint that stands for the transaction here
        assert sum(len(claim.rows) for claim in claiming.claim_mails(clock())) == how_many


def test_the_outbox_is_searched_by_its_partial_index(person, clock):
    about = {"channel": "email", "person": person, "kind": "opened", "text": "-", "created_at": clock()}
    Delivery.objects.bulk_create(
        Delivery(key=f"old:{n}", state="sent", finished_at=clock(), next_attempt_at=clock(), **about)
        for n in range(2_000)
    )
    due = Delivery.objects.due(clock()).filter(channel="email").order_by("next_attempt_at", "pk")[:50]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tickets_delivery")
    assert "delivery_waiting" in due.explain()


def test_a_merchants_many_robots_are_spoken_to_at_once(clock, robot_server):
    for n in range(12):
        message_to(RobotFactory(merchant=MerchantFactory(), url=robot_server.url(f"/dingtalk-{n}")), clock)
    with Worker(clock) as worker:
        worker.finish(worker.go_round())
        worker.finish(worker.go_round())
    assert len({said.url.path for said in robot_server.said}) == 12
