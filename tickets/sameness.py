"""Whether two texts say the same, whatever their case, width, blanks and punctuation."""

import unicodedata
from collections import Counter
from difflib import SequenceMatcher
from functools import lru_cache

# Two texts of which so much is the same are all but the same.
ALIKE = 0.95
# Comparing letter by letter costs the product of the lengths: longer differences than this are differences.
LONGEST_DIFFERENCE = 1_000
# What is written between the words: marks and symbols stay, they may be all that differs.
BETWEEN_WORDS = frozenset("ZPC")


class _Kept(dict):
    """For ``str.translate``: what remains of a character. Remembers those of everyday writing."""

    def __missing__(self, point: int) -> int | None:
        category = unicodedata.category(chr(point))
        # Cn: ideographs younger than the Unicode tables of this Python
        kept = point if category[0] not in BETWEEN_WORDS or category == "Cn" else None
        if point < 0x10000:
            self[point] = kept
        return kept


_kept = _Kept()


@lru_cache(maxsize=128)  # a page compares each answer with the one before it and with the one after
def folded(text: str) -> str:
    """A text without what does not change its words: case, full width, blanks, punctuation, invisible characters."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_kept)


def same(one: str, other: str) -> bool:
    """Whether two texts say the same to the letter."""
    return folded(one) == folded(other)


def alike(one: str, other: str) -> bool:
    """Whether two texts are the same but for a twentieth: a word changed here or there."""
    one, other = folded(one), folded(other)
    before = _in_common(one, other)
    after = _in_common(one[before:][::-1], other[before:][::-1])
    one_rest, other_rest = one[before : len(one) - after], other[before : len(other) - after]
    matched = before + after
    wanted = ALIKE * (len(one) + len(other)) - 2 * matched
    # No order of the same characters has more in common than the characters have.
    if 2 * (Counter(one_rest) & Counter(other_rest)).total() < wanted:
        return False
    if max(len(one_rest), len(other_rest)) <= LONGEST_DIFFERENCE:
        blocks = SequenceMatcher(None, one_rest, other_rest).get_matching_blocks()
        matched += sum(block.size for block in blocks)
    return 2 * matched >= ALIKE * (len(one) + len(other))


def _in_common(one: str, other: str) -> int:
    """How many characters both begin with."""
    equal, most = 0, min(len(one), len(other))
    while equal < most:
        middle = (equal + most + 1) // 2
        if one[equal:middle] == other[equal:middle]:
            equal = middle
        else:
            most = middle - 1
    return equal
