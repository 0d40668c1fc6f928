"""Writing down what people are to be told: a notice for each person, a delivery for each channel that leaves the house.

Both ways are in the transaction of the occurrence itself. A verb writes its rows directly. The alert ladder is climbed
by the deadline scan, for a hundred thousand rounds at a time; there the recorded rung is the entry of the outbox, and
the delivery worker expands it here (docs/decisions/0007-telling.md).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from merchants.models import User

from ..lifecycle import EventKind, Status
from ..models.alert import AlertLevel
from ..models.delivery import Channel, Delivery
from ..models.event import Event
from ..models.inserting import insert
from ..models.notice import Notice, NoticeKind
from ..models.preference import NoticePreference
from ..models.robot import Robot
from ..models.round import Round
from . import words
from .audience import Audience, managers, service_robots
from .quiet import after_quiet

# How many rounds whose alerts are told in one transaction: a verb on one of them waits that long.
BATCH = 200
# A merchant that gets more tickets than this at once hears of them in one sentence.
ONE_BY_ONE = 3
KIND_OF_LEVEL = {
    AlertLevel.WARNING: NoticeKind.WARNING,
    AlertLevel.CRITICAL: NoticeKind.CRITICAL,
    AlertLevel.URGENT: NoticeKind.URGENT,
}
# What somebody hears of; the others are steps that nobody has to act upon, or the ladder's. Merged into another, a
# ticket is as void as a cancelled one.
NOTICE_OF = {kind: NoticeKind(kind) for kind in EventKind.values if kind in NoticeKind.values} | {
    EventKind.MERGED: NoticeKind.CANCELLED
}


@dataclass(frozen=True, slots=True)
class Telling:
    """One occurrence, what is said of it, and to whom. ``at`` is when it is written down."""

    key: str
    kind: NoticeKind
    text: str
    link: str
    at: datetime
    people: Sequence[User] = field(default_factory=list)
    robots: Sequence[Robot] = field(default_factory=list)
    ticket_id: int | None = None
    round_no: int = 0

    def notices(self) -> list[Notice]:
        about = self._about(self.text)
        return [Notice(recipient=person, **about) for person in self.people]

    def deliveries(self) -> list[Delivery]:
        about = self._about(f"{self.text}\n{self.link}")
        mails = [
            Delivery(
                channel=Channel.EMAIL, person=person, next_attempt_at=self._not_before(preference), **about
            )
            for person in self.people
            if person.email and self.kind in (preference := NoticePreference.of(person)).mailed
        ]
        robots = [
            Delivery(channel=Channel.ROBOT, robot=robot, next_attempt_at=self._not_before(robot), **about)
            for robot in self.robots
        ]
        return mails + robots

    def _about(self, text: str) -> dict:
        return {
            "key": self.key,
            "kind": self.kind,
            "ticket_id": self.ticket_id,
            "round_no": self.round_no,
            "text": text,
            "created_at": self.at,
        }

    def _not_before(self, hours: NoticePreference | Robot) -> datetime:
        if self.kind == NoticeKind.URGENT:
            return self.at
        return after_quiet(self.at, hours.quiet_from, hours.quiet_to)


def write(tellings: Iterable[Telling], *, if_new: bool = False) -> None:
    """Write the rows of these occurrences. ``if_new`` leaves out what is there already, by the unique keys."""
    tellings = list(tellings)
    notices = [notice for telling in tellings for notice in telling.notices()]
    deliveries = [delivery for telling in tellings for delivery in telling.deliveries()]
    if if_new:
        Notice.objects.bulk_create(notices, ignore_conflicts=True)
        Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
    else:
        insert(notices)
        insert(deliveries)


def tell_event(ticket, event: Event) -> None:
    """What a verb has just recorded, told in the verb's own transaction."""
    kind = NOTICE_OF.get(event.kind)
    if kind is None:
        return
    theirs = kind in {NoticeKind.SUBMITTED, NoticeKind.EXTENSION_ASKED}
    audience = Audience([ticket], merchants=not theirs, service=theirs)
    people, robots = audience.of(kind, ticket, again=_again(event))
    people = [person for person in people if person.pk != event.actor_id]
    write([_telling_of_event(kind, ticket, event, people, robots)])


def tell_low_rating(ticket, event: Event) -> None:
    """The consumer is not content: told to who opened the ticket (or managers) and customer service's groups."""
    audience = Audience([ticket], merchants=False, service=True)
    people, robots = audience.of(NoticeKind.RATED_LOW, ticket)
    people = [person for person in people if person.pk != event.actor_id]
    write([_telling_of_event(NoticeKind.RATED_LOW, ticket, event, people, robots)])


def tell_opened(tickets: Sequence, events: Sequence[Event]) -> None:
    """Tickets opened in one go: whatever their number, the same few statements, and no flood at any merchant."""
    audience = Audience(tickets)
    by_merchant = defaultdict(list)
    for ticket, event in zip(tickets, events, strict=True):
        by_merchant[ticket.merchant_id].append((ticket, event))
    tellings = []
    for opened in by_merchant.values():
        people, robots = audience.of(NoticeKind.OPENED, opened[0][0])
        if not people and not robots:
            continue
        if len(opened) <= ONE_BY_ONE:
            tellings += [
                _telling_of_event(NoticeKind.OPENED, ticket, event, people, robots)
                for ticket, event in opened
            ]
        else:
            first = opened[0][1]
            text = words.about_many_opened([ticket for ticket, _ in opened])
            tellings.append(
                Telling(
                    f"event:{first.pk}",
                    NoticeKind.OPENED,
                    text,
                    words.link(),
                    first.recorded_at,
                    people,
                    robots,
                )
            )
    write(tellings)


def announce_alerts(now: datetime, batch: int = BATCH) -> int:
    """Tell the highest rung that people have not heard of, of up to ``batch`` rounds; returns how many rounds it took.

    One transaction and a fixed number of statements. Several workers at once share the rounds: on PostgreSQL they
    skip each other's, on SQLite they wait for each other.
    """
    waiting = Round.objects.to_be_told()
    # Look before asking SQLite for its one write lock. The order leads PostgreSQL to the index: it takes a third of
    # all rounds to fit, and would walk through the table to find the first.
    if not waiting[:1]:
        return 0
    with transaction.atomic():
        locked = waiting.select_for_update(no_key=True, skip_locked=True, of=("self",))
        rounds = list(locked.select_related("ticket__category", "ticket__merchant", "merchant")[:batch])
        audience = Audience([round_.ticket for round_ in rounds], service=True)
        write(telling for round_ in rounds if (telling := _telling_of_alert(round_, audience, now)))
        Round.objects.filter(pk__in=[round_.pk for round_ in rounds]).update(told_level=F("alert_level"))
    return len(rounds)


def list_key(day: date) -> str:
    """The key of a day's list of what is late."""
    return f"overdue_list:{day.isoformat()}"


def is_written(key: str) -> bool:
    """Whether an occurrence has been told to anybody, in the house or outside."""
    return Notice.objects.filter(key=key).exists() or Delivery.objects.filter(key=key).exists()


def announce_overdue_list(now: datetime, key: str) -> None:
    """What is late now, to the managers and to customer service's groups, unless they have this list already."""
    people, groups = managers(), service_robots()
    if not people and not groups:
        return
    late = Round.objects.overdue(now)
    worst = late.order_by("due_at", "pk").select_related("ticket", "merchant")[: words.WORST]
    text = words.overdue_list(late.count(), Round.objects.due_soon(now).count(), worst, now)
    kind, link = NoticeKind.OVERDUE_LIST, words.overdue_link()
    with transaction.atomic():
        write([Telling(key, kind, text, link, now, people, groups)], if_new=True)


def _again(event: Event) -> bool:
    if event.kind != EventKind.REMINDED:
        return False
    return Event.objects.filter(round=event.round_id, kind=event.kind).exclude(pk=event.pk).exists()


def _telling_of_event(kind: NoticeKind, ticket, event: Event, people, robots) -> Telling:
    return Telling(
        f"event:{event.pk}",
        kind,
        words.about_event(kind, ticket, event.occurred_at),
        words.link(ticket),
        event.recorded_at,
        people,
        robots,
        ticket.pk,
        ticket.round_no,
    )


def _telling_of_alert(round_: Round, audience: Audience, now: datetime) -> Telling | None:
    """``None`` for what nobody needs to hear any more: a warning of a clock that stands, anything of a void ticket.

    A missed deadline stays one. Where the clock stands by now, customer service hears of it; the merchant has nothing
    left to hurry for.
    """
    kind, ticket = KIND_OF_LEVEL[round_.alert_level], round_.ticket
    if ticket.status == Status.CANCELLED or (not round_.is_running and kind != NoticeKind.URGENT):
        return None
    people, robots = audience.of(kind, ticket) if round_.is_running else audience.service_of(ticket)
    return Telling(
        f"alert:{round_.pk}:{round_.alert_level}",
        kind,
        words.about_alert(kind, round_),
        words.link(ticket),
        now,
        people,
        robots,
        ticket.pk,
        round_.number,
    )
