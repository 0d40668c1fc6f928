"""Text files with one record per line, as malls and Excel write them: CSV, also with tabs or semicolons."""

import codecs
import csv
import io
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from .reading import Record, Unusable

DELIMITERS = ",\t;"
BLOCK = 1 << 20
# A GB18030 text fails as UTF-8 within its first few characters. One that fails later than this was UTF-8 and is
# damaged; read as GB18030 it would turn into nonsense that looks like text.
SURELY_UTF8 = 20


class DelimitedText:
    """A CSV file: UTF-8 with or without BOM, else GB18030; the delimiter is the commonest one in its first line."""

    unit = "B"

    def __init__(self, path: str):
        self.notes: list[str] = []
        self.size = Path(path).stat().st_size
        self._binary = Path(path).open("rb")  # noqa: SIM115 (closed by ``close``)
        try:
            encoding = detect_encoding(self._binary)
            self._binary.seek(0)
            self._lines = io.TextIOWrapper(self._binary, encoding=encoding, newline="")
        except BaseException:
            self._binary.close()
            raise

    @property
    def position(self) -> int:
        return self._binary.tell()

    def close(self) -> None:
        self._binary.close()

    def records(self) -> Iterator[Record]:
        """Every record. A line that breaks the quoting is reported alone: the lines it seemed to swallow are read
        again as records of their own."""
        lines = RereadableLines(self._lines)
        delimiter = sniff_delimiter(lines.peek())
        while True:
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            try:
                while True:
                    lines.begin_record()
                    cells = next(reader)
                    yield Record(lines.first, cells)
            except StopIteration:
                return
            except csv.Error:
                lines.reread_all_but_first()
                yield Record(lines.first, [], "引号不成对，或单元格过长")


class RereadableLines:
    """The lines of a text; those of the record in hand can be given back."""

    def __init__(self, lines: Iterator[str]):
        self._lines = lines
        self._ahead: deque[str] = deque()
        self._record: list[str] = []
        self.first = 1

    def __iter__(self) -> "RereadableLines":
        return self

    def __next__(self) -> str:
        line = self._ahead.popleft() if self._ahead else next(self._lines)
        self._record.append(line)
        return line

    def peek(self) -> str:
        """The first line with something in it, "" when there is none."""
        for line in self._lines:
            self._ahead.append(line)
            if line.strip():
                return line
        return ""

    def begin_record(self) -> None:
        self.first += len(self._record)
        self._record.clear()

    def reread_all_but_first(self) -> None:
        self._ahead.extendleft(reversed(self._record[1:]))
        del self._record[1:]


def detect_encoding(file: io.BufferedIOBase) -> str:
    """``utf-8-sig`` or ``gb18030``, whichever decodes every byte. Raises ``Unusable`` when neither does."""
    file.seek(0)
    has_bom = file.read(3) == codecs.BOM_UTF8
    file.seek(0)
    beyond_ascii = _decode(file, "utf-8")
    if beyond_ascii is None:
        return "utf-8-sig"
    if has_bom or beyond_ascii > SURELY_UTF8:
        raise Unusable("文件大部分是 UTF-8 编码，但有损坏的字符，请重新导出")
    file.seek(0)
    if _decode(file, "gb18030") is None:
        return "gb18030"
    raise Unusable("文件既不是 UTF-8 也不是 GB18030（GBK）编码，请另存为“CSV UTF-8”后再导入")


def _decode(file: io.BufferedIOBase, encoding: str) -> int | None:
    """``None`` when all of the file decodes; else how many characters beyond ASCII came before the first bad one."""
    decoder = codecs.getincrementaldecoder(encoding)()
    seen = 0
    while True:
        block = file.read(BLOCK)
        pending = decoder.getstate()[0]
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            good = (pending + block)[: error.start].decode(encoding, errors="ignore")
            return seen + sum(not character.isascii() for character in good)
        if not block:
            return None
        if not text.isascii():
            seen += sum(not character.isascii() for character in text[: SURELY_UTF8 * 100])


def sniff_delimiter(line: str) -> str:
    """The delimiter that occurs most often outside quotes; a comma when none does."""
    outside = "".join(line.split('"')[::2])
    return max(DELIMITERS, key=outside.count)
