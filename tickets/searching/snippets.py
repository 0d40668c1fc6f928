"""Where a text was found: the words around it, with the hit marked, as a screen may show them.

The words come from the texts themselves and are masked anew, whatever the index holds.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from .asking import Question, Word
from .folding import fold_with_places
from .search import Search
from .texts import PROBLEM, Text, texts_of

BEFORE, AFTER = 12, 36
GAP = "…"


@dataclass(frozen=True, slots=True)
class Snippet:
    """The words around a hit (safe HTML) and what kind of text they stand in."""

    label: str
    words: Markup


def with_hits(rows: list[dict], search: Search) -> list[dict]:
    """Rows of a list with what was looked for marked: in ``problem``, and in ``hits`` what stands elsewhere."""
    if search.question is None or not rows:
        return rows
    snippets = snippets_of(search.question, search.user, [row["id"] for row in rows])
    for row in rows:
        row["hits"] = []
        for snippet in snippets.get(row["id"], []):
            if snippet.label == PROBLEM:
                row["problem"] = snippet.words
            else:
                row["hits"].append(snippet)
    return rows


def snippets_of(question: Question, user, tickets: Iterable[int]) -> dict[int, list[Snippet]]:
    """For each ticket the texts that have the words, each word once; customer service's notes for them only."""
    return {
        ticket: _snippets(question, [text for text in texts.texts if user.is_service or not text.internal])
        for ticket, texts in texts_of(list(tickets)).items()
    }


def _snippets(question: Question, texts: list[Text]) -> list[Snippet]:
    found, waiting = [], list(question.words)
    for text in texts:
        hits = _hits(waiting, text.words)
        if hits:
            found.append(Snippet(text.label, _around(text.words, hits)))
            waiting = [word for word in waiting if not _hits([word], text.words)]
        if not waiting:
            break
    return found


def _hits(asked: list[Word], words: str) -> list[tuple[int, int]]:
    """Where what was asked stands in a text, in order and without overlaps."""
    folded, places = fold_with_places(words)
    spans = []
    for word in asked:
        for start, end in word.spans(folded):
            # Up to the next character of the text itself: folding may have made several of one.
            last = bisect_right(places, places[end - 1], hi=len(places) - 1)
            spans.append((places[start], places[last]))
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _around(words: str, hits: list[tuple[int, int]]) -> Markup:
    """The text from a little before its first hit to a little after it."""
    start = max(0, hits[0][0] - BEFORE)
    end = min(len(words), max(hits[0][1], hits[0][0] + AFTER))
    inside = [(first - start, min(last, end) - start) for first, last in hits if first < end]
    head = GAP if start else ""
    tail = GAP if end < len(words) else ""
    return Markup("{}{}{}").format(head, _marked(words[start:end], inside), tail)


def _marked(words: str, hits: list[tuple[int, int]]) -> Markup:
    pieces, last = [], 0
    for start, end in hits:
        pieces += [Markup("{}<mark>{}</mark>").format(words[last:start], words[start:end])]
        last = end
    return Markup("").join([*pieces, Markup("{}").format(words[last:])])
