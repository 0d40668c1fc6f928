"""Which article of a file is which stored line of the order."""

from typing import Any

from ..models import OrderLine
from .row import ARTICLE_NAMES


def match_lines(
    stored: list[OrderLine], articles: list[dict[str, Any]]
) -> list[tuple[OrderLine | None, dict]]:
    """Each article with the stored line it is, or ``None`` when it is new; a line serves once.

    Lines are never taken away: what the file does not mention stays. An article that equals a line in everything it
    tells is that line; else the line that agrees in every name (code, title, specification) both of them know.
    """
    left = list(stored)
    found: dict[int, OrderLine] = {}
    for fits in (equal, same_article):
        for place, article in enumerate(articles):
            if place in found:
                continue
            line = next((line for line in left if fits(line, article)), None)
            if line is not None:
                left.remove(line)
                found[place] = line
    return [(found.get(place), article) for place, article in enumerate(articles)]


def equal(line: OrderLine, article: dict[str, Any]) -> bool:
    return all(getattr(line, name) == value for name, value in article.items())


def same_article(line: OrderLine, article: dict[str, Any]) -> bool:
    both_know = [
        (getattr(line, name), article[name])
        for name in ARTICLE_NAMES
        if getattr(line, name) and article.get(name)
    ]
    return bool(both_know) and all(ours == theirs for ours, theirs in both_know)
