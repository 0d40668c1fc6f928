"""One generated ticket while it is being told: who has to do with it, how it went, what has gone into its history."""

from dataclasses import dataclass, field
from typing import NamedTuple

from tickets.lifecycle import Status
from tickets.models.event import SYSTEM_ROLE

from .course import Course
from .mall import Deadline, Person, Shop
from .purchases import Bought

WAITING, REVIEW, HOLD = Status.WAITING_MERCHANT.value, Status.WAITING_REVIEW.value, Status.ON_HOLD.value
COMPLETED, CANCELLED = Status.COMPLETED.value, Status.CANCELLED.value
URGENCY_WORDS = {"normal": "一般", "important": "重要", "urgent": "紧急"}


class Deed(NamedTuple):
    """Something that goes into the history. Without an actor it was the system."""

    at: int
    kind: str
    round: int
    actor: Person | None
    role: str
    source: str
    target: str
    text: str = ""
    reason: tuple[int | None, str] = (None, "")
    recorded: int = 0


@dataclass(slots=True)
class Tale:
    """``holder`` has taken the ticket upon themselves; ``result`` is the key of the last round's answer."""

    key: int
    number: str
    created: int
    bought: Bought
    category: int
    category_name: str
    urgency: str
    rule: Deadline
    clerk: Person
    answerer: Person
    course: Course
    holder: Person | None = None
    result: int | None = None
    deeds: list[Deed] = field(default_factory=list)

    @property
    def shop(self) -> Shop:
        return self.bought.shop

    def by_clerk(
        self, at: int, kind: str, round_: int, source: str, target: str, text: str = "", **more
    ) -> None:
        clerk = self.clerk
        self.deeds.append(Deed(at, kind, round_, clerk, clerk.role, source, target, text, **more))

    def by_shop(
        self, at: int, kind: str, round_: int, source: str, target: str, text: str = "", **more
    ) -> None:
        self.deeds.append(Deed(at, kind, round_, self.answerer, self.shop.name, source, target, text, **more))

    def by_itself(
        self, at: int, kind: str, round_: int, source: str, target: str, text: str = "", **more
    ) -> None:
        self.deeds.append(Deed(at, kind, round_, None, SYSTEM_ROLE, source, target, text, **more))

    @property
    def stopped(self) -> int | None:
        """When the clock of the last round stopped for good."""
        last = self.course.legs[-1]
        return last.submitted or (last.closed if self.course.status == CANCELLED else None)

    @property
    def was_late(self) -> bool:
        """Whether a clock that a verb has stopped had run out; one that runs is the scan's affair."""
        *earlier, last = self.course.legs
        ended = self.stopped is not None or last.stands
        return any(leg.is_late for leg in earlier) or (last.is_late and ended)
