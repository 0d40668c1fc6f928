"""The lines that a file was refused for: told on the page, and given back as a file to mend and send again."""

from collections.abc import Callable, Iterator
from pathlib import Path

from orders.importing.reading import open_table
from orders.importing.report import Report

from ..exporting import clean
from .tables import write_table

# More lines than this help nobody on a page; the file has all of them.
SHOWN = 20
MOST_NOTES = 50
HEADING = "错误"


class Refusals(Report):
    """The report of an import that a page shows. Its lines are few enough to be kept (``MOST_ROWS``).

    It quotes headings as they came, and no database of ours keeps all of their characters.
    """

    def __init__(self, kinds: list[str]):
        super().__init__(kinds, self._note)
        self.reasons: dict[int, str] = {}
        self.notes: list[str] = []

    def refuse(self, line: int, reason: str) -> None:
        reason = clean(reason)
        if line in self.reasons:
            self.reasons[line] += f"；{reason}"
            return
        self.counts[self.REFUSED] += 1
        self.reasons[line] = reason

    def _note(self, sentence: str) -> None:
        # The column of the file that we gave back ourselves is no news.
        if sentence != f"提示：未使用的列（1）：{HEADING}":
            self.notes.append(clean(sentence.removeprefix("提示：")))

    def as_json(self) -> dict:
        """What the job keeps of it."""
        self.tell_noticed()
        shown = sorted(self.reasons.items())[:SHOWN]
        return {
            "counts": dict(self.counts),
            "notes": self.notes[:MOST_NOTES],
            "errors": [list(each) for each in shown],
        }


def write_refused(
    source: Path, reasons: dict[int, str], target: Path, parts: Path, beat: Callable[[], None]
) -> None:
    """The refused lines of the file as they were, each with what is wrong with it, in the kind of file they came in.

    ``beat`` is called after every hundred lines that were read.
    """
    with open_table(str(source)) as table:
        # Of a file that was given back before, the old words go.
        old = [place for place, heading in enumerate(table.headings) if heading.strip() == HEADING]
        headings = [HEADING, *_without(table.headings, old)]

        def rows() -> Iterator[list]:
            for place, record in enumerate(table, start=1):
                if place % 100 == 0:
                    beat()
                if record.line in reasons:
                    yield [f"第 {record.line} 行：{reasons[record.line]}", *_without(record.cells, old)]

        write_table(target, parts, target.suffix.removeprefix("."), "错误行", headings, rows())


def _without(cells: list[str], places: list[int]) -> list[str]:
    return [cell for place, cell in enumerate(cells) if place not in places]
