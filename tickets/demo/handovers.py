"""Tickets that change hands in the demo: claimed, given to a colleague, sent to the right merchant, merged."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from random import Random

from tickets.models import Ticket, TicketDraft

from .people import House
from .purchases import Happening
from .stories import Story
from .telling import NOTICED, Teller

# How soon somebody of a shop takes a ticket, at most.
SOON = timedelta(minutes=6)
EVERY_THIRD = 3
# Of the claimed ones.
EVERY_FIFTH = 5

ASSIGN_REASONS = [
    "我下午去仓库盘点，请接着跟进。",
    "这款商品一直是你对接厂家，由你处理更快。",
    "今天轮休，已把聊天记录发到群里。",
]
MERGE_REASON = "消费者先后联系了两位客服，说的是同一件事。"
AGAIN = "消费者再次进线催问同一件事：{problem}"


def mistake(stories: list[Story]) -> None:
    """One ticket that was opened on another shop's order: the first of those that somebody still has to answer."""
    story = next(story for story in stories if not story.plot.steps and story.shop.code == "tuanguo")
    story.wrong_order = next(other for other in stories if other.shop.code == "heyu").purchase.order


def hand_over(tellers: list[Teller], house: House, now: datetime, rng: Random) -> list[Happening]:
    """What happens between the opening and the next step of some stories; only in shops of several people."""
    told: list[Happening] = []
    fitting = [teller for teller in tellers if len(house.staff_of(teller.story.shop.code)) > 1]
    for index, teller in enumerate(fitting[::EVERY_THIRD]):
        if teller.story.wrong_order:
            continue
        told += _claimed(teller, house, now, rng, is_assigned=index % EVERY_FIFTH == 0)
    twice = next(
        teller
        for teller in fitting
        if not teller.story.plot.steps and now - teller.story.opened_at > 4 * NOTICED
    )
    return [*told, *_opened_twice(twice, house)]


def _claimed(
    teller: Teller, house: House, now: datetime, rng: Random, *, is_assigned: bool
) -> Iterable[Happening]:
    opened_at, *later = teller.story.moments
    room = (min([*later, now]) - opened_at) / 4
    claimed_at = opened_at + min(SOON, room)
    person, colleague = rng.sample(house.staff_of(teller.story.shop.code), 2)
    yield claimed_at, lambda: teller.ticket.claim(by_user=person, at=claimed_at)
    if is_assigned:
        given_at, reason = claimed_at + min(SOON, room), rng.choice(ASSIGN_REASONS)
        yield given_at, _assigning(teller, person, colleague, reason, given_at)


def _assigning(teller: Teller, person, colleague, reason: str, at: datetime) -> Callable[[], None]:
    return lambda: teller.ticket.assign(by_user=person, to=colleague, reason=reason, at=at)


def _opened_twice(teller: Teller, house: House) -> Iterable[Happening]:
    """A second ticket about the same thing, which goes into the first."""
    by_user, first_at = house.support[-1], teller.story.opened_at
    opened_at, merged_at = first_at + NOTICED, first_at + 2 * NOTICED
    second: list[Ticket] = []

    def open_again() -> None:
        first = teller.ticket
        problem = AGAIN.format(problem=first.problem)
        draft = TicketDraft(first.order, first.category, first.urgency, problem)
        second.append(Ticket.open(draft, by_user=by_user, at=opened_at))

    def merge() -> None:
        second[0].merge(by_user=by_user, into=teller.ticket, reason=MERGE_REASON, at=merged_at)

    return [(opened_at, open_again), (merged_at, merge)]
