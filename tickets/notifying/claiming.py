"""What a worker takes from the outbox, and what it notes there afterwards.

To claim rows is to move ``next_attempt_at`` behind a lease, committed before anything is sent. Whoever dies before
noting leaves rows that come due by themselves, and go out again with the same reference. A robot has a lease of its
own besides, so that one worker at a time sends to it and its limit is kept on several hosts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby

from django.db import transaction

from merchants.access import MERCHANT_ROLES

from ..models import Channel, Delivery, NoticeKind, NoticePreference, Robot
from ..models.robot import BUSY_FOR
from .channels.letters import Letter
from .channels.outcome import Undelivered
from .channels.robots import PLATFORMS, RobotDoor
from .digest import Item, digest
from .quiet import after_quiet
from .words import PRODUCT

# For how long mails belong to the worker that took them. It stops sending after MAIL_FOR: one letter more fits in.
LEASE = timedelta(minutes=3)
MAIL_FOR = timedelta(minutes=1)
MAILS_AT_ONCE = 200
# A person for whom more than this waits at once (after a standstill, or quiet hours) gets one mail with all of it.
ONE_BY_ONE = 3
MAIL_BYTES = 100_000
# A digest names a few dozen at most and counts the others; one row more than this waits for the next message.
ROBOT_ROWS = 1_000
# After the first failure, the second, … ; after one more the message is given up.
BACK_OFF = [timedelta(seconds=30), *(timedelta(minutes=minutes) for minutes in (2, 8, 30, 120))]

NO_ADDRESS = "收件人账号已停用，或没有邮箱地址"
ROBOT_OFF = "群机器人已停用"
NOT_THEIRS = "工单已不属于这个商户"


@dataclass(frozen=True, slots=True)
class Row:
    """What has to be remembered of a delivery until its fate is noted."""

    pk: int
    attempts: int
    is_urgent: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """Deliveries that travel together, this worker's until ``until``: in one mail, or in one message of a robot."""

    rows: Sequence[Row]
    until: datetime
    quiet_from: time | None
    quiet_to: time | None
    letter: Letter | None = None
    robot: Robot | None = None
    door: RobotDoor | None = None
    text: str = ""


def claim_mails(now: datetime, limit: int = MAILS_AT_ONCE) -> list[Claim]:
    """What has been due by mail for longest, now this worker's, as letters."""
    due = Delivery.objects.due(now).filter(channel=Channel.EMAIL)
    if not due.order_by("next_attempt_at", "pk")[
        :1
    ]:  # ask SQLite for its one write lock only where there is need
        return []
    with transaction.atomic():
        rows = _locked(due, "person__notice_preference", limit)
        fit, idle, strange = [], [], []
        for row in rows:
            person = row.person
            if not person.is_active or not person.email:
                idle.append(row.pk)
            elif (
                person.role in MERCHANT_ROLES and row.ticket and row.ticket.merchant_id != person.merchant_id
            ):
                strange.append(row.pk)
            else:
                fit.append(row)
        Delivery.objects.filter(pk__in=idle).give_up(now, NO_ADDRESS)
        Delivery.objects.filter(pk__in=strange).give_up(now, NOT_THEIRS)
        _lease(fit, now + LEASE)
    bags = [list(rows) for _, rows in groupby(sorted(fit, key=_recipient), _recipient)]
    by_letter = [[row] for bag in bags if len(bag) <= ONE_BY_ONE for row in bag]
    by_letter += [bag for bag in bags if len(bag) > ONE_BY_ONE]
    return [_claim_of_mail(rows, now + LEASE) for rows in sorted(by_letter, key=lambda rows: rows[0].pk)]


def claim_robots(now: datetime, limit: int) -> list[Claim]:
    """Up to ``limit`` robots that have something to say and may, with all of it, now this worker's."""
    due = Delivery.objects.due(now).filter(channel=Channel.ROBOT)
    _give_up_idle_robots(due, now)
    ready = Robot.objects.free(now).filter(pk__in=due.values("robot"))
    if limit < 1 or not ready.exists():
        return []
    claims = []
    with transaction.atomic():
        locked = ready.select_for_update(no_key=True, skip_locked=True, of=("self",))
        robots = list(locked.order_by("next_send_at", "pk")[:limit])
        Robot.objects.filter(pk__in=[robot.pk for robot in robots]).update(busy_until=now + BUSY_FOR)
        for robot in robots:
            rows = _locked(due.filter(robot=robot), "robot", ROBOT_ROWS)
            strange = [
                row.pk
                for row in rows
                if robot.merchant_id and row.ticket and row.ticket.merchant_id != robot.merchant_id
            ]
            Delivery.objects.filter(pk__in=strange).give_up(now, NOT_THEIRS)
            rows = [row for row in rows if row.pk not in strange]
            _lease(rows, now + BUSY_FOR)
            if rows:
                claims.append(_claim_of_robot(robot, rows, now + BUSY_FOR))
            else:
                Robot.objects.filter(pk=robot.pk).update(busy_until=None)
    return claims


def note(claim: Claim, failure: Undelivered | None, now: datetime) -> None:
    """Write down what became of a claim. A message that arrived has arrived, even if its lease is over by now."""
    with transaction.atomic():
        if failure is None:
            for attempts, rows in _by_attempts(claim.rows):
                Delivery.objects.filter(pk__in=[row.pk for row in rows], state="waiting").update(
                    state="sent", finished_at=now, attempts=attempts + 1, last_error=""
                )
        elif failure.too_fast:
            _own(claim, claim.rows).update(next_attempt_at=now, last_error=failure.sentence)
        else:
            _note_failure(claim, failure, now)
        if claim.robot:
            claim.robot.release(now, failure)


def put_back(claim: Claim, now: datetime) -> None:
    """What was claimed and not tried is free again at once."""
    _own(claim, claim.rows).update(next_attempt_at=now)


def _note_failure(claim: Claim, failure: Undelivered, now: datetime) -> None:
    for attempts, rows in _by_attempts(claim.rows):
        if failure.for_good or attempts >= len(BACK_OFF):
            own = _own(claim, rows)
            own.update(attempts=attempts + 1)
            own.give_up(now, failure.sentence)
            continue
        again = now + BACK_OFF[attempts]
        for is_urgent in (True, False):
            _own(claim, [row for row in rows if row.is_urgent == is_urgent]).update(
                attempts=attempts + 1,
                last_error=failure.sentence,
                next_attempt_at=again if is_urgent else after_quiet(again, claim.quiet_from, claim.quiet_to),
            )


def _by_attempts(rows: Sequence[Row]):
    ordered = sorted(rows, key=lambda row: row.attempts)
    return [(attempts, list(some)) for attempts, some in groupby(ordered, lambda row: row.attempts)]


def _own(claim: Claim, rows: Sequence[Row]):
    """The rows that nobody else has taken up since, their lease being over."""
    return Delivery.objects.filter(
        pk__in=[row.pk for row in rows], state="waiting", next_attempt_at=claim.until
    )


def _locked(due, also: str, limit: int) -> list[Delivery]:
    locked = due.select_for_update(no_key=True, skip_locked=True, of=("self",))
    return list(locked.select_related(also, "ticket").order_by("next_attempt_at", "pk")[:limit])


def _lease(rows: Sequence[Delivery], until: datetime) -> None:
    Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(next_attempt_at=until)


def _give_up_idle_robots(due, now: datetime) -> None:
    """What a robot was to say that has been switched off since."""
    idle = due.filter(robot__is_active=False)
    if idle.exists():
        Delivery.objects.filter(pk__in=list(idle.values_list("pk", flat=True)[:ROBOT_ROWS])).give_up(
            now, ROBOT_OFF
        )


def _rows(deliveries: Sequence[Delivery]) -> list[Row]:
    return [Row(each.pk, each.attempts, each.kind == NoticeKind.URGENT) for each in deliveries]


def _recipient(delivery: Delivery) -> int:
    return delivery.person_id


def _claim_of_mail(deliveries: Sequence[Delivery], until: datetime) -> Claim:
    first, person = deliveries[0], deliveries[0].person
    if len(deliveries) == 1:
        subject, reference = first.text.split("\n", 1)[0], first.reference
    else:
        # The same rows make the same reference; with others among them it is another letter.
        subject = f"{PRODUCT}：{len(deliveries)} 条通知"
        reference = f"{first.reference}-{deliveries[-1].reference}-{len(deliveries)}"
    hours = NoticePreference.of(person)
    letter = Letter(person.email, subject, digest(_items(deliveries), MAIL_BYTES) + "\n", reference)
    return Claim(_rows(deliveries), until, hours.quiet_from, hours.quiet_to, letter=letter)


def _items(deliveries: Sequence[Delivery]) -> list[Item]:
    return [Item(each.text, each.reference, each.kind == NoticeKind.URGENT) for each in deliveries]


def _claim_of_robot(robot: Robot, deliveries: Sequence[Delivery], until: datetime) -> Claim:
    return Claim(
        _rows(deliveries),
        until,
        robot.quiet_from,
        robot.quiet_to,
        robot=robot,
        door=robot.door(),
        text=digest(_items(deliveries), PLATFORMS[robot.kind].LIMIT_BYTES),
    )
