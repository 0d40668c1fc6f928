"""The daily list of what is late: from nine o'clock in Shanghai, once a day, to the managers and their groups."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from merchants.access import Role
from tests.factories import RobotFactory, TicketFactory, UserFactory, submitted_ticket, waiting_tickets
from tickets.clock import database_now
from tickets.models import Delivery, Notice, NoticeKind, NoticePreference
from tickets.notifying.announcing import announce_overdue_list, list_key
from tickets.notifying.delivering import announce_daily

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def wall(hour: int, minute: int = 0, day: int = 24) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=timezone.get_default_timezone())


def lists() -> list[str]:
    return list(
        Notice.objects.filter(kind=NoticeKind.OVERDUE_LIST).order_by("pk").values_list("text", flat=True)
    )


def test_it_comes_at_nine_once_a_day(zhuguan):
    for moment, expected in [
        (wall(0, 5), 0),
        (wall(8, 59), 0),
        (wall(9), 1),
        (wall(9, 1), 1),
        (wall(23, 59), 1),
        (wall(0, 1, day=25), 1),
        (wall(11, day=25), 2),
    ]:
        announce_daily(moment)
        assert len(lists()) == expected
    assert set(Notice.objects.values_list("key", flat=True)) == {
        "overdue_list:2026-11-24",
        "overdue_list:2026-11-25",
    }


def test_two_workers_at_once_write_it_once(zhuguan):
    RobotFactory(merchant=None)
    for _ in range(2):
        announce_overdue_list(wall(9), list_key(wall(9).date()))
    assert (Notice.objects.count(), Delivery.objects.count()) == (1, 1)


def test_it_goes_to_the_active_managers_and_to_customer_services_groups(zhuguan, kefu, shangjia, merchant_a):
    zhuguan.email = "boss@example.com"
    zhuguan.save()
    UserFactory(role=Role.MANAGER, is_active=False)
    unmailed = UserFactory(role=Role.MANAGER, email="m@example.com")
    NoticePreference.objects.create(person=unmailed, mailed=[])
    service = RobotFactory(merchant=None)
    RobotFactory(merchant=merchant_a)
    announce_daily(wall(9))
    assert set(Notice.objects.values_list("recipient", flat=True)) == {zhuguan.pk, unmailed.pk}
    assert {(row.person, row.robot) for row in Delivery.objects.all()} == {(zhuguan, None), (None, service)}


def test_it_counts_and_names_those_late_for_longest(order_a, order_b, kefu, zhuguan):
    now = database_now()
    waiting_tickets(11, order_a, kefu, now - HOUR)
    worst = TicketFactory(order=order_b, by_user=kefu, at=now - 30 * HOUR)
    TicketFactory(order=order_b, by_user=kefu, at=now - 3 * HOUR)
    submitted_ticket(order=order_b, by_user=kefu, opened_ago=10 * HOUR, after=5 * HOUR)
    announce_overdue_list(now, "overdue_list:x")
    first, *lines = lists()[0].split("\n")
    assert first == "【每日超时清单】现在超时 12 张，即将超时 1 张，其中最久的"
    assert len(lines) == 10
    assert lines[0] == f"{worst.number} 童乐玩具专营店 已超时1天02小时"


def test_on_a_good_day_it_says_so(zhuguan):
    announce_daily(wall(9))
    assert lists() == ["【每日超时清单】现在没有超时的工单，即将超时 0 张"]


def test_it_costs_the_same_statements_whatever_is_late(order_a, kefu, zhuguan, django_assert_num_queries):
    for how_many in (1, 30):
        waiting_tickets(how_many, order_a, kefu, database_now() - HOUR)
        now = database_now()
        with django_assert_num_queries(8):  # two of them are the savepoint that stands for the transaction
            announce_overdue_list(now, f"overdue_list:{how_many}")


@pytest.mark.parametrize("has_robot", [True, False])
def test_without_a_manager_it_is_not_made_again_in_every_round(has_robot, django_assert_max_num_queries):
    if has_robot:
        RobotFactory(merchant=None)
    announce_daily(wall(9))
    with django_assert_max_num_queries(4):  # is it written? to whom?
        announce_daily(wall(9, 1))
    assert (Notice.objects.count(), Delivery.objects.count()) == (0, int(has_robot))
