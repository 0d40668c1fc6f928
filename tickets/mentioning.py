"""Whom a text names: @姓名, typed by hand or chosen from the list on the page."""

import re
from collections import defaultdict
from collections.abc import Iterable

# An @ within a word is an address (a@b.cn), not a name.
AT = re.compile(r"(?<![A-Za-z0-9])[@＠]")


def mentioned(text: str, people: Iterable) -> list:
    """The people whose name follows an @ in the text, each once, in the order of the text.

    The longest name wins (@王小明 is not 王小). People of the same name are all meant: better one told too many than
    the right one not at all. ``people`` is not read for a text without any @.
    """
    if not AT.search(text):
        return []
    by_name = defaultdict(list)
    for person in people:
        by_name[str(person)].append(person)
    names = sorted(by_name, key=len, reverse=True)
    found = {}
    for at in AT.finditer(text):
        rest = text[at.end() :]
        name = next((name for name in names if _begins_with(rest, name)), None)
        found |= {person.pk: person for person in by_name.get(name, [])}
    return list(found.values())


def _begins_with(rest: str, name: str) -> bool:
    """A name in Latin letters ends where the word does; a Chinese one may be followed by anything."""
    if not rest.startswith(name):
        return False
    after = rest[len(name) : len(name) + 1]
    return not (name[-1].isascii() and after.isascii() and after.isalnum())
