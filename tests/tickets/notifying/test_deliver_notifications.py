"""The command: once or for ever, several at once, killed in between; real commits and real processes."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta
from io import StringIO
from unittest import mock

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connections
from django.test import override_settings

from tests.factories import MerchantFactory, RobotFactory, TicketFactory, UserFactory
from tickets import scanning
from tickets.clock import database_now
from tickets.models import Delivery, DeliveryRun, Notice, Robot, Round
from tickets.notifying import delivering
from tickets.notifying.delivering import run_once

from .mail_server import MailServer
from .robot_server import RobotServer

PATIENCE_SECONDS = 60


def delivery(n: object, **about) -> Delivery:
    now = database_now()
    return Delivery(
        key=f"event:{n}",
        kind="opened",
        text=f"【新工单】第{n}件",
        created_at=now,
        next_attempt_at=now,
        **about,
    )


def mails(how_many: int, name: str) -> list[Delivery]:
    people = [UserFactory(username=f"{name}{n}", email=f"{name}{n}@example.com") for n in range(how_many)]
    return Delivery.objects.bulk_create(
        delivery(f"{name}{n}", channel="email", person=person) for n, person in enumerate(people)
    )


# ---- the command, within one transaction ----


@pytest.mark.django_db
def test_once_says_what_it_did(robot_server):
    # A shop's group: customer service's would hear the daily list besides, at some hours.
    group = RobotFactory(url=robot_server.url("/dingtalk"), merchant=MerchantFactory())
    delivery(1, channel="robot", robot=group).save()
    out = StringIO()
    call_command("deliver_notifications", "--once", stdout=out)
    assert "预警 0 个轮次，送达 1 条，未成功 0 条" in out.getvalue()


@pytest.mark.django_db
def test_json_is_one_line_for_machines():
    out = StringIO()
    call_command("deliver_notifications", "--once", "--json", stdout=out)
    report = json.loads(out.getvalue())
    assert set(report) == {"at", "announced", "sent", "failed"}


def test_an_interval_that_makes_no_sense_is_refused():
    with pytest.raises(CommandError, match="必须是大于 0 的整数"):
        call_command("deliver_notifications", "--every", "0")


@pytest.mark.django_db
def test_a_lost_database_is_told_in_one_sentence():
    lost = OperationalError("server closed the connection unexpectedly\n")
    with mock.patch.object(delivering, "announce_all", side_effect=lost), pytest.raises(CommandError) as told:
        call_command("deliver_notifications", "--once")
    assert str(told.value) == "数据库不可用，本轮未完成：server closed the connection unexpectedly"


# ---- several workers ----


@pytest.mark.processes
@pytest.mark.usefixtures("committed")
def test_two_workers_share_the_work_and_nobody_hears_twice():
    post, group = MailServer(), RobotServer()
    shop = MerchantFactory()  # customer service's groups would hear the daily list besides, at some hours
    robots = [RobotFactory(url=group.url(f"/dingtalk-{n}"), merchant=shop) for n in range(4)]
    mails(160, "shared")
    Delivery.objects.bulk_create(
        delivery(f"shared-robot{n}", channel="robot", robot=robots[n % 4]) for n in range(40)
    )
    sent = []

    def work() -> None:
        try:
            while (done := run_once()).sent:
                sent.append(done.sent)
        finally:
            connections.close_all()

    with override_settings(MAILERS={"default": post.mailer}, ROBOT_ORIGINS=[group.origin]):
        workers = [threading.Thread(target=work) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(PATIENCE_SECONDS)
    heard = Counter(to for to, _ in post.mails)
    assert heard == {f"shared{n}@example.com": 1 for n in range(160)}
    named = Counter(
        reference for said in group.said for reference in said.text.split() if reference.startswith("QQ-")
    )
    assert len(named) == 40
    assert set(named.values()) == {1}
    assert sum(sent) == 200
    assert not Delivery.objects.filter(state="waiting").exists()


@pytest.mark.processes
@pytest.mark.usefixtures("committed")
def test_two_workers_tell_each_alert_once():
    shop = MerchantFactory()
    staff = UserFactory(staff_of=shop)
    tickets = [TicketFactory(order__merchant=shop, opened_ago=timedelta(hours=9)) for _ in range(6)]
    scanning.run()
    start = threading.Barrier(2)

    def work() -> None:
        try:
            start.wait()
            run_once()
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(PATIENCE_SECONDS)
    told = Counter(Notice.objects.filter(recipient=staff, kind="urgent").values_list("ticket", flat=True))
    assert told == {ticket.pk: 1 for ticket in tickets}
    assert set(Round.objects.filter(merchant=shop).values_list("told_level", flat=True)) == {3}


# ---- killed ----


@pytest.mark.processes
@pytest.mark.usefixtures("committed")
def test_killed_between_sending_and_noting_it_sends_again_with_the_same_reference(place):
    post, group = MailServer(), RobotServer()
    expected = mails(5, "killed")
    place.environment |= {"EMAIL_URL": f"smtp://127.0.0.1:{post.port}", "ROBOT_ORIGINS": group.origin}

    for server, hook, after in [(post, "on_mail", 1), (post, "on_mail", 2), (group, "on_message", 1)]:
        if server is group:
            robot = RobotFactory(url=group.url("/wecom"), kind="wecom", merchant=MerchantFactory())
            expected += Delivery.objects.bulk_create([delivery("group", channel="robot", robot=robot)])
        worker = place.start_manage("deliver_notifications", "--once")
        left = [after]

        def kill(worker=worker, left=left) -> None:
            left[0] -= 1
            if left[0] == 0:  # what came in is kept, and nobody is left to hear so
                worker.send_signal(signal.SIGKILL)
                worker.wait()

        setattr(server, hook, kill)
        worker.communicate(timeout=PATIENCE_SECONDS)
        setattr(server, hook, lambda: None)
        assert worker.returncode == -signal.SIGKILL
        # The leases run out.
        Delivery.objects.filter(state="waiting").update(next_attempt_at=database_now())
        Robot.objects.update(busy_until=None, next_send_at=None)
    report = json.loads(place.manage("deliver_notifications", "--once", "--json").stdout)

    assert report["sent"] >= 1
    assert not Delivery.objects.filter(state="waiting").exists()
    heard = {(to, mail["Message-ID"].strip("<>").split("@")[0]) for to, mail in post.mails}
    heard |= {("robot", said.text.rpartition(" ")[2]) for said in group.said}
    assert heard == {(row.person.email if row.person else "robot", row.reference) for row in expected}
    assert len(post.mails) <= 5 + 3, "a kill repeats one mail at most"
    assert len(group.said) == 2


@pytest.mark.processes
@pytest.mark.usefixtures("committed")
def test_the_loop_delivers_what_comes_and_ends_at_a_signal(place):
    group, arrived = RobotServer(), threading.Event()
    group.on_message = arrived.set
    robot = RobotFactory(url=group.url("/dingtalk"), merchant=MerchantFactory())
    place.environment |= {"ROBOT_ORIGINS": group.origin}
    DeliveryRun.objects.all().delete()
    worker = place.start_manage("deliver_notifications", "--every", "1", "--json")
    delivery("loop", channel="robot", robot=robot).save()
    assert arrived.wait(PATIENCE_SECONDS)
    worker.terminate()
    out, err = worker.communicate(timeout=PATIENCE_SECONDS)
    assert (worker.returncode, err) == (0, "")
    assert sum(json.loads(line)["sent"] for line in out.splitlines()) == 1
    assert Delivery.objects.get(key="event:loop").state == "sent"
    assert DeliveryRun.age() < DeliveryRun.STALE_AFTER


@pytest.mark.processes
def test_without_a_database_it_ends_with_a_status_a_sentence_and_no_traceback():
    done = subprocess.run(
        [sys.executable, "manage.py", "deliver_notifications", "--once"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": "sqlite:////dev/null"},
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode != 0
    assert "数据库不可用，本轮未完成：" in done.stderr
    assert "Traceback" not in done.stderr
