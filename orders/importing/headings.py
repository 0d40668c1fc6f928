"""Which column of a file is what, by a table of synonyms."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from .reading import INVISIBLE, Unusable

# The numbers of orders and of people; no heading has any.
FIGURES = re.compile(r"\d{5}")
# 总金额(元), 数量（件）, 订单号【必填】
BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")


@dataclass(frozen=True)
class Field:
    """Something a column may tell. ``label`` names it in reports; of several columns the earliest synonym leads."""

    name: str
    label: str
    synonyms: tuple[str, ...]


def field(name: str, label: str, synonyms: str) -> Field:
    """A field with its headings, written with commas between them."""
    return Field(name, label, tuple(dict.fromkeys(fold(synonym) for synonym in synonyms.split(","))))


def fold(heading: str) -> str:
    """What is left of a heading when width, case, blanks, invisible characters, punctuation and units are taken off."""
    heading = BRACKETED.sub("", unicodedata.normalize("NFKC", heading)).casefold()
    return "".join(character for character in heading if character.isalnum() and character not in INVISIBLE)


class Columns:
    """Where in a row each field stands. ``ignored`` and ``notes`` tell what the table did not know or found twice."""

    def __init__(self, headings: list[str], fields: Iterable[Field]):
        fields = list(fields)
        known = {synonym: (each.name, rank) for each in fields for rank, synonym in enumerate(each.synonyms)}
        found: dict[str, list[tuple[int, int]]] = {}
        self.ignored: list[str] = []
        for place, heading in enumerate(headings):
            name, rank = known.get(fold(heading), (None, 0))
            if name:
                found.setdefault(name, []).append((rank, place))
            elif heading.strip(INVISIBLE):
                self.ignored.append(shorten(heading))
        self.headings = [shorten(heading) for heading in headings]
        self.labels = {each.name: each.label for each in fields}
        self.places = {name: [place for _, place in sorted(places)] for name, places in found.items()}

    def __contains__(self, name: str) -> bool:
        return name in self.places

    @property
    def notes(self) -> list[str]:
        """Sentences about columns: which say the same thing, which are not used."""
        notes = [
            f"有 {len(places)} 列都表示“{self.labels[name]}”："
            + "、".join(f"「{self.headings[place]}」" for place in places)
            + "；以前面的为准，为空时才看后面的"
            for name, places in self.places.items()
            if places[1:]
        ]
        if self.ignored:
            notes.append(f"未使用的列（{len(self.ignored)}）：" + "、".join(self.ignored))
        return notes

    def require(self, name: str) -> None:
        """Raises ``Unusable`` when no column tells this. Of what must be a row of data nothing is quoted."""
        if name not in self:
            if any(FIGURES.search(heading) for heading in self.headings):
                raise Unusable(f"找不到“{self.labels[name]}”列：第一行像是数据。请在第一行写上表头")
            there = "、".join(heading for heading in self.headings if heading) or "空"
            raise Unusable(f"找不到“{self.labels[name]}”列。文件的表头是：{there}")

    def read(self, cells: list[str]) -> dict[str, str]:
        """The cells by field, without blank edges. A cell that a short row does not have is left out: not told."""
        told = {}
        for name, places in self.places.items():
            for place in places:
                if place < len(cells):
                    told[name] = cells[place].strip(INVISIBLE)
                    if told[name]:
                        break
        return told


def shorten(heading: str, limit: int = 30) -> str:
    """A heading on one line, fit for a report."""
    heading = " ".join(heading.strip(INVISIBLE).split())
    return heading if len(heading) <= limit else heading[: limit - 1] + "…"
