"""What somebody typed into the box, read as a question about texts. Asks no database.

Words are parted by blanks, and a text must have each of them, anywhere. In a word ``%`` stands for anything, ``_`` for
one character, as in older systems; a word of nothing else, and what stands in quotation marks, means itself.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from .folding import BREAK, fold
from .tokens import tokens_asked

WORD = re.compile(r'["“”]([^"“”]+)["“”]|(\S+)')
# Neither leaves the text in which it began.
ANYTHING, ONE = f"[^{BREAK}]*", f"[^{BREAK}]"


@dataclass(frozen=True, slots=True)
class Word:
    """A part of the question: the literal text, or literals with wildcards between them.

    ``parts`` are the stretches between ``%``, as regular expressions; each matches characters of one number only. So
    the first place where a part fits is always good enough, and no way back has to be tried: the time is that of
    reading the text, whatever somebody has typed.
    """

    literals: tuple[str, ...]
    parts: tuple[str, ...] = ()

    @classmethod
    def quoted(cls, text: str) -> "Word":
        return cls((text,))

    @classmethod
    def typed(cls, text: str) -> "Word":
        trimmed = text.strip("%")
        literals = tuple(piece for piece in re.split("[%_]", trimmed) if piece)
        if not literals:
            return cls((text,))
        if len(literals) == 1 and literals[0] == trimmed:
            return cls(literals)
        parts = [part for part in trimmed.split("%") if part]
        return cls(literals, tuple(ONE.join(map(re.escape, part.split("_"))) for part in parts))

    @property
    def as_automaton(self) -> str:
        """For an engine that follows all ways at once, as PostgreSQL's does; empty where the literal is all."""
        return ANYTHING.join(self.parts)

    @property
    def as_walk(self) -> str:
        """For an engine that tries one way after the other, as Python's does: from the beginning of each text."""
        return rf"(?:\A|{BREAK})" + "".join(f"(?>{ANYTHING}?{part})" for part in self.parts)

    def spans(self, folded: str) -> Iterator[tuple[int, int]]:
        """Where one folded text has the word."""
        parts = [re.compile(part) for part in self.parts or [re.escape(self.literals[0])]]
        start = end = 0
        while True:
            for place, part in enumerate(parts):
                hit = part.search(folded, end)
                if hit is None:
                    return
                end = hit.end()
                start = start if place else hit.start()
            yield start, end


@dataclass(frozen=True)
class Question:
    """Words that a ticket's texts must have; ``read`` makes one."""

    words: tuple[Word, ...]

    @classmethod
    def read(cls, text: str) -> "Question | None":
        """``None`` for a text that asks nothing. Characters that no text can hold ask nothing, either."""
        words = [
            Word.quoted(quoted) if quoted else Word.typed(typed) for quoted, typed in WORD.findall(fold(text))
        ]
        return cls(tuple(dict.fromkeys(words))) if words else None

    @cached_property
    def tokens(self) -> list[int]:
        """What an index of texts has to be asked for."""
        return tokens_asked([literal for word in self.words for literal in word.literals])
