"""What an index can look up: single characters and neighbouring pairs, as whole numbers. Asks no database.

Two different pairs may have the same number; what an index finds is always compared with the text itself.
"""

from array import array
from itertools import pairwise

# Numbers of pairs and of characters lie below this; above it an index may write the bucket of a ticket.
SPACE = 1 << 20
FACTOR, SHIFT = 65_599, 7_919
# More pairs than these find hardly less.
MOST_ASKED = 8


def tokens_of(folded: str) -> set[int]:
    """The numbers of a text: of each of its characters and of each pair."""
    points = array("I", folded.encode("utf-32-le"))
    tokens = {(first * FACTOR + second) % SPACE for first, second in pairwise(points)}
    tokens.update([(point * SHIFT + 1) % SPACE for point in set(points)])
    return tokens


def token_of_merchant(merchant: int) -> int:
    """The number that stands on every ticket of a merchant, so that its tickets are looked up as its own."""
    return (merchant * 40_503 + 13) % SPACE


def tokens_asked(literals: list[str]) -> list[int]:
    """Numbers that a text with these parts must have: as few as find it well, pairs if there are any."""
    pairs, singles = [], []
    for literal in literals:
        points = [ord(character) for character in literal]
        singles += [(point * SHIFT + 1) % SPACE for point in points]
        pairs += [(first * FACTOR + second) % SPACE for first, second in pairwise(points)]
    found = list(dict.fromkeys(pairs or singles))
    if len(found) <= MOST_ASKED:
        return found
    return [found[place * len(found) // MOST_ASKED] for place in range(MOST_ASKED)]
