"""What an import says: every refused row, what was noticed, and the sums."""

from collections import Counter
from collections.abc import Callable


class Report:
    """Counts under the words of ``kinds``, and speaks at once through ``say``, so that nothing has to be kept."""

    REFUSED = "拒绝"

    def __init__(self, kinds: list[str], say: Callable[[str], None]):
        self.counts = Counter(dict.fromkeys([*kinds, self.REFUSED], 0))
        self._say = say
        self._noticed: dict[str, list[int]] = {}

    def count(self, kind: str, how_many: int = 1) -> None:
        self.counts[kind] += how_many

    def refuse(self, line: int, reason: str) -> None:
        """A row that does not go in; ``line`` as in ``Record``."""
        self.counts[self.REFUSED] += 1
        self._say(f"第 {line} 行被拒绝：{reason}")

    def note(self, sentence: str) -> None:
        """Something about the file as a whole that the person should know."""
        self._say(f"提示：{sentence}")

    def notice(self, what: str, line: int) -> None:
        """Something that happens again and again: told once, at the end, with how often and where first."""
        self._noticed.setdefault(what, [line, 0])[1] += 1

    def tell_noticed(self) -> None:
        for what, (line, times) in self._noticed.items():
            self.note(f"{what}（{times} 处，首见第 {line} 行）")
        self._noticed.clear()

    @property
    def refused(self) -> int:
        return self.counts[self.REFUSED]

    def sums(self) -> str:
        """新增 5000，更新 0，未变 0，拒绝 0"""
        return "，".join(f"{kind} {number}" for kind, number in self.counts.items())
