"""What waits to leave the house, made for tests, and what has become of it."""

from datetime import datetime, timedelta

from django.utils import timezone

from tickets.clock import database_now
from tickets.models import Delivery

MINUTE = timedelta(minutes=1)


class Clock:
    """Stands still until it is moved. Not at night, when the daily list or quiet hours might meddle."""

    def __init__(self) -> None:
        self.now = timezone.localtime(database_now()).replace(hour=8, minute=0, second=0, microsecond=0)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, span: timedelta) -> None:
        self.now += span


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
