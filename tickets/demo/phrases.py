"""Words that fit any shop: how a problem begins and ends, why a ticket comes back, why it is called off."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from random import Random

FILE = Path(__file__).parent / "phrases.toml"


@dataclass(frozen=True)
class Exchange:
    """An answer that belongs to a reason: sent back for it, or written because of it."""

    outcome: str
    answer: str
    reason: str


class Phrases:
    def __init__(self, rng: Random):
        self._rng = rng
        self._sheet = tomllib.loads(FILE.read_text(encoding="utf-8"))

    def dress(self, core: str) -> str:
        """A problem with customer service's words before and after it."""
        lead, tail = self._rng.choice(self._sheet["leads"]), self._rng.choice(self._sheet["tails"])
        return f"{lead}{core}{tail}"

    def note(self) -> str:
        return self._rng.choice(self._sheet["notes"])

    def apologise(self, answer: str) -> str:
        """An answer that comes late, sometimes with a word about it."""
        if self._rng.random() < 0.4:
            return answer
        return f"{self._rng.choice(self._sheet['apologies'])}\n{answer}"

    def thin(self) -> Exchange:
        """An answer that was not good enough, and what customer service said to it."""
        return Exchange(**self._rng.choice(self._sheet["thin"]))

    def again(self, category: str) -> Exchange:
        """Why a completed ticket was opened again, and what the merchant wrote then."""
        entry = self._rng.choice([row for row in self._sheet["again"] if category in row["categories"]])
        return Exchange(entry["outcome"], entry["answer"], entry["reason"])

    def cancelling(self, category: str) -> str:
        fitting = [row["reason"] for row in self._sheet["cancel"] if category in row["categories"]]
        return self._rng.choice(fitting)
