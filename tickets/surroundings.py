"""What stands around every page – the bell, the last deadline scan – and the time, in one statement.

A list adds what it counts (``surroundings(request, counts)``), so that it pays for no statement of its own.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

from django.db.models import QuerySet
from django.http import HttpRequest

from merchants.access import WORKING_ROLES, Role
from merchants.models import User
from qinqin.prepared import Slots, Together

from .models import DeadlineScan, Notice
from .models.heartbeat import Beat
from .models.notice import MOST_COUNTED

Counts = dict[str, Callable[[Slots], QuerySet]]


def asker(role: str, slots: Slots) -> User:
    """Somebody with this role, for query sets that are written once for all of them."""
    return User(pk=slots.person, role=role, merchant_id=slots.merchant)


def surroundings(request: HttpRequest) -> dict:
    """``now`` (the database's), ``unread`` (ids, the newest first) and ``scan``; asked once per request."""
    if not hasattr(request, "surroundings"):
        ask(request, _plain(request.user.role))
    return request.surroundings


def ask(request: HttpRequest, together: Together) -> dict:
    """The surroundings with the counts of ``together``, which ``with_surroundings`` made."""
    user = request.user
    found = together.ask(person=user.pk, merchant=user.merchant_id or 0)
    finished = found.pop("scan", None)
    if finished is not None:
        found["scan"] = _beat(finished, found["now"])
    request.surroundings = found
    return found


def with_surroundings(role: str, counts: Counts | None = None, *, once: bool = False) -> Together:
    """What is asked for a person of this role. ``once``: the counts are of this request only, not worth a plan."""
    lists: Counts = {}
    if role in WORKING_ROLES:
        lists["unread"] = lambda slots: (
            Notice.objects.for_user(asker(role, slots)).unread().values_list("id")[:MOST_COUNTED]
        )
    if role == Role.MANAGER:
        lists["scan"] = lambda slots: DeadlineScan.objects.filter(id=DeadlineScan.THE_ROW).values_list(
            "finished_at"
        )
    return Together(counts or {}, lists, once=once)


@cache
def _plain(role: str) -> Together:
    return with_surroundings(role)


def _beat(finished: list[str], now: datetime) -> Beat:
    if not finished:
        return Beat(None, None, is_stale=True)
    finished_at = datetime.fromisoformat(finished[0])
    finished_at = finished_at if finished_at.tzinfo else finished_at.replace(tzinfo=UTC)
    age = now - finished_at
    return Beat(finished_at, age, is_stale=age > DeadlineScan.STALE_AFTER)
