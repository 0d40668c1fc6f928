"""Mails leave the house: once, in company, and with patience for a server that is not well."""

from datetime import time, timedelta

import pytest

from tests.factories import RobotFactory, TicketFactory, UserFactory
from tests.tickets.notifying.outbox import MINUTE, fate, mail_to, message_to
from tickets.models import Delivery, NoticePreference
from tickets.notifying import claiming
from tickets.notifying.channels import letters
from tickets.notifying.delivering import run_once

pytestmark = pytest.mark.django_db


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
