"""重新发送: what was given up, by a manager, from the beginning."""

from datetime import timedelta

import pytest

from tests.factories import RobotFactory
from tickets.clock import database_now
from tickets.lifecycle import AlreadyHandled, Refused
from tickets.models import Delivery

pytestmark = pytest.mark.django_db


@pytest.fixture
def given_up(db) -> list[Delivery]:
    now, robot = database_now(), RobotFactory()
    return [
        Delivery.objects.create(
            key=f"event:{n}", channel="robot", robot=robot, kind="opened", text="-", created_at=now,
            state="given_up", attempts=6, last_error="对方回复 HTTP 500", finished_at=now,
            next_attempt_at=now + timedelta(hours=1),
        )
        for n in range(3)
    ]  # fmt: skip


def test_it_is_tried_again_from_the_beginning(given_up, zhuguan):
    given_up[0].retry(by_user=zhuguan)
    assert (given_up[0].state, given_up[0].attempts, given_up[0].finished_at) == ("waiting", 0, None)
    assert list(Delivery.objects.due(database_now())) == given_up[:1]


def test_a_second_click_is_refused(given_up, zhuguan):
    given_up[0].retry(by_user=zhuguan)
    with pytest.raises(AlreadyHandled, match="可能已被重新发送"):
        given_up[0].retry(by_user=zhuguan)


def test_all_at_once(given_up, zhuguan):
    assert Delivery.objects.retry(by_user=zhuguan) == 3
    assert Delivery.objects.retry(by_user=zhuguan) == 0


def test_only_managers_may(given_up, everybody):
    for name in set(everybody) - {"zhuguan"}:
        with pytest.raises(Refused, match="只有主管"):
            given_up[0].retry(by_user=everybody[name])
        assert not Delivery.objects.for_user(everybody[name]).exists()
    assert not Delivery.objects.filter(state="waiting").exists()
    assert Delivery.objects.for_user(everybody["zhuguan"]).given_up().count() == 3
