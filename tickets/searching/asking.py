"""What somebody typed into the box, read as a question about texts. Asks no database.

Words are parted by blanks, and a text must have each of them, anywhere. In a word ``%`` stands for anything, ``_`` for
one character, as in older systems; a word of nothing else, and what stands in quotation marks, means itself.
"""

import re
from dataclasses import dataclass
from functools import cached_property

from .folding import BREAK, fold
from .tokens import tokens_asked

WORD = re.compile(r'["“”]([^"“”]+)["“”]|(\S+)')
WILDCARDS = re.compile(r"([%_])")
# Neither leaves the text in which it began.
ANYTHING, ONE = f"[^{BREAK}]*", f"[^{BREAK}]"


@dataclass(frozen=True, slots=True)
class Word:
    """A part of the question: the literal text, or ``pattern``, a regular expression, where it has wildcards."""

    literals: tuple[str, ...]
    pattern: str = ""

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
        return cls(literals, "".join(_as_pattern(piece) for piece in WILDCARDS.split(trimmed)))

    def as_pattern(self) -> str:
        return self.pattern or re.escape(self.literals[0])


def _as_pattern(piece: str) -> str:
    return {"%": ANYTHING, "_": ONE}.get(piece) or re.escape(piece)


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

    @cached_property
    def patterns(self) -> list[re.Pattern]:
        """Each word as it is looked for in one folded text, the longest first."""
        longest = sorted(self.words, key=lambda word: -len("".join(word.literals)))
        return [re.compile(word.as_pattern()) for word in longest]

    def fits(self, folded: str) -> bool:
        """Whether a folded text, or several with breaks between them, has every word."""
        return all(pattern.search(folded) for pattern in self.patterns)
