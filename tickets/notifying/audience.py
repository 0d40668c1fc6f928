"""Who hears what.

To the merchant: everything that begins, ends or moves its turn. To customer service: what the merchant has done, and
the missed deadline. Nobody hears of what they did themselves; nobody who could not sign in hears anything.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from functools import cache
from typing import NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet

from merchants.access import MERCHANT_ROLES, SERVICE_ROLES, Role
from merchants.models import User

from ..models.notice import NoticeKind
from ..models.robot import Robot
from ..reading.prepared import NAMES, PERSON, SHOP, Question

# What the merchant hears when customer service does it.
FOR_THE_MERCHANT = frozenset(
    {
        NoticeKind.OPENED,
        NoticeKind.RETURNED,
        NoticeKind.REOPENED,
        NoticeKind.CANCELLED,
        NoticeKind.REMINDED,
        NoticeKind.HELD,
        NoticeKind.RESUMED,
        NoticeKind.EXTENSION_GRANTED,
        NoticeKind.EXTENSION_DECLINED,
        NoticeKind.WARNING,
        NoticeKind.CRITICAL,
        NoticeKind.URGENT,
        NoticeKind.TRANSFERRED,
    }
)
FOR_THE_SERVICE = frozenset(
    {NoticeKind.SUBMITTED, NoticeKind.EXTENSION_ASKED, NoticeKind.URGENT, NoticeKind.RATED_LOW}
)
# What was said on a ticket; see talking.py.
TALK = frozenset({NoticeKind.MESSAGE, NoticeKind.MENTIONED})
# Told only to whoever holds the ticket, else to the staff of a shop that has some; a reminder only the first time.
FOR_THE_FRONT_LINE = frozenset({NoticeKind.WARNING, NoticeKind.REMINDED})


def heard_by(role: str) -> frozenset[NoticeKind]:
    """Everything that a person of this role can hear of."""
    if role in MERCHANT_ROLES:
        return FOR_THE_MERCHANT | TALK | {NoticeKind.ASSIGNED}
    if role == Role.MANAGER:
        return FOR_THE_SERVICE | TALK | {NoticeKind.OVERDUE_LIST}
    return FOR_THE_SERVICE | TALK if role in SERVICE_ROLES else frozenset()


class Hearers(NamedTuple):
    """Whom one occurrence is told: people, with their preferences at hand, and robots."""

    people: list[User]
    robots: list[Robot]


class Audience:
    """The people and robots around some tickets, read by at most four statements, however many tickets.

    Without ``service`` customer service's side is left out, without ``merchants`` the merchants'.
    """

    def __init__(self, tickets: Iterable, *, merchants: bool = True, service: bool = False):
        tickets = list(tickets)
        shops = {ticket.merchant_id for ticket in tickets} if merchants else set()
        self.people_of: dict[int, list[User]] = defaultdict(list)
        self.robots_of: dict[int | None, list[Robot]] = defaultdict(list)
        self.openers: dict[int, User] = {}
        self.managers: list[User] = []
        if shops:
            for person in _asked(_people, shops, SHOP):
                self.people_of[person.merchant_id].append(person)
        if service:
            wanted = {ticket.opened_by_id for ticket in tickets}
            self.openers = {person.pk: person for person in _asked(_openers, wanted, PERSON)}
            if wanted - set(self.openers):
                self.managers = managers()
        if shops or service:
            for robot in _asked(_all_robots if service else _robots, shops, SHOP):
                self.robots_of[robot.merchant_id].append(robot)

    def of(self, kind: NoticeKind, ticket, *, again: bool = False) -> Hearers:
        """Whom to tell of this. ``again``: it is not the first time that the round is reminded."""
        people: list[User] = []
        robots: list[Robot] = []
        if kind in FOR_THE_MERCHANT:
            people += self._merchant(ticket, front_line=kind in FOR_THE_FRONT_LINE and not again)
            robots += self.robots_of[ticket.merchant_id]
        if kind == NoticeKind.ASSIGNED:
            people += self._holder(ticket)
        if kind in FOR_THE_SERVICE:
            service = self.service_of(ticket)
            people += service.people
            robots += service.robots
        return Hearers(people, robots)

    def service_of(self, ticket) -> Hearers:
        """Who opened the ticket, or the managers once that account is no longer in use; customer service's groups."""
        opener = self.openers.get(ticket.opened_by_id)
        return Hearers([opener] if opener else self.managers, self.robots_of[None])

    def _merchant(self, ticket, *, front_line: bool) -> list[User]:
        people = self.people_of[ticket.merchant_id]
        if front_line and (holder := self._holder(ticket)):
            return holder
        staff = [person for person in people if person.role == Role.MERCHANT_STAFF]
        return staff if front_line and staff else people

    def _holder(self, ticket) -> list[User]:
        """Whoever has taken the ticket upon themselves, if they can still work on it."""
        return [person for person in self.people_of[ticket.merchant_id] if person.pk == ticket.assignee_id]


def managers() -> list[User]:
    return list(_active().filter(role=Role.MANAGER))


def service_robots() -> list[Robot]:
    return list(Robot.objects.filter(merchant=None, is_active=True))


def _people(shops: Collection[int]):
    return _active().filter(merchant__in=shops, merchant__is_active=True)


def _openers(people: Collection[int]):
    return _active().filter(pk__in=people, role__in=SERVICE_ROLES)


def _robots(shops: Collection[int]):
    return Robot.objects.filter(merchant__in=shops, merchant__is_active=True, is_active=True)


def _all_robots(shops: Collection[int]):
    """Customer service's as well."""
    theirs = Q(merchant__in=shops, merchant__is_active=True)
    return Robot.objects.filter(theirs | Q(merchant=None), is_active=True)


def _asked(rows: Callable[[Collection[int]], QuerySet], keys: Collection[int], stand_in: int) -> Iterable:
    """The rows for these keys. A verb has one ticket: for one key the SQL is ready already."""
    if len(keys) > 1:
        return rows(keys)
    question = _question(connection.vendor, rows, stand_in if keys else None)
    return question.ask(**{NAMES[stand_in]: next(iter(keys), None)})


@cache
def _question(vendor: str, rows: Callable[[Collection[int]], QuerySet], stand_in: int | None) -> Question:
    return Question(rows([stand_in] if stand_in else []))


def _active():
    return User.objects.filter(is_active=True).select_related("notice_preference").order_by("pk")
