"""What is to be generated, the same for every process that takes part, and again after an interruption."""

import json
from bisect import bisect_right
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import cached_property

from .calendar import Stretch, stretches

CHUNK = 2_000
# Consumers per ticket: one in two or three comes again, with another order.
CONSUMERS = 0.42


@dataclass(frozen=True)
class Plan:
    """``now`` (seconds since 1970) is the moment that everything is told from; the same plan makes the same rows."""

    tickets: int
    merchants: int
    seed: int
    now: int
    chunk: int = CHUNK

    @classmethod
    def read(cls, text: str) -> "Plan":
        return cls(**json.loads(text))

    def written(self) -> str:
        return json.dumps(asdict(self))

    def asks_the_same(self, other: "Plan") -> bool:
        """Whether somebody who asked for this would ask for the other: all but the moment."""
        mine, theirs = ((plan.tickets, plan.merchants, plan.seed) for plan in (self, other))
        return mine == theirs

    @property
    def chunks(self) -> int:
        return -(-self.tickets // self.chunk)

    def tickets_of(self, chunk: int) -> range:
        """The tickets of a chunk, counted over all from 0; a ticket's key is one more."""
        return range(chunk * self.chunk, min((chunk + 1) * self.chunk, self.tickets))

    def consumers_of(self, chunk: int) -> range:
        """The consumers whose rows a chunk writes."""
        part = self.consumers / self.chunks
        return range(round(chunk * part), round((chunk + 1) * part))

    @property
    def consumers(self) -> int:
        return max(1, round(self.tickets * CONSUMERS))

    @cached_property
    def stretches(self) -> list[Stretch]:
        return stretches(self.tickets, self.now)

    @cached_property
    def _firsts(self) -> list[int]:
        return [stretch.first for stretch in self.stretches]

    def stretch_of(self, ticket: int) -> Stretch:
        return self.stretches[bisect_right(self._firsts, ticket) - 1]

    def last_numbers(self) -> list[tuple[str, int]]:
        """The last running number of each day."""
        return list({f"{day_of(each.day)}": each.before + each.count for each in self.stretches}.items())


def day_of(day: int) -> date:
    """A day that is counted from 1970."""
    return date(1970, 1, 1) + timedelta(days=day)
