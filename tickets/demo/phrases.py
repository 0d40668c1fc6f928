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
    """Picks words that suit a kind of problem."""

    def __init__(self, rng: Random):
        self._rng = rng
        self._last: dict[str, dict] = {}
        self._sheet = tomllib.loads(FILE.read_text(encoding="utf-8"))

    def dress(self, core: str, category: str) -> str:
        """A problem with customer service's words before and after it."""
        return f"{self._pick('lead', category)['text']}{core}{self._pick('tail', category)['text']}"

    def apologise(self, answer: str, category: str) -> str:
        """An answer that comes late, mostly with a word about it."""
        return f"{self._pick('apology', category)['text']}\n{answer}".strip()

    def note(self, category: str, outcome: str) -> str:
        """What customer service writes when it accepts an answer; often nothing."""
        return self._pick("note", category, outcome)["text"]

    def thin(self, category: str) -> Exchange:
        """An answer that was not good enough, and what customer service said to it."""
        return self._exchange("thin", category)

    def again(self, category: str) -> Exchange:
        """Why a completed ticket was opened again, and what the merchant wrote then."""
        return self._exchange("again", category)

    def cancelling(self, category: str) -> str:
        return self._pick("cancel", category)["reason"]

    def _exchange(self, kind: str, category: str) -> Exchange:
        """Not the same twice in a row where there is a choice: who is sent back twice answers in two ways."""
        row = self._pick(kind, category, but_not=self._last.get(kind))
        self._last[kind] = row
        return Exchange(row["outcome"], row["answer"].strip(), row["reason"])

    def _pick(self, kind: str, category: str, outcome: str = "", but_not: dict | None = None) -> dict:
        fitting = [
            row
            for row in self._sheet[kind]
            if category in row.get("categories", [category]) and outcome in row.get("outcomes", [outcome])
        ]
        fitting = [row for row in fitting if row is not but_not] or fitting
        return self._rng.choices(fitting, weights=[row.get("weight", 1) for row in fitting])[0]
